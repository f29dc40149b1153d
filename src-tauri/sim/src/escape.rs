//! Untrusted text on its way into markup.

/// Text for HTML or XML, inside elements and double-quoted attributes. Control characters become
/// U+FFFD: names may hold escape sequences, and XML forbids them.
pub(crate) fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Undoes [`markup`] for the visitor, which reads the simulator's own pages.
pub(crate) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// One value of a query, percent-encoded.
pub(crate) fn query_value(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_become_harmless() {
        assert_eq!(markup("<b>\u{1b}[31m\"&'"), "&lt;b&gt;\u{fffd}[31m&quot;&amp;&#39;");
        assert_eq!(unescape(&markup("<a&b'\">")), "<a&b'\">");
    }
}
