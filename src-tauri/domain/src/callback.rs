//! The browser's way back to this computer (RFC 8252 section 7.3, RFC 7636).

use url::Url;

use crate::ids::NotValid;
use crate::secret::Secret;
use crate::trouble::Trouble;

/// Where the browser comes back to. AWS compares host and path, not the port.
pub const PATH: &str = "/oauth/callback";

/// What the page to open has to say.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Of the OIDC service, without a slash at the end.
    pub endpoint: &'a str,
    /// From the registration.
    pub client_id: &'a str,
    /// With the port that is listened on.
    pub redirect_uri: &'a str,
    /// Comes back with the browser: an answer without it belongs to somebody else's sign-in.
    pub state: &'a str,
    /// SHA-256 of the verifier, in base64url without padding.
    pub challenge: &'a str,
    /// What the token is for.
    pub scope: &'a str,
}

/// The page to open.
pub fn authorize_page(request: &Request<'_>) -> Result<String, NotValid> {
    let wrong = || NotValid(format!("`{}` is no web address", crate::text::line(request.endpoint)));
    let mut url = Url::parse(&format!("{}/authorize", request.endpoint)).map_err(|_| wrong())?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", request.client_id)
        .append_pair("redirect_uri", request.redirect_uri)
        .append_pair("state", request.state)
        .append_pair("code_challenge_method", "S256")
        // The AWS CLI's spelling.
        .append_pair("scopes", request.scope)
        .append_pair("code_challenge", request.challenge);
    Ok(url.into())
}

/// What a request to the listener is.
#[derive(Debug, PartialEq, Eq)]
pub enum Visit {
    /// Something else that browsers ask for, such as an icon.
    Other,
    /// An answer to another sign-in, or nobody's.
    Stranger,
    /// The answer: a code that is worth a token, or why there is none.
    Answer(Result<Secret, Trouble>),
}

/// Reads the target of a request, such as `/oauth/callback?code=…&state=…`.
pub fn read(target: &str, state: &str) -> Visit {
    let Ok(url) = Url::parse("http://127.0.0.1").and_then(|base| base.join(target)) else {
        return Visit::Other;
    };
    if url.path() != PATH || url.host_str() != Some("127.0.0.1") {
        return Visit::Other;
    }
    let value = |wanted: &str| {
        url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    if value("state").as_deref() != Some(state) {
        return Visit::Stranger;
    }
    let said =
        || crate::text::line(&value("error_description").unwrap_or_default()).chars().take(300).collect();
    match (value("error").as_deref(), value("code").filter(|code| !code.is_empty())) {
        (None, Some(code)) => Visit::Answer(Ok(Secret::new(code))),
        (None, None) => Visit::Stranger,
        (Some("access_denied"), _) => Visit::Answer(Err(Trouble::Denied)),
        (Some("unauthorized_client"), _) => Visit::Answer(Err(Trouble::FlowBlocked)),
        (Some("invalid_grant"), _) => Visit::Answer(Err(Trouble::InvalidGrant)),
        (Some("server_error" | "temporarily_unavailable"), _) => {
            Visit::Answer(Err(Trouble::Unavailable(said())))
        }
        (Some(_), _) => Visit::Answer(Err(Trouble::Invalid(said()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_aws_wants_to_know() {
        let page = authorize_page(&Request {
            endpoint: "https://oidc.eu-west-1.amazonaws.com",
            client_id: "a&b",
            redirect_uri: "http://127.0.0.1:41/oauth/callback",
            state: "s",
            challenge: "c",
            scope: "sso:account:access",
        });
        assert_eq!(
            page.unwrap(),
            "https://oidc.eu-west-1.amazonaws.com/authorize?response_type=code&client_id=a%26b\
             &redirect_uri=http%3A%2F%2F127.0.0.1%3A41%2Foauth%2Fcallback&state=s&code_challenge_method=S256\
             &scopes=sso%3Aaccount%3Aaccess&code_challenge=c"
        );
    }

    #[test]
    fn only_the_answer_with_our_state_counts() {
        let good = read("/oauth/callback?code=abc&state=s", "s");
        assert_eq!(good, Visit::Answer(Ok(Secret::new("abc"))));
        for other in [
            "/favicon.ico",
            "/",
            "/oauth/callback/x?code=a&state=s",
            "http://evil.example/oauth/callback?code=a&state=s",
            "//evil.example/oauth/callback?state=s&code=a",
        ] {
            assert_eq!(read(other, "s"), Visit::Other, "{other}");
        }
        for stranger in [
            "/oauth/callback",
            "/oauth/callback?code=abc",
            "/oauth/callback?code=abc&state=S",
            "/oauth/callback?state=s",
            "/oauth/callback?state=s&code=",
        ] {
            assert_eq!(read(stranger, "s"), Visit::Stranger, "{stranger}");
        }
    }

    #[test]
    fn what_was_refused_is_told_in_our_words() {
        let answer = |query: &str| read(&format!("/oauth/callback?state=s&{query}"), "s");
        assert_eq!(answer("error=access_denied&code=x"), Visit::Answer(Err(Trouble::Denied)));
        assert_eq!(answer("error=unauthorized_client"), Visit::Answer(Err(Trouble::FlowBlocked)));
        let odd = answer("error=odd&error_description=%1b%5B31mno");
        assert!(
            matches!(&odd, Visit::Answer(Err(Trouble::Invalid(said))) if !said.contains('\u{1b}')),
            "{odd:?}"
        );
    }
}
