//! `rolecall status`

use domain::failure::Failure;
use domain::text;
use domain::view::{ProfileStatus, SignInState};
use engine::clock;
use jiff::Timestamp;

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
    let is_leased = view.profiles.iter().any(|profile| !profile.generated && profile.until.is_some());
    let generated = view.profiles.iter().filter(|profile| profile.generated).count();
    let profiles: Vec<Vec<String>> = view
        .profiles
        .iter()
        .filter(|profile| !profile.generated)
        .map(|profile| {
            let name = profile.account_name.as_deref().unwrap_or_default();
            let left = profile.expires_at.map(|at| print::left(at, now));
            let mut row = vec![
                profile.name.to_string(),
                text::line(name).into_owned(),
                profile.account_id.to_string(),
                profile.role_label.clone(),
                text::line(profile.region.as_deref().unwrap_or_default()).into_owned(),
                left.unwrap_or_else(|| "fetched when needed".into()),
            ];
            if is_leased {
                row.push(lease(profile, now));
            }
            row
        })
        .collect();
    let mut text = String::new();
    if !portals.is_empty() {
        text.push_str(&print::table(&["PORTAL", "STATE", "START URL"], &portals));
    }
    if !profiles.is_empty() {
        let mut heads = vec!["PROFILE", "ACCOUNT", "ID", "ROLE", "REGION", "CREDENTIALS"];
        if is_leased {
            heads.push("SWITCHED");
        }
        text.push('\n');
        text.push_str(&print::table(&heads, &profiles));
    }
    print::data(&text)?;
    if generated > 0 {
        print::note(&format!("and {generated} generated profiles: `rolecall profiles list`"));
    }
    Ok(())
}

/// For how long the profile points where it does, if that ends by itself.
fn lease(profile: &ProfileStatus, now: Timestamp) -> String {
    let Some(until) = profile.until else { return "for good".to_owned() };
    let then = profile.before_label.as_deref().unwrap_or("nothing");
    if until <= now {
        return format!("time is over, should be {then}");
    }
    format!("for {}, then {then}", print::left(until, now))
}
