//! What may keep a switch from working that is not in the AWS files.

use domain::ids::{GrantId, ProfileName};
use domain::precedence::{self, Files};
use domain::profile::{Mode, Switched};
use domain::settings::{AwsCli, Portal};
use jiff::Timestamp;

use crate::Engine;
use crate::agent::{Answer, Client, Request};

impl Engine {
    /// What the mode wants that is not in the files.
    pub(crate) fn mode_warnings(
        &self,
        mode: Mode,
        grant: &GrantId,
        portal: &Portal,
        until: Option<Timestamp>,
    ) -> Vec<String> {
        let mut warnings = Vec::new();
        warnings.extend(self.ask_warning(mode, grant));
        if mode == Mode::Sso && portal.aws_cli != AwsCli::Share {
            warnings.push(format!(
                "this profile uses the AWS CLI's session: run `aws sso login`, or set `aws_cli = \"share\"` for {} \
                 in settings.toml",
                portal.name
            ));
        }
        // Whatever ends by time is the agent's, and so is the endpoint; the other modes do without one.
        let what = match (mode, until) {
            (Mode::Endpoint, _) => "nobody answers at the endpoint",
            (Mode::Keys, None) => "these keys are not renewed",
            (Mode::Keys, Some(_)) => "these keys are not renewed, and stay when the time is over",
            (Mode::Sso, Some(_)) => "it does not go back",
            (Mode::Process, Some(_)) => {
                // It looks at what has changed.
                Client::new(&self.folders).ask(&Request::look());
                return warnings;
            }
            (Mode::Sso | Mode::Process, None) => return warnings,
        };
        if Client::new(&self.folders).ask(&Request::look()).is_none() {
            warnings.push(format!("{what} unless the desktop application or `rolecall agent` runs"));
        }
        let variables = self.variables();
        if mode == Mode::Endpoint && variables.container && !variables.endpoint {
            warnings.push(
                "the variables of containers in this shell lead elsewhere than to Rolecall's endpoint: run \
                 `rolecall endpoint env` anew"
                    .into(),
            );
        }
        warnings
    }

    /// A role that is marked `ask`, where nobody asks.
    fn ask_warning(&self, mode: Mode, grant: &GrantId) -> Option<String> {
        if !self.is_asked_first(grant) {
            return None;
        }
        if mode == Mode::Sso {
            return Some(
                "this role is marked `ask`, but in this mode AWS tools ask AWS, and nobody asks you: `--mode process` does"
                    .into(),
            );
        }
        let can_ask =
            matches!(Client::new(&self.folders).ask(&Request::can_ask()), Some(Answer::CanAsk(true)));
        (!can_ask).then(|| {
            "this role is marked `ask`, and there is nobody who could ask you: AWS tools get nothing unless the desktop \
             application runs"
                .into()
        })
    }

    /// That nobody is signed in, where AWS tools get nothing without that. The desktop application begins a sign-in
    /// instead.
    pub fn sign_in_warning(&self, mode: Mode, grant: &GrantId) -> Option<String> {
        let portal = self.settings.portal(&grant.portal)?;
        let is_theirs = mode == Mode::Sso && portal.aws_cli != AwsCli::Share;
        (!is_theirs && !self.seems_signed_in(portal)).then(|| {
            format!(
                "nobody is signed in to {0}: AWS tools get nothing before `rolecall login {0}`",
                portal.name
            )
        })
    }

    /// As far as files tell: a switch does without the keyring, which may be locked.
    fn seems_signed_in(&self, portal: &Portal) -> bool {
        let by_us = portal.aws_cli != AwsCli::Share && self.session_record(portal).since.is_some();
        by_us || self.cli_session(portal).is_some_and(|session| session.access.is_useful())
    }

    /// What the environment has that tools prefer to a profile as it is now.
    pub(crate) fn environment_warnings(
        &self,
        profile: &ProfileName,
        switched: &Switched,
        credentials: Option<&[u8]>,
    ) -> Vec<String> {
        // A credentials file that can't be read has been told of.
        let files = Files::read_one(&switched.config, credentials.unwrap_or_default(), profile)
            .or_else(|_| Files::read_one(&switched.config, &[], profile));
        let variable = |name: &'static str| self.environment.text(name);
        let told = |files| precedence::warnings(&files, profile.as_str(), Some(&switched.region), variable);
        files.map(told).unwrap_or_default()
    }
}
