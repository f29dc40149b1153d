//! Which way to sign in fits the place where a person is.

use serde::{Deserialize, Serialize};

/// A way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flow {
    /// A page anywhere, where the person compares a code (RFC 8628).
    Device,
    /// The browser of this computer, which comes back by itself (RFC 8252 with RFC 7636). Nobody can be talked
    /// into approving somebody else's code.
    Browser,
}

/// What the person chose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum FlowChoice {
    /// What fits.
    #[default]
    Auto,
    /// Always by code.
    Device,
    /// Always by this computer's browser.
    Browser,
}

/// Where the person is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Surroundings {
    /// They came here by SSH: their browser is elsewhere.
    pub ssh: bool,
    /// A container or a development environment in a cloud: what comes back to the loopback interface of the
    /// browser's computer does not come here.
    pub container: bool,
    /// Nobody sits here.
    pub ci: bool,
    /// Windows Subsystem for Linux: the browser is on Windows, whose loopback interface may be another.
    pub wsl: bool,
    /// There is a screen for a browser.
    pub screen: bool,
    /// The page opens in a window of ours.
    pub embedded: bool,
    /// Nothing is to be opened: the person opens the page where they like.
    pub no_open: bool,
}

/// The way that was chosen, and why, for the person who wonders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The way.
    pub flow: Flow,
    /// The way to take if AWS does not allow this one.
    pub instead: Option<Flow>,
    /// Completes "signing in by code, because …"; none where the person chose it.
    pub why: Option<&'static str>,
    /// How many codes are asked for, one after the other, before the person counts as gone.
    pub codes: u32,
}

impl Plan {
    /// Decides. A choice is kept; what fits best is only taken where nobody chose.
    pub fn choose(choice: FlowChoice, here: Surroundings) -> Self {
        let codes = if here.embedded { 3 } else { 1 };
        let chosen = |flow| Self { flow, instead: None, why: None, codes };
        match choice {
            FlowChoice::Device => return chosen(Flow::Device),
            FlowChoice::Browser => return chosen(Flow::Browser),
            FlowChoice::Auto => {}
        }
        // Where the browser can't come back there is no other way than the code.
        let far = [
            (here.no_open, "the page may be opened anywhere"),
            (here.ssh, "this is a session over SSH"),
            (here.container, "this is a container"),
            (here.ci, "this is a CI job"),
            (here.wsl, "this is Windows Subsystem for Linux"),
            (!here.screen, "there is no screen to open a browser on"),
        ];
        let far = far.into_iter().find_map(|(is_so, why)| is_so.then_some(why));
        match far {
            Some(why) => Self { why: Some(why), ..chosen(Flow::Device) },
            None if here.embedded => Self { instead: Some(Flow::Browser), ..chosen(Flow::Device) },
            None => Self { instead: Some(Flow::Device), ..chosen(Flow::Browser) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESK: Surroundings = Surroundings {
        ssh: false,
        container: false,
        ci: false,
        wsl: false,
        screen: true,
        embedded: false,
        no_open: false,
    };

    #[test]
    fn at_a_desk_the_browser_comes_back_by_itself() {
        let plan = Plan::choose(FlowChoice::Auto, DESK);
        assert_eq!((plan.flow, plan.instead, plan.why), (Flow::Browser, Some(Flow::Device), None));
    }

    #[test]
    fn a_window_of_ours_shows_the_code_above_the_page() {
        let plan = Plan::choose(FlowChoice::Auto, Surroundings { embedded: true, ..DESK });
        assert_eq!((plan.flow, plan.instead), (Flow::Device, Some(Flow::Browser)));
        assert!(plan.codes > 1, "a code that has expired is replaced in the same window");
    }

    #[test]
    fn where_the_browser_cannot_come_back_it_is_the_code_and_the_person_hears_why() {
        for (here, word) in [
            (Surroundings { ssh: true, ..DESK }, "SSH"),
            (Surroundings { container: true, ..DESK }, "container"),
            (Surroundings { ci: true, ..DESK }, "CI"),
            (Surroundings { wsl: true, ..DESK }, "Windows"),
            (Surroundings { screen: false, ..DESK }, "screen"),
            (Surroundings { no_open: true, ..DESK }, "anywhere"),
        ] {
            let plan = Plan::choose(FlowChoice::Auto, here);
            assert_eq!((plan.flow, plan.instead), (Flow::Device, None), "{here:?}");
            assert!(plan.why.unwrap().contains(word), "{plan:?}");
        }
    }

    #[test]
    fn a_choice_is_a_choice() {
        let far = Surroundings { ssh: true, ..DESK };
        assert_eq!(Plan::choose(FlowChoice::Browser, far).flow, Flow::Browser);
        let plan = Plan::choose(FlowChoice::Device, DESK);
        assert_eq!((plan.flow, plan.instead, plan.why), (Flow::Device, None, None));
    }
}
