//! The browsers that the console can open in.

use super::show::count;
use super::view::{BrowserChoices, BrowserView};
use super::{App, Effect};
use crate::browser::{Browser, Choice, Family, Known, Program};
use crate::settings::Settings;
use crate::text::line;

impl App {
    /// Those of this computer, and the one that the settings name.
    pub(super) fn browser_views(&self) -> Vec<BrowserView> {
        let found = self.browsers.as_deref().unwrap_or_default();
        let mut views: Vec<BrowserView> = found.iter().map(found_view).collect();
        if let Some(program) = &self.settings.browser.program
            && !views.iter().any(|view| view.id == program.text())
        {
            let same = |browser: &&Browser| *program == Program::Path(browser.program.clone());
            let same = found.iter().find(same);
            views.push(BrowserView {
                id: program.text().into_owned(),
                label: label(program),
                profiles: same.map_or(0, |browser| count(browser.profiles.len())),
                containers: program.family() == Family::Firefox,
                missing: same.is_none() && self.browsers.is_some(),
            });
        }
        views
    }

    /// One that the settings name by its path from now on is only looked for then.
    pub(super) fn look_for_browsers_again(&self, settings: &Settings) -> Option<Effect> {
        let is_new = settings.browser.program != self.settings.browser.program;
        (is_new && self.browsers.is_some()).then_some(Effect::ReadBrowsers)
    }
}

fn found_view(browser: &Browser) -> BrowserView {
    let known = browser.known.filter(|_| !browser.is_elsewhere);
    let program = known.map_or_else(|| Program::Path(browser.program.clone()), Program::Known);
    BrowserView {
        id: program.text().into_owned(),
        label: label(&program),
        profiles: count(browser.profiles.len()),
        containers: browser.family() == Family::Firefox,
        missing: false,
    }
}

/// A path tells more than the name that it ends with: there may be two of them.
fn label(program: &Program) -> String {
    match program {
        Program::Known(known) => Known::label(*known).to_owned(),
        Program::Path(_) => line(&program.text()).into_owned(),
    }
}

pub(super) fn browser_choices(choice: &Choice) -> BrowserChoices {
    BrowserChoices {
        open: choice.open,
        program: choice.program.as_ref().map(|program| program.text().into_owned()),
        extension: choice.extension,
        name: choice.name.as_str().to_owned(),
        private: choice.private,
    }
}
