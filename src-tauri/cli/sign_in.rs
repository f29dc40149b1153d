//! `rolecall login` and `rolecall logout`

use domain::failure::{Code, Failure};
use domain::session::DeviceAuthorization;
use domain::settings::Portal;
use domain::text;
use engine::{browser, clock};

use crate::args::{Login, Logout};
use crate::print;
use crate::run::{World, block_on};

pub(crate) fn login(world: &World, login: &Login) -> Result<(), Failure> {
    let portal = world.engine.settings().portal_or_only(login.portal.as_ref())?;
    let open = !login.no_open && browser::has_screen(&world.environment);
    let token = block_on(world.engine.sign_in(portal, |authorization| show(portal, authorization, open)))?;
    let renewal = if token.refreshable { "; it is renewed by itself while the session lasts" } else { "" };
    let left = print::left(token.expires_at, clock::now());
    print::note(&format!("signed in to {} for {left}{renewal}", portal.name));
    Ok(())
}

fn show(portal: &Portal, authorization: &DeviceAuthorization, open: bool) {
    let (page, code) = (text::line(&authorization.page), text::line(&authorization.user_code));
    let opened = open && browser::open(&authorization.page).is_ok();
    let way = if opened { "your browser opens this page" } else { "open this page in a browser" };
    print::note(&format!(
        "To sign in to {}, {way}:\n\n  {page}\n\nand approve only if it shows this code:\n\n  {code}\n",
        portal.name
    ));
    let left = print::left(authorization.deadline, clock::now());
    print::note(&format!("Waiting for your approval (the code is good for {left}; Ctrl+C gives up) …"));
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
