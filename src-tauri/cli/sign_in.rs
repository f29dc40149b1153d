//! `rolecall login` and `rolecall logout`

use std::io::IsTerminal;

use domain::failure::{Code, Failure};
use domain::flow::{self, FlowChoice, Plan, Surroundings};
use domain::session::Authorization;
use domain::settings::Portal;
use domain::text;
use engine::{Progress, browser, clock, surroundings};
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

use crate::args::{Flow, Login, Logout};
use crate::print;
use crate::run::{World, block_on};

pub(crate) fn login(world: &World, login: &Login) -> Result<(), Failure> {
    let portal = world.engine.settings().portal_or_only(login.portal.as_ref())?;
    let here = Surroundings { no_open: login.no_open, ..surroundings::look(&world.environment) };
    let choice = match login.flow {
        None => portal.flow,
        Some(Flow::Auto) => FlowChoice::Auto,
        Some(Flow::Device) => FlowChoice::Device,
        Some(Flow::Browser) => FlowChoice::Browser,
    };
    let plan = Plan::choose(choice, here);
    if let Some(why) = plan.why {
        print::note(&format!("Signing in by code, because {why}."));
    }
    let open = !login.no_open && here.screen && !here.ssh;
    let signing_in = async {
        if login.fresh {
            // What AWS could not be told does not keep anybody from signing in.
            let _ = world.engine.sign_out(portal, false).await?;
        }
        let show = |progress: Progress<'_>| match progress {
            Progress::Turn(authorization) => show(portal, authorization, open),
            Progress::Instead(flow::Flow::Browser) => {
                print::note("AWS does not allow signing in by code here: the browser is tried instead.");
            }
            Progress::Instead(flow::Flow::Device) => {
                print::note("AWS does not allow signing in by browser here: a code is tried instead.");
            }
        };
        world.engine.sign_in(portal, plan, show).await
    };
    let token = block_on(signing_in)?;
    let renewal = if token.refreshable { "; it is renewed by itself while the session lasts" } else { "" };
    let left = print::left(token.expires_at, clock::now());
    print::note(&format!("signed in to {} for {left}{renewal}", portal.name));
    Ok(())
}

fn show(portal: &Portal, authorization: &Authorization, open: bool) {
    let page = text::line(authorization.page());
    let opened = open && browser::open(authorization.page()).is_ok();
    let left = print::left(authorization.deadline(), clock::now());
    let Some(code) = authorization.user_code() else {
        let way = if opened {
            "your browser opens this page"
        } else {
            "open this page in a browser of this computer"
        };
        print::note(&format!("To sign in to {}, {way}:\n\n  {page}\n", portal.name));
        print::note(&format!("Waiting for your browser to come back (for {left}; Ctrl+C gives up) …"));
        return;
    };
    let way = if opened { "your browser opens this page" } else { "open this page in a browser" };
    print::note(&format!(
        "To sign in to {}, {way}:\n\n  {page}\n\nand approve only if it shows this code:\n\n  {}\n",
        portal.name,
        text::line(code)
    ));
    // For the phone of somebody who sits at a terminal far away from any browser.
    if !opened && std::io::stderr().is_terminal() {
        print::note(&qr(authorization.page()).unwrap_or_default());
    }
    print::note(&format!("Waiting for your approval (the code is good for {left}; Ctrl+C gives up) …"));
}

/// Light on dark, as most terminals are; readers take it the other way round as well.
fn qr(page: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(page, EcLevel::L).ok()?;
    let picture = code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
    Some(picture.lines().flat_map(|line| ["  ", line, "\n"]).collect())
}

pub(crate) fn logout(world: &World, logout: &Logout) -> Result<(), Failure> {
    let settings = world.engine.settings();
    let portals = if logout.all {
        settings.portals.iter().collect()
    } else {
        vec![settings.portal_or_only(logout.portal.as_ref())?]
    };
    let mut untold = None;
    for portal in portals {
        match block_on(world.engine.sign_out(portal, false))? {
            Ok(true) => print::note(&format!(
                "signed out of {}; credentials that were handed out before work until they expire",
                portal.name
            )),
            Ok(false) => print::note(&format!("nobody was signed in to {}", portal.name)),
            Err(trouble) => {
                let said = trouble.failure("signing out at AWS", &portal.name);
                untold = Some(
                    Failure::new(
                        Code::Failed,
                        format!(
                            "token and credentials of {} are gone here, but AWS could not be told",
                            portal.name
                        ),
                        "the session ends there by itself; sign out in the portal's page to end it now",
                    )
                    .with_detail(said),
                );
            }
        }
    }
    untold.map_or(Ok(()), Err)
}
