//! A key combination for the whole desktop, such as `Ctrl+Alt+R`.

use std::fmt;

use crate::ids::NotValid;

/// Modifiers in the order they are written.
const MODIFIERS: [(&str, &[&str]); 4] = [
    ("Ctrl", &["ctrl", "control"]),
    ("Alt", &["alt", "option"]),
    ("Shift", &["shift"]),
    ("Super", &["super", "cmd", "command", "win", "meta"]),
];
const NAMED: [&str; 14] = [
    "Space",
    "Enter",
    "Tab",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Insert",
    "Delete",
    "Up",
    "Down",
    "Left",
    "Right",
    "Backspace",
];

/// A valid combination in its usual form. At least one modifier besides Shift: a bare letter for the whole
/// desktop would make it untypable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hotkey {
    modifiers: [bool; 4],
    key: String,
}

impl Hotkey {
    /// The one that is in force unless the person chose another, or none. No common desktop uses it, nor do
    /// browsers and terminals.
    pub fn usual() -> Self {
        Self { modifiers: [true, true, false, false], key: "R".to_owned() }
    }

    /// From words joined by `+`, in any case.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let invalid = || NotValid("should be keys joined by +, such as Ctrl+Alt+R; \"\" for none".to_owned());
        let mut modifiers = [false; 4];
        let mut words: Vec<&str> = text.split('+').map(str::trim).collect();
        let key = key(words.pop().unwrap_or_default()).ok_or_else(invalid)?;
        for word in words {
            let lower = word.to_lowercase();
            let at = MODIFIERS.iter().position(|(_, names)| names.contains(&lower.as_str()));
            modifiers[at.ok_or_else(invalid)?] = true;
        }
        if !(modifiers[0] || modifiers[1] || modifiers[3]) {
            return Err(NotValid(
                "needs Ctrl, Alt or Super, or it would take a key that you type".to_owned(),
            ));
        }
        Ok(Self { modifiers, key })
    }

    /// The modifiers in the order Ctrl, Alt, Shift, Super, and the key.
    pub fn parts(&self) -> ([bool; 4], &str) {
        (self.modifiers, &self.key)
    }
}

fn key(word: &str) -> Option<String> {
    if word.len() == 1 && word.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Some(word.to_uppercase());
    }
    let is_function = |w: &str| {
        let number = w.strip_prefix(['f', 'F']).and_then(|n| n.parse::<u8>().ok());
        number.is_some_and(|n| (1..=24).contains(&n))
    };
    if is_function(word) {
        return Some(word.to_uppercase());
    }
    NAMED.iter().find(|name| name.eq_ignore_ascii_case(word)).map(|name| (*name).to_owned())
}

impl fmt::Display for Hotkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((name, _), _) in MODIFIERS.iter().zip(self.modifiers).filter(|(_, on)| *on) {
            write!(f, "{name}+")?;
        }
        f.write_str(&self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::Hotkey;

    #[test]
    fn combinations_are_read_in_any_spelling_and_shown_in_one() {
        let shown = |text: &str| Hotkey::parse(text).unwrap().to_string();
        assert_eq!(shown("alt + control+r"), "Ctrl+Alt+R");
        assert_eq!(shown("cmd+shift+pageup"), "Shift+Super+PageUp");
        assert_eq!(shown("super+f12"), "Super+F12");
        assert_eq!(shown(&Hotkey::usual().to_string()), "Ctrl+Alt+R");
    }

    #[test]
    fn what_would_take_a_typed_key_is_refused() {
        for text in ["r", "shift+r", "ctrl", "ctrl+alt", "", "ctrl+", "ctrl+f25", "hyper+r", "ctrl+ä"] {
            assert!(Hotkey::parse(text).is_err(), "{text}");
        }
    }
}
