//! Signature Version 4, recomputed from the request as received.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use super::Refusal;
use crate::clock::{amz_date, parse_amz_date};
use crate::http::Incoming;
use crate::partition::Partition;
use crate::role_keys::RoleKey;
use crate::world::World;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const MAX_SKEW_MS: i64 = 5 * 60 * 1000;

const INVALID_TOKEN: &str = "The security token included in the request is invalid.";
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check \
                        your AWS Secret Access Key and signing method. Consult the service documentation for \
                        details.";

/// The parts of an `Authorization` header.
struct Authorization<'a> {
    access_key_id: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

/// The credentials that signed the request, or why they are not accepted. Checks in the order of the
/// service: form, key, token, date, signature, expiry.
pub(super) fn verify(world: &World, request: &Incoming) -> Result<RoleKey, Refusal> {
    let header = request.header("authorization").ok_or_else(|| {
        Refusal::forbidden("MissingAuthenticationToken", "Request is missing Authentication Token")
    })?;
    let given = parse(header).ok_or_else(|| incomplete("Authorization header is malformed"))?;
    let sent =
        request.header("x-amz-date").ok_or_else(|| incomplete("Authorization header requires X-Amz-Date"))?;
    let key = world.role_keys.lock().find(given.access_key_id).cloned();
    let key = key.ok_or_else(|| Refusal::forbidden("InvalidClientTokenId", INVALID_TOKEN))?;
    if request.header("x-amz-security-token") != Some(key.session_token.as_str()) {
        return Err(Refusal::forbidden("InvalidClientTokenId", INVALID_TOKEN));
    }
    // Keys of one partition are unknown in every other, and a signature names the region it is meant for.
    if Partition::of_region(given.region) != key.principal.partition {
        return Err(Refusal::forbidden("InvalidClientTokenId", INVALID_TOKEN));
    }
    let now_ms = world.clock.now_ms();
    check_scope(&given, sent)?;
    check_date(sent, now_ms)?;
    check_signed_headers(&given, request)?;
    if signature(&given, sent, request, &key.secret).as_deref() != Some(given.signature) {
        return Err(Refusal::forbidden("SignatureDoesNotMatch", MISMATCH));
    }
    if key.expires_ms <= now_ms {
        return Err(Refusal::forbidden(
            "ExpiredToken",
            "The security token included in the request is expired",
        ));
    }
    Ok(key)
}

fn incomplete(message: &str) -> Refusal {
    Refusal::new("IncompleteSignature", axum::http::StatusCode::BAD_REQUEST, message)
}

fn parse(header: &str) -> Option<Authorization<'_>> {
    let fields = header.strip_prefix(ALGORITHM)?;
    let field =
        |name: &str| fields.split(',').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='));
    let mut scope = field("Credential")?.split('/');
    let authorization = Authorization {
        access_key_id: scope.next()?,
        date: scope.next()?,
        region: scope.next()?,
        service: scope.next()?,
        signed_headers: field("SignedHeaders")?,
        signature: field("Signature")?,
    };
    (scope.next() == Some("aws4_request") && scope.next().is_none()).then_some(authorization)
}

fn check_scope(given: &Authorization<'_>, sent: &str) -> Result<(), Refusal> {
    if given.service != "sts" {
        return Err(Refusal::forbidden(
            "SignatureDoesNotMatch",
            "Credential should be scoped to correct service: 'sts'.",
        ));
    }
    if sent.get(..8) != Some(given.date) {
        return Err(Refusal::forbidden(
            "SignatureDoesNotMatch",
            format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
                 HTTP: '{}' != '{sent}'.",
                given.date
            ),
        ));
    }
    Ok(())
}

fn check_date(sent: &str, now_ms: i64) -> Result<(), Refusal> {
    let sent_ms =
        parse_amz_date(sent).ok_or_else(|| incomplete("Date must be in ISO-8601 'basic format'"))?;
    let now = amz_date(now_ms);
    let message = if sent_ms < now_ms - MAX_SKEW_MS {
        let limit = amz_date(now_ms - MAX_SKEW_MS);
        format!("Signature expired: {sent} is now earlier than {limit} ({now} - 5 min.)")
    } else if sent_ms > now_ms + MAX_SKEW_MS {
        let limit = amz_date(now_ms + MAX_SKEW_MS);
        format!("Signature not yet current: {sent} is still later than {limit} ({now} + 5 min.)")
    } else {
        return Ok(());
    };
    Err(Refusal::forbidden("SignatureDoesNotMatch", message))
}

/// Host and all `x-amz-` headers must be under the signature.
fn check_signed_headers(given: &Authorization<'_>, request: &Incoming) -> Result<(), Refusal> {
    let signed: Vec<&str> = given.signed_headers.split(';').collect();
    let unsigned = request
        .headers
        .keys()
        .map(axum::http::HeaderName::as_str)
        .find(|name| (*name == "host" || name.starts_with("x-amz-")) && !signed.contains(name));
    match unsigned {
        None => Ok(()),
        Some(name) => Err(Refusal::forbidden(
            "SignatureDoesNotMatch",
            format!("'{name}' must be a 'SignedHeader' in the AWS Authorization."),
        )),
    }
}

fn signature(given: &Authorization<'_>, sent: &str, request: &Incoming, secret: &str) -> Option<String> {
    let scope = format!("{}/{}/{}/aws4_request", given.date, given.region, given.service);
    let canonical = canonical_request(given.signed_headers, request)?;
    let to_sign = format!("{ALGORITHM}\n{sent}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [given.date, given.region, given.service, "aws4_request", &to_sign] {
        key = hmac(&key, part)?;
    }
    Some(hex(&key))
}

fn canonical_request(signed_headers: &str, request: &Incoming) -> Option<String> {
    let mut query: Vec<&str> = request.query.split('&').filter(|pair| !pair.is_empty()).collect();
    query.sort_unstable();
    let mut headers = String::new();
    for name in signed_headers.split(';') {
        let values: Vec<String> = request
            .headers
            .get_all(name)
            .iter()
            .map(|value| Some(value.to_str().ok()?.split_ascii_whitespace().collect::<Vec<_>>().join(" ")))
            .collect::<Option<_>>()?;
        if values.is_empty() {
            return None;
        }
        headers += name;
        headers.push(':');
        headers += &values.join(",");
        headers.push('\n');
    }
    Some(format!(
        "{}\n{}\n{}\n{headers}\n{signed_headers}\n{}",
        request.method,
        request.path,
        query.join("&"),
        hex(&Sha256::digest(&request.body))
    ))
}

fn hmac(key: &[u8], text: &str) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    Some(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};

    use super::*;

    /// "get-vanilla" of AWS's published Signature Version 4 test suite.
    #[test]
    fn published_vector() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z")] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let request = Incoming {
            method: Method::GET,
            path: "/".to_owned(),
            query: String::new(),
            headers,
            body: Bytes::new(),
        };
        let header = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                      SignedHeaders=host;x-amz-date, \
                      Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
        let given = parse(header).unwrap();
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let computed = signature(&given, "20150830T123600Z", &request, secret).unwrap();
        assert_eq!(computed, given.signature);
    }

    #[test]
    fn dates_outside_five_minutes_name_both_times() {
        let now = parse_amz_date("20261123T120000Z").unwrap();
        assert!(check_date("20261123T115501Z", now).is_ok());
        let early = check_date("20261123T115400Z", now).unwrap_err();
        assert_eq!(
            early.message,
            "Signature expired: 20261123T115400Z is now earlier than 20261123T115500Z \
             (20261123T120000Z - 5 min.)"
        );
        let late = check_date("20261123T120600Z", now).unwrap_err();
        assert!(late.message.starts_with("Signature not yet current: 20261123T120600Z"), "{}", late.message);
    }
}
