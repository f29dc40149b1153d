//! What the sign-in window may open, and what it may want.

use url::{Host, Url};

use crate::app::view::Hint;

/// What may be opened in a window that began with one page of a portal.
///
/// Sign-in pages lead through other companies' hosts (identity providers, their MFA providers), so hosts can't be
/// listed beforehand: what can be said is that all of it comes by https. The simulator's pages come from this
/// computer, and then so may others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    loopback: bool,
}

impl Policy {
    /// The policy for a sign-in that begins with this page; none if the page itself may not be opened.
    pub fn of(first: &str) -> Option<Self> {
        let url = Url::parse(first).ok()?;
        let policy = Self { loopback: is_loopback(&url) };
        (is_page(&url) && policy.allows(first)).then_some(policy)
    }

    /// Whether the window may go there. Asked before every request that a link, a form, a script or a redirect
    /// leads to, also in frames.
    pub fn allows(self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else { return false };
        match url.scheme() {
            "https" => true,
            "http" => self.loopback && is_loopback(&url),
            // Frames without an address, and what pages make for themselves: they have the page's own rights.
            "about" => matches!(url.path(), "blank" | "srcdoc"),
            "blob" => Url::parse(url.path()).is_ok_and(|inner| self.allows(inner.as_str())),
            _ => false,
        }
    }
}

fn is_page(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "http")
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Host (with the port, if it is no usual one) and whether it came by https.
pub fn origin(url: &str) -> (String, bool) {
    let Ok(url) = Url::parse(url) else { return (String::new(), false) };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    (format!("{}{port}", url.host_str().unwrap_or_default()), url.scheme() == "https")
}

/// What is known of a page by its address alone.
pub fn hint(url: &str) -> Option<Hint> {
    let url = Url::parse(url).ok()?;
    let is_refusal = url.path().contains("/signin/rejected") || url.path().contains("disallowed_useragent");
    let is_google = url.host_str() == Some("accounts.google.com");
    // The simulator's pages come from this computer.
    let refused = is_refusal && (is_google || is_loopback(&url));
    (refused || (is_google && url.path().starts_with("/v3/signin"))).then_some(Hint::Google)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_is_opened() {
        let policy = Policy::of("https://device.sso.us-east-1.amazonaws.com/?user_code=A").unwrap();
        for good in ["https://login.example/x", "about:blank", "about:srcdoc", "blob:https://a.example/1"] {
            assert!(policy.allows(good), "{good}");
        }
        for bad in [
            "http://login.example/",
            "http://127.0.0.1:8080/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:1",
            "tauri://localhost/main.html",
            "ipc://localhost/act",
            "blob:file:///x",
            "about:config",
            "mailto:a@b",
            "",
        ] {
            assert!(!policy.allows(bad), "{bad}");
        }
    }

    #[test]
    fn the_simulator_is_on_this_computer_and_then_others_may_be() {
        let policy = Policy::of("http://127.0.0.1:4444/device").unwrap();
        assert!(policy.allows("http://127.0.0.1:5555/login") && policy.allows("http://localhost:1/"));
        assert!(policy.allows("http://[::1]:5/") && !policy.allows("http://127.0.0.1.evil.example/"));
        for bad in ["http://evil.example/", "data:text/html,x", "file:///", "about:blank", "nothing"] {
            assert!(Policy::of(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_page_is_named_by_its_host() {
        assert_eq!(origin("https://login.example/a?b"), ("login.example".to_owned(), true));
        assert_eq!(origin("http://127.0.0.1:81/a"), ("127.0.0.1:81".to_owned(), false));
        assert_eq!(hint("https://accounts.google.com/v3/signin/rejected?x"), Some(Hint::Google));
        assert_eq!(hint("https://accounts.google.com.evil.example/v3/signin/rejected"), None);
    }
}
