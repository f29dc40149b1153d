//! `rolecall status`

use domain::failure::Failure;
use domain::text;
use domain::view::SignInState;
use engine::clock;

use crate::args;
use crate::print;
use crate::run::World;

pub(crate) fn run(world: &World, status: &args::Status) -> Result<(), Failure> {
    let view = world.engine.status()?;
    if status.json {
        return print::json(&view);
    }
    if view.portals.is_empty() {
        print::note(
            "no portal yet: `rolecall portal add NAME --start-url URL --region REGION`, or `rolecall portal import`",
        );
    }
    let now = clock::now();
    let portals: Vec<Vec<String>> = view
        .portals
        .iter()
        .map(|portal| {
            let left = portal.expires_at.map(|at| print::left(at, now)).unwrap_or_default();
            let state = match (portal.state, portal.refreshable) {
                (SignInState::SignedOut, _) => "signed out".to_owned(),
                (SignInState::Expired, _) => "sign-in has ended".to_owned(),
                (SignInState::SignedIn, true) => format!("signed in, renewed by itself ({left})"),
                (SignInState::SignedIn, false) => format!("signed in for {left}"),
            };
            vec![portal.name.to_string(), state, portal.start_url.to_string()]
        })
        .collect();
    let profiles: Vec<Vec<String>> = view
        .profiles
        .iter()
        .map(|profile| {
            let name = profile.account_name.as_deref().unwrap_or_default();
            let left = profile.expires_at.map(|at| print::left(at, now));
            vec![
                profile.name.to_string(),
                text::line(name).into_owned(),
                profile.account_id.to_string(),
                profile.role_label.clone(),
                text::line(profile.region.as_deref().unwrap_or_default()).into_owned(),
                left.unwrap_or_else(|| "fetched when needed".into()),
            ]
        })
        .collect();
    let mut text = String::new();
    if !portals.is_empty() {
        text.push_str(&print::table(&["PORTAL", "STATE", "START URL"], &portals));
    }
    if !profiles.is_empty() {
        let heads = ["PROFILE", "ACCOUNT", "ID", "ROLE", "REGION", "CREDENTIALS"];
        text.push('\n');
        text.push_str(&print::table(&heads, &profiles));
    }
    print::data(&text)
}
