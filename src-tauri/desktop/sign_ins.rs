//! Sign-ins under way, one a portal at most.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use domain::app::Input;
use domain::flow::Plan;
use domain::ids::PortalName;
use domain::settings::Portal;
use engine::{Engine, Progress};
use qrcode::{Color, EcLevel, QrCode};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::owner::Sender;

#[derive(Clone, Default)]
pub(crate) struct SignIns(Arc<Mutex<HashMap<PortalName, Running>>>);

struct Running {
    task: AbortHandle,
    go: watch::Sender<bool>,
}

impl SignIns {
    /// Asks for a code and then whether it was approved, in place of what ran for this portal.
    pub(crate) fn begin(&self, engine: Engine, portal: Portal, plan: Plan, afresh: bool, sender: Sender) {
        let (go, gone_on) = watch::channel(true);
        let name = portal.name.clone();
        let task = tokio::spawn(run(engine, portal, (plan, afresh), sender, gone_on)).abort_handle();
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = running.insert(name, Running { task, go }) {
            before.task.abort();
        }
    }

    /// Stops asking, or goes on.
    pub(crate) fn set_going(&self, portal: &PortalName, going: bool) {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sign_in) = running.get(portal) {
            sign_in.go.send_replace(going);
        }
    }

    pub(crate) fn end(&self, portal: &PortalName) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sign_in) = running.remove(portal) {
            sign_in.task.abort();
        }
    }
}

async fn run(
    engine: Engine,
    portal: Portal,
    (plan, afresh): (Plan, bool),
    sender: Sender,
    mut go: watch::Receiver<bool>,
) {
    let name = || portal.name.clone();
    let show = |progress: Progress<'_>| {
        sender.input(match progress {
            Progress::Turn(authorization) => {
                let (authorization, qr) = (authorization.clone(), qr(authorization.page()));
                Input::Turn { portal: name(), authorization, qr }
            }
            Progress::Instead(flow) => Input::Instead { portal: name(), flow },
        });
    };
    let sign_in = async {
        if afresh {
            // What AWS could not be told does not keep anybody from signing in.
            let _ = engine.sign_out(&portal, false).await?;
        }
        engine.sign_in(&portal, plan, show).await
    };
    let mut sign_in = std::pin::pin!(sign_in);
    loop {
        // A future that nobody polls does nothing: that is all there is to a pause.
        let going = *go.borrow_and_update();
        tokio::select! {
            result = &mut sign_in, if going => {
                sender.input(Input::SignInEnded { portal: name(), result: result.map(drop) });
                return;
            }
            changed = go.changed() => if changed.is_err() { return },
        }
    }
}

/// The address as a QR code: modules a side, and the dark ones as SVG path data. An address that is too long
/// for one gives an empty code.
fn qr(page: &str) -> (usize, String) {
    let Ok(code) = QrCode::with_error_correction_level(page, EcLevel::L) else { return (0, String::new()) };
    let (size, mut path) = (code.width(), String::new());
    for (at, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            // Writing to a string can't fail.
            let _ = write!(path, "M{} {}h1v1h-1z", at % size, at / size);
        }
    }
    (size, path)
}
