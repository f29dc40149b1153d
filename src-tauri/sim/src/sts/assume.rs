//! `AssumeRole`. Every caller here is a role session, so every call is role chaining.

use axum::http::StatusCode;

use super::Refusal;
use super::tags::Tags;
use super::xml::{element, response};
use crate::clock::iso8601;
use crate::http::{Pairs, Reply, value_of};
use crate::partition::Partition;
use crate::role_keys::{Principal, RoleKey};
use crate::world::World;

const CHAINED_LIMIT_SECONDS: i64 = 3600;

/// What was asked for, each part within its limits.
struct Asked<'a> {
    role_arn: &'a str,
    account_id: &'a str,
    role_name: &'a str,
    session_name: &'a str,
    external_id: Option<&'a str>,
    source_identity: Option<&'a str>,
    mfa: Option<(&'a str, &'a str)>,
    seconds: i64,
    tags: Tags,
}

pub(super) fn assume_role(world: &World, caller: &RoleKey, form: &Pairs) -> Result<Reply, Refusal> {
    let asked = read(world.partition(), form)?;
    authorize(world, &caller.principal, &asked)?;
    let transitive_tags = asked.tags.passed_on(&caller.principal.transitive_tags)?;
    let packed_size = asked.tags.packed_size()?;
    let inherited = caller.principal.source_identity.as_deref();
    let principal = Principal {
        partition: world.partition(),
        account_id: asked.account_id.to_owned(),
        role_name: asked.role_name.to_owned(),
        session_name: asked.session_name.to_owned(),
        chained: true,
        source_identity: asked.source_identity.or(inherited).map(str::to_owned),
        transitive_tags,
    };
    let key = world.role_keys.lock().vend(principal, world.clock.now_ms() + asked.seconds * 1000);
    let packed_size = (!asked.tags.is_empty()).then_some(packed_size);
    Ok(Reply::xml(StatusCode::OK, response("AssumeRole", &result(&key, packed_size))))
}

fn read(partition: Partition, form: &Pairs) -> Result<Asked<'_>, Refusal> {
    let role_arn = sized(form, "RoleArn", "roleArn", 20, 2048)?;
    let session_name = named(form, "RoleSessionName", "roleSessionName")?;
    let given = |key: &str| value_of(form, key).is_some();
    let external_id = given("ExternalId").then(|| external_id(form)).transpose()?;
    let source_identity =
        given("SourceIdentity").then(|| named(form, "SourceIdentity", "sourceIdentity")).transpose()?;
    let serial = given("SerialNumber")
        .then(|| matching(sized(form, "SerialNumber", "serialNumber", 9, 256)?, "serialNumber", "=/:,.@-"))
        .transpose()?;
    let code = given("TokenCode").then(|| token_code(form)).transpose()?;
    let seconds = duration(form)?;
    let tags = Tags::read(form)?;
    let (account_id, role_name) = parse_role_arn(partition, role_arn)
        .ok_or_else(|| Refusal::validation(format!("{role_arn} is invalid")))?;
    let mfa = serial.is_some() || code.is_some();
    let mfa = mfa.then(|| (serial.unwrap_or_default(), code.unwrap_or_default()));
    Ok(Asked {
        role_arn,
        account_id,
        role_name,
        session_name,
        external_id,
        source_identity,
        mfa,
        seconds,
        tags,
    })
}

/// The trust policy and the caller's own permissions, in one: AWS does not tell which of them it was.
fn authorize(world: &World, caller: &Principal, asked: &Asked<'_>) -> Result<(), Refusal> {
    let denied = |action: &str| {
        let (arn, role) = (caller.arn(), asked.role_arn);
        let text = format!("User: {arn} is not authorized to perform: sts:{action} on resource: {role}");
        Refusal::forbidden("AccessDenied", text)
    };
    let trust = world.trusts.lock().of(asked.account_id, asked.role_name);
    // A role made by Identity Center trusts only its SAML provider.
    let trusted = known(world, asked.account_id) && !asked.role_name.starts_with("AWSReservedSSO_");
    let external = trust.external_id.as_deref().is_none_or(|wanted| asked.external_id == Some(wanted));
    match (&trust.mfa, asked.mfa) {
        (Some(device), Some((serial, code))) => {
            let now_ms = world.clock.now_ms();
            if serial != device.serial || !world.trusts.lock().accept(device, code, now_ms) {
                return Err(mfa_failed(" with invalid MFA one time pass code."));
            }
        }
        (None, Some(_)) => {
            let text = ", unable to validate MFA code. Please verify your MFA serial number is valid and \
                        associated with this user.";
            return Err(mfa_failed(text));
        }
        (_, None) => {}
    }
    let with_mfa = trust.mfa.is_none() || asked.mfa.is_some();
    if !trusted || !trust.names(caller) || !external || !with_mfa {
        return Err(denied("AssumeRole"));
    }
    if trust.denies_tags && !(asked.tags.is_empty() && caller.transitive_tags.is_empty()) {
        return Err(denied("TagSession"));
    }
    let changed = asked
        .source_identity
        .is_some_and(|new| caller.source_identity.as_ref().is_some_and(|old| old != new));
    let set = asked.source_identity.is_some() || caller.source_identity.is_some();
    if changed || set && trust.denies_source_identity {
        return Err(denied("SetSourceIdentity"));
    }
    Ok(())
}

fn mfa_failed(why: &str) -> Refusal {
    Refusal::forbidden("AccessDenied", format!("MultiFactorAuthentication failed{why}"))
}

fn known(world: &World, account_id: &str) -> bool {
    world.directory.lock().settle(world.clock.now_ms()).account(account_id).is_some()
}

fn result(key: &RoleKey, packed_size: Option<usize>) -> String {
    let credentials = [
        element("AccessKeyId", &key.access_key_id),
        element("SecretAccessKey", &key.secret),
        element("SessionToken", &key.session_token),
        element("Expiration", &iso8601(key.expires_ms)),
    ];
    let user = [element("AssumedRoleId", &key.principal.user_id()), element("Arn", &key.principal.arn())];
    let identity = key.principal.source_identity.as_deref();
    let identity = identity.map(|name| element("SourceIdentity", name)).unwrap_or_default();
    let size = packed_size.map(|size| element("PackedPolicySize", &size.to_string())).unwrap_or_default();
    format!(
        "<AssumedRoleUser>{}</AssumedRoleUser><Credentials>{}</Credentials>{identity}{size}",
        user.concat(),
        credentials.concat()
    )
}

pub(super) fn constraint(value: &str, field: &str, rule: &str) -> Refusal {
    Refusal::validation(format!(
        "1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: {rule}"
    ))
}

fn sized<'a>(form: &'a Pairs, key: &str, field: &str, least: usize, most: usize) -> Result<&'a str, Refusal> {
    let Some(value) = value_of(form, key) else {
        return Err(Refusal::validation(format!(
            "1 validation error detected: Value null at '{field}' failed to satisfy constraint: Member must \
             not be null"
        )));
    };
    let length = value.chars().count();
    if length < least {
        return Err(constraint(
            value,
            field,
            &format!("Member must have length greater than or equal to {least}"),
        ));
    }
    if length > most {
        return Err(constraint(
            value,
            field,
            &format!("Member must have length less than or equal to {most}"),
        ));
    }
    Ok(value)
}

fn matching<'a>(value: &'a str, field: &str, extra: &str) -> Result<&'a str, Refusal> {
    if value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || extra.contains(c)) {
        return Ok(value);
    }
    let pattern = format!("Member must satisfy regular expression pattern: [\\w{extra}]*");
    Err(constraint(value, field, &pattern))
}

fn named<'a>(form: &'a Pairs, key: &str, field: &str) -> Result<&'a str, Refusal> {
    matching(sized(form, key, field, 2, 64)?, field, "+=,.@-")
}

fn external_id(form: &Pairs) -> Result<&str, Refusal> {
    matching(sized(form, "ExternalId", "externalId", 2, 1224)?, "externalId", "+=,.@:/-")
}

fn token_code(form: &Pairs) -> Result<&str, Refusal> {
    let code = sized(form, "TokenCode", "tokenCode", 6, 6)?;
    if code.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(code);
    }
    Err(constraint(code, "tokenCode", "Member must satisfy regular expression pattern: [\\d]*"))
}

fn duration(form: &Pairs) -> Result<i64, Refusal> {
    let Some(text) = value_of(form, "DurationSeconds") else { return Ok(CHAINED_LIMIT_SECONDS) };
    let field = "durationSeconds";
    let seconds: i64 = text.parse().map_err(|_| constraint(text, field, "Member must be an integer"))?;
    match seconds {
        ..900 => Err(constraint(text, field, "Member must have value greater than or equal to 900")),
        43_201.. => Err(constraint(text, field, "Member must have value less than or equal to 43200")),
        3601..=43_200 => Err(Refusal::validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role \
             chaining",
        )),
        900..=3600 => Ok(seconds),
    }
}

/// Account id and role name (without its path) of a role's ARN in this partition.
fn parse_role_arn(partition: Partition, arn: &str) -> Option<(&str, &str)> {
    let local = arn.strip_prefix("arn:")?.strip_prefix(partition.name())?;
    let (account_id, resource) = local.strip_prefix(":iam::")?.split_once(':')?;
    let name = resource.strip_prefix("role/")?.rsplit('/').next()?;
    let plausible = account_id.len() == 12
        && account_id.bytes().all(|b| b.is_ascii_digit())
        && (1..=64).contains(&name.len());
    plausible.then_some((account_id, name))
}
