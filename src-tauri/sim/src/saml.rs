//! The portal's side of SAML: the request to the external identity provider and the check of what comes
//! back. Protocol: SAML 2.0 bindings and profiles (HTTP redirect out, HTTP POST back).
//!
//! The signature is an HMAC over the assertion's bytes instead of XML-DSig: both sides live here, and
//! everything else about the assertion is checked as the real service does.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::http::StatusCode;
use data_encoding::BASE64;
use hmac::{Hmac, Mac};
use roxmltree::{Document, Node};
use sha2::Sha256;

use crate::clock::{iso8601, parse_iso8601};
use crate::escape::{markup, query_value};
use crate::http::{Incoming, Reply, value_of};
use crate::idp;
use crate::pages::{Layout, render, signed_in};
use crate::people::PersonId;
use crate::random;
use crate::world::World;

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

const REQUEST_LIFETIME_MS: i64 = 600_000;

/// A clock difference between the two sides that is still accepted.
const SKEW_MS: i64 = 60_000;

/// What both sides remember about each other.
#[derive(Debug, Default)]
pub(crate) struct Federation {
    /// Requests on their way, by request id.
    pending: HashMap<String, Pending>,
    /// Assertions count once.
    used: HashSet<String>,
}

#[derive(Debug)]
struct Pending {
    visit: String,
    expires_ms: i64,
}

/// Where the identity provider posts its answer.
pub(crate) fn recipient(world: &World) -> String {
    format!("{}/saml/acs", world.origin)
}

/// The service provider's name in requests and audiences.
pub(crate) fn audience(world: &World) -> String {
    format!("{}/saml/metadata", world.origin)
}

/// URL of the identity provider with a new request in it; the visit goes along as relay state.
pub(crate) fn request(world: &World, visit: &str) -> Option<String> {
    let idp = world.idp_origin.as_ref()?;
    let entry = idp::entry(world.options.identity_source);
    let now_ms = world.clock.now_ms();
    let id = format!("_{}", random::url_safe(32));
    let xml = format!(
        "<samlp:AuthnRequest xmlns:samlp=\"{PROTOCOL}\" xmlns:saml=\"{ASSERTION}\" ID=\"{id}\" \
         Version=\"2.0\" IssueInstant=\"{}\" Destination=\"{idp}{entry}\" AssertionConsumerServiceURL=\"{}\" \
         ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\"><saml:Issuer>{}</saml:Issuer>\
         </samlp:AuthnRequest>",
        iso8601(now_ms),
        recipient(world),
        audience(world)
    );
    let pending = Pending { visit: visit.to_owned(), expires_ms: now_ms + REQUEST_LIFETIME_MS };
    world.federation.lock().pending.insert(id, pending);
    let packed = BASE64.encode(&miniz_oxide::deflate::compress_to_vec(xml.as_bytes(), 6));
    Some(format!("{idp}{entry}?SAMLRequest={}&RelayState={}", query_value(&packed), query_value(visit)))
}

/// The base64 answer of the identity provider for this user.
pub(crate) fn response(world: &World, in_response_to: &str, user: &str) -> String {
    let now_ms = world.clock.now_ms();
    let idp = world.idp_origin.as_deref().unwrap_or_default();
    let issued = iso8601(now_ms);
    let until = iso8601(now_ms + 300_000);
    let recipient = recipient(world);
    let audience = audience(world);
    let request = markup(in_response_to);
    let user = markup(user);
    let assertion = format!(
        "<saml:Assertion xmlns:saml=\"{ASSERTION}\" ID=\"_{id}\" Version=\"2.0\" IssueInstant=\"{issued}\">\
         <saml:Issuer>{idp}</saml:Issuer><saml:Subject><saml:NameID>{user}</saml:NameID>\
         <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
         <saml:SubjectConfirmationData InResponseTo=\"{request}\" Recipient=\"{recipient}\" \
         NotOnOrAfter=\"{until}\"/></saml:SubjectConfirmation></saml:Subject>\
         <saml:Conditions NotBefore=\"{issued}\" NotOnOrAfter=\"{until}\"><saml:AudienceRestriction>\
         <saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
         </saml:Assertion>",
        id = random::url_safe(32),
    );
    let signature = sign(world, assertion.as_bytes());
    let xml = format!(
        "<samlp:Response xmlns:samlp=\"{PROTOCOL}\" ID=\"_{id}\" Version=\"2.0\" IssueInstant=\"{issued}\" \
         Destination=\"{recipient}\" InResponseTo=\"{request}\"><samlp:Extensions>\
         <Signature>{signature}</Signature></samlp:Extensions>{assertion}</samlp:Response>",
        id = random::url_safe(32),
    );
    BASE64.encode(xml.as_bytes())
}

fn sign(world: &World, bytes: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&world.key) else { return String::new() };
    mac.update(b"saml/");
    mac.update(bytes);
    BASE64.encode(&mac.finalize().into_bytes())
}

/// `POST /saml/acs`.
pub(crate) fn consume(world: &Arc<World>, request: &Incoming) -> Reply {
    let form = request.form_pairs();
    let answer = value_of(&form, "SAMLResponse").unwrap_or_default();
    let relay_state = value_of(&form, "RelayState").unwrap_or_default();
    let outcome = accept(world, answer, relay_state).and_then(|person| {
        signed_in(world, relay_state, person).ok_or("the sign-in it belongs to has ended")
    });
    outcome.unwrap_or_else(|reason| {
        let content = format!("<p role=\"alert\">The answer of your organisation was refused: {reason}.</p>");
        render(StatusCode::FORBIDDEN, &Layout::plain("Sign-in failed"), &content)
            .failed("InvalidSamlResponse")
    })
}

/// Checks signature, addressee, time, request and single use, in this order: nothing unsigned is believed.
fn accept(world: &World, answer: &str, relay_state: &str) -> Result<PersonId, &'static str> {
    let decoded = BASE64.decode(answer.as_bytes()).map_err(|_| "it is not base64")?;
    let text = String::from_utf8(decoded).map_err(|_| "it is not text")?;
    let document = Document::parse(&text).map_err(|_| "it is not XML")?;
    let assertion = only(document.root(), "Assertion")?;
    let signature = only(document.root(), "Signature")?.text().unwrap_or_default();
    if sign(world, text.get(assertion.range()).unwrap_or_default().as_bytes()) != signature {
        return Err("its signature is wrong");
    }
    if only(assertion, "Audience")?.text() != Some(audience(world).as_str()) {
        return Err("it is meant for another audience");
    }
    let confirmation = only(assertion, "SubjectConfirmationData")?;
    if confirmation.attribute("Recipient") != Some(recipient(world).as_str()) {
        return Err("it is meant for another recipient");
    }
    let now_ms = world.clock.now_ms();
    let time =
        |node: Node<'_, '_>, name| node.attribute(name).and_then(parse_iso8601).ok_or("a time is missing");
    let conditions = only(assertion, "Conditions")?;
    if time(conditions, "NotBefore")? > now_ms + SKEW_MS {
        return Err("it is not valid yet");
    }
    if time(conditions, "NotOnOrAfter")? + SKEW_MS <= now_ms
        || time(confirmation, "NotOnOrAfter")? + SKEW_MS <= now_ms
    {
        return Err("it has expired");
    }
    let user = only(assertion, "NameID")?.text().unwrap_or_default();
    let person = world.options.person_named(user).ok_or("it names an unknown user")?;
    let mut federation = world.federation.lock();
    let id = assertion.attribute("ID").ok_or("it has no ID")?;
    if !federation.used.insert(id.to_owned()) {
        return Err("it was used before");
    }
    let request_id = confirmation.attribute("InResponseTo").unwrap_or_default();
    let pending = federation.pending.remove(request_id).ok_or("nobody asked for it")?;
    if pending.expires_ms <= now_ms || pending.visit != relay_state {
        return Err("it does not belong to this sign-in");
    }
    Ok(person)
}

/// The one element of this name; a second could smuggle in something unsigned.
fn only<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Result<Node<'a, 'i>, &'static str> {
    let mut found = node.descendants().filter(|node| node.is_element() && node.tag_name().name() == name);
    match (found.next(), found.next()) {
        (Some(node), None) => Ok(node),
        _ => Err("a part of it is missing or doubled"),
    }
}
