//! What a shell's variables were before us, so that they can be so again.
//!
//! There are two ways in: a person types `rolecall use`, or walks into a directory that names a grant. They lie on
//! one another like sheets: what was used outside lies below the directory's choice, what is used inside lies on it
//! and goes with it. Each sheet knows what it covered.
//!
//! The sheets are in the variable [`STATE`], so that a shell that is started inside knows them too. Values that
//! might be secret are not in it: they wait in variables of the shell that its children do not see.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Shell, Step, code};
use crate::ids::{ProfileName, Region};
use crate::precedence::WINNING;

/// The variable of the environment that holds a [`Standing`], as JSON.
pub const STATE: &str = "ROLECALL_SHELL";

const PROFILE: &str = "AWS_PROFILE";
/// boto3 reads only the second, the JavaScript and Go SDKs only the first.
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// Every variable that is set or taken away. Those from the fourth on are [`WINNING`].
pub const VARIABLES: [&str; 3 + WINNING.len()] = {
    let mut all = [PROFILE; 3 + WINNING.len()];
    let (own, others) = all.split_at_mut(3);
    own.copy_from_slice(&[PROFILE, REGIONS[0], REGIONS[1]]);
    others.copy_from_slice(&WINNING);
    all
};

/// Those whose values open something, or may. The address of a container's credentials is as good as a token.
const SECRET: [&str; 8] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_LOGIN_SESSION",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
];

/// A sheet: part of the names of variables in which secrets wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// `rolecall use` outside of any directory that names a grant.
    Use,
    /// The directory's choice.
    Directory,
    /// `rolecall use` inside.
    UseInside,
}

impl Layer {
    /// One letter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Use => "u",
            Self::Directory => "d",
            Self::UseInside => "i",
        }
    }
}

/// What a variable was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Was {
    Text(String),
    /// In the shell.
    Parked(bool),
    Unset(()),
}

type Before = BTreeMap<String, Was>;

/// The sheets that lie on a shell's own variables.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    using: Option<Before>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    directory: Option<Inside>,
}

/// A directory that names a grant, whether it may have it or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Inside {
    file: String,
    /// Of the file's content.
    hash: String,
    /// Nothing if the directory has no say: it is not trusted, or the person took its choice off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Before>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    over: Option<Before>,
}

impl Standing {
    /// As [`STATE`] has it. What can't be understood counts as nothing.
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// Whether the shell is inside the directory of this file and knows this content.
    pub fn knows(&self, file: &str, hash: &str) -> bool {
        self.directory.as_ref().is_some_and(|inside| inside.file == file && inside.hash == hash)
    }

    /// Whether the shell is inside a directory that names a grant.
    pub fn is_inside(&self) -> bool {
        self.directory.is_some()
    }

    /// Whether the directory's choice is in force, if perhaps under the person's own.
    pub fn is_acting(&self) -> bool {
        self.directory.as_ref().is_some_and(|inside| inside.before.is_some())
    }

    /// Whether the person chose something inside the directory of this file, which lasts until they leave.
    pub fn has_own_choice_in(&self, file: &str) -> bool {
        self.directory.as_ref().is_some_and(|inside| inside.file == file && inside.over.is_some())
    }
}

/// What a shell should use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The AWS profile.
    pub profile: ProfileName,
    /// The region; the shell keeps its own without one.
    pub region: Option<Region>,
}

/// What was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Off {
    /// What `rolecall use` did.
    Use,
    /// The directory's choice, until the person leaves.
    Directory,
    /// There was nothing.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Held {
    Text(String),
    Secret,
}

/// A change of a shell's variables in the making.
#[derive(Debug, Clone)]
pub struct Shift {
    pub(super) standing: Standing,
    variables: BTreeMap<&'static str, Held>,
    pub(super) steps: Vec<Step>,
}

impl Shift {
    /// `variable` tells what is set in the shell.
    pub fn begin(variable: impl Fn(&str) -> Option<String>) -> Self {
        let held = |name: &'static str| {
            let value = variable(name)?;
            Some((name, if SECRET.contains(&name) { Held::Secret } else { Held::Text(value) }))
        };
        let standing = variable(STATE).map(|text| Standing::parse(&text)).unwrap_or_default();
        Self { standing, variables: VARIABLES.into_iter().filter_map(held).collect(), steps: Vec::new() }
    }

    /// What lies on the shell's variables so far.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The person wants this.
    pub fn use_profile(&mut self, target: &Target) {
        let layer = self.top();
        if let Some(before) = self.sheet(layer).take() {
            self.restore(before, layer, false);
        }
        let before = self.cover(target, layer);
        *self.sheet(layer) = Some(before);
    }

    /// The person wants it no more.
    pub fn off(&mut self) -> Off {
        let layer = self.top();
        if let Some(before) = self.sheet(layer).take() {
            self.restore(before, layer, true);
            return Off::Use;
        }
        if layer == Layer::UseInside
            && let Some(before) = self.sheet(Layer::Directory).take()
        {
            self.restore(before, Layer::Directory, true);
            return Off::Directory;
        }
        Off::Nothing
    }

    /// The person is in the directory of this file now; `target` is what it names, if it has a say.
    pub fn enter(&mut self, file: &str, hash: &str, target: Option<&Target>) {
        self.lift(false);
        let before = target.map(|target| self.cover(target, Layer::Directory));
        self.standing.directory = Some(Inside { file: file.into(), hash: hash.into(), before, over: None });
    }

    /// The person is in no such directory any more. Whether that changed anything they may notice.
    pub fn leave(&mut self) -> bool {
        self.lift(true)
    }

    fn lift(&mut self, tells: bool) -> bool {
        let Some(inside) = self.standing.directory.take() else { return false };
        if let Some(before) = inside.over {
            self.restore(before, Layer::UseInside, tells);
        }
        inside.before.map(|before| self.restore(before, Layer::Directory, tells)).is_some()
    }

    /// The file has changed, but what the person chose inside stays.
    pub fn note_content(&mut self, hash: &str) {
        if let Some(inside) = &mut self.standing.directory {
            hash.clone_into(&mut inside.hash);
        }
    }

    /// Code that does all this, and notes it in [`STATE`].
    pub fn code(mut self, shell: Shell) -> String {
        let text = serde_json::to_string(&self.standing).ok();
        self.steps.push(match text.filter(|_| self.standing != Standing::default()) {
            Some(value) => Step::Set { name: STATE, value },
            None => Step::Unset { name: STATE },
        });
        code(&self.steps, shell)
    }

    fn top(&self) -> Layer {
        if self.standing.is_acting() { Layer::UseInside } else { Layer::Use }
    }

    fn sheet(&mut self, layer: Layer) -> &mut Option<Before> {
        match (layer, &mut self.standing.directory) {
            (Layer::UseInside, Some(inside)) => &mut inside.over,
            (Layer::Directory, Some(inside)) => &mut inside.before,
            _ => &mut self.standing.using,
        }
    }

    fn cover(&mut self, target: &Target, layer: Layer) -> Before {
        let mut before = Before::new();
        for name in VARIABLES {
            let value = match name {
                PROFILE => Some(target.profile.to_string()),
                _ if REGIONS.contains(&name) => match &target.region {
                    Some(region) => Some(region.to_string()),
                    None => continue,
                },
                _ => None,
            };
            let was = match (self.variables.get(name), &value) {
                // What is not there and does not come need not be spoken of.
                (None, None) => continue,
                (None, Some(_)) => Was::Unset(()),
                (Some(Held::Text(text)), _) => Was::Text(text.clone()),
                (Some(Held::Secret), _) => Was::Parked(true),
            };
            match value {
                Some(value) => self.set(name, value),
                None if was == Was::Parked(true) => {
                    self.variables.remove(name);
                    self.steps.push(Step::Park { name, layer });
                }
                None => self.unset(name),
            }
            before.insert(name.to_owned(), was);
        }
        before
    }

    /// `tells`: of secrets that can't come back, because they wait in another shell.
    fn restore(&mut self, before: Before, layer: Layer, tells: bool) {
        for (name, was) in before {
            // Whatever stands in the environment, no other variable is touched.
            let Some(name) = VARIABLES.into_iter().find(|known| *known == name) else { continue };
            match was {
                Was::Text(value) => self.set(name, value),
                Was::Unset(()) => self.unset(name),
                Was::Parked(_) => {
                    self.variables.insert(name, Held::Secret);
                    self.steps.push(Step::Unpark { name, layer, tells });
                }
            }
        }
    }

    fn set(&mut self, name: &'static str, value: String) {
        self.variables.insert(name, Held::Text(value.clone()));
        self.steps.push(Step::Set { name, value });
    }

    fn unset(&mut self, name: &'static str) {
        self.variables.remove(name);
        self.steps.push(Step::Unset { name });
    }
}
