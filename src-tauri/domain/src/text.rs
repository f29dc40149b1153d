//! Account names, role names and server messages are untrusted text. What reaches a terminal, a menu or a
//! file goes through here.

use std::borrow::Cow;

/// One line that is safe to show: control characters (incl. escape, line ends, C1) and the invisible
/// characters that reorder or hide text are shown as `\u{…}`; everything else, any script, stays.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

/// The same JSON with every unsafe character of its strings escaped, so that it can be looked at in a terminal.
/// The JSON itself consists of harmless characters only, and what is below U+0020 in a string is escaped in any
/// JSON (RFC 8259, section 7).
pub fn json(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| c >= ' ' && is_unsafe(c);
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hidden(c) {
            let escape = |unit: &mut u16| format!("\\u{unit:04x}");
            shown.extend(c.encode_utf16(&mut [0; 2]).iter_mut().map(escape));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Bidirectional controls and other default-ignorable characters can make one name look like another (Unicode
/// Technical Report 36); U+2028 and U+2029 end a line in some programs.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::{json, line};

    #[test]
    fn harmless_names_stay_as_they_are() {
        for name in ["prod", "Größe – Ümläut", "本番 アカウント", "a+b=c,d.e@f-g", "<b>\"x\"</b>"]
        {
            assert_eq!(line(name), name);
        }
    }

    #[test]
    fn nothing_that_steers_a_terminal_comes_through() {
        let shown = line("a\u{1b}]0;owned\u{7}b\r\nc\u{9b}31m\u{202e}gpj.exe\u{200b}");
        assert_eq!(shown, "a\\u{1b}]0;owned\\u{7}b\\u{d}\\u{a}c\\u{9b}31m\\u{202e}gpj.exe\\u{200b}");
    }

    #[test]
    fn json_means_the_same_and_hides_nothing() {
        let value = serde_json::json!({ "a\u{202e}": ["\u{9b}31m\u{7f}\u{e0041}", "ü 本 \u{1b}\n"] });
        let text = serde_json::to_string_pretty(&value).unwrap();
        let shown = json(&text);
        assert!(shown.chars().all(|c| c == '\n' || !super::is_unsafe(c)), "{shown}");
        assert!(shown.contains("\\u202e") && shown.contains("\\udb40\\udc41"), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }
}
