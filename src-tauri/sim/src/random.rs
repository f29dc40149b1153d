//! Unguessable values in the shapes AWS uses.

use data_encoding::BASE64URL_NOPAD;
use rand::Rng;

const URL_SAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX: &[u8] = b"0123456789abcdef";
const CONSONANTS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";

fn from_alphabet(alphabet: &[u8], length: usize) -> String {
    let mut source = rand::rng();
    (0..length).map(|_| char::from(alphabet[source.random_range(0..alphabet.len())])).collect()
}

/// `length` characters that need no escaping in a URL.
pub(crate) fn url_safe(length: usize) -> String {
    from_alphabet(URL_SAFE, length)
}

/// `length` characters of the base64 alphabet, `+` and `/` included.
pub(crate) fn base64_text(length: usize) -> String {
    from_alphabet(BASE64, length)
}

/// `length` upper-case characters as in an access key id.
pub(crate) fn base32_text(length: usize) -> String {
    from_alphabet(BASE32, length)
}

/// A request id: 32 hex digits in the groups of a UUID.
pub(crate) fn request_id() -> String {
    let digits = from_alphabet(HEX, 32);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

/// `XXXX-XXXX`; consonants only, so that no word comes out by accident.
pub(crate) fn user_code() -> String {
    let letters = from_alphabet(CONSONANTS, 8);
    format!("{}-{}", &letters[..4], &letters[4..])
}

/// Key material for the simulator's own signatures.
pub(crate) fn key() -> [u8; 32] {
    rand::rng().random()
}

/// Text like the service's client secrets: a long JWT that says nothing to its holder.
pub(crate) fn client_secret(client_name: &str, expires_at: i64) -> String {
    let header = format!(r#"{{"kid":"key-{expires_at}","alg":"HS384"}}"#);
    let payload = serde_json::json!({
        "serialized": url_safe(900),
        "clientName": client_name,
        "expirationTimestamp": expires_at,
    });
    format!(
        "{}.{}.{}",
        BASE64URL_NOPAD.encode(header.as_bytes()),
        BASE64URL_NOPAD.encode(payload.to_string().as_bytes()),
        url_safe(64)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        assert_eq!(url_safe(86).len(), 86);
        let code = user_code();
        assert_eq!(code.len(), 9);
        assert!(code.chars().all(|c| c == '-' || CONSONANTS.contains(&u8::try_from(c).unwrap())));
        let secret = client_secret("some client", 1_700_000_000);
        assert!((1200..2000).contains(&secret.len()), "{}", secret.len());
        assert!(secret.starts_with("eyJ"));
        assert_eq!(request_id().len(), 36);
    }
}
