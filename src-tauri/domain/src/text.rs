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
    use super::line;

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
}
