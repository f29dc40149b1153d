//! `AssumeRole`. Every caller here is a role session, so every call is role chaining.

use axum::http::StatusCode;

use super::Refusal;
use super::xml::{element, response};
use crate::clock::iso8601;
use crate::http::{Pairs, Reply, value_of};
use crate::partition::Partition;
use crate::role_keys::{Principal, RoleKey};
use crate::world::World;

const CHAINED_LIMIT_SECONDS: i64 = 3600;

pub(super) fn assume_role(world: &World, caller: &RoleKey, form: &Pairs) -> Result<Reply, Refusal> {
    let role_arn = sized(form, "RoleArn", "roleArn", 20, 2048)?;
    let session_name = named(form, "RoleSessionName", "roleSessionName")?;
    if value_of(form, "ExternalId").is_some() {
        external_id(form)?;
    }
    if value_of(form, "SourceIdentity").is_some() {
        named(form, "SourceIdentity", "sourceIdentity")?;
    }
    let seconds = duration(form)?;
    let partition = world.partition();
    let (account_id, role_name) = parse_role_arn(partition, role_arn)
        .ok_or_else(|| Refusal::validation(format!("{role_arn} is invalid")))?;
    if value_of(form, "SerialNumber").is_some() || value_of(form, "TokenCode").is_some() {
        return Err(Refusal::forbidden(
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial \
             number is valid and associated with this user.",
        ));
    }
    // A role made by Identity Center trusts only its SAML provider.
    let trusted = known(world, account_id) && !role_name.starts_with("AWSReservedSSO_");
    if !trusted {
        let arn = caller.principal.arn();
        return Err(Refusal::forbidden(
            "AccessDenied",
            format!("User: {arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"),
        ));
    }
    let principal = Principal {
        partition,
        account_id: account_id.to_owned(),
        role_name: role_name.to_owned(),
        session_name: session_name.to_owned(),
        chained: true,
    };
    let key = world.role_keys.lock().vend(principal, world.clock.now_ms() + seconds * 1000);
    Ok(Reply::xml(StatusCode::OK, response("AssumeRole", &result(&key, value_of(form, "SourceIdentity")))))
}

fn known(world: &World, account_id: &str) -> bool {
    world.directory.lock().settle(world.clock.now_ms()).account(account_id).is_some()
}

fn result(key: &RoleKey, source_identity: Option<&str>) -> String {
    let credentials = [
        element("AccessKeyId", &key.access_key_id),
        element("SecretAccessKey", &key.secret),
        element("SessionToken", &key.session_token),
        element("Expiration", &iso8601(key.expires_ms)),
    ];
    let user = [element("AssumedRoleId", &key.principal.user_id()), element("Arn", &key.principal.arn())];
    let identity = source_identity.map(|name| element("SourceIdentity", name)).unwrap_or_default();
    format!(
        "<AssumedRoleUser>{}</AssumedRoleUser><Credentials>{}</Credentials>{identity}",
        user.concat(),
        credentials.concat()
    )
}

fn constraint(value: &str, field: &str, rule: &str) -> Refusal {
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
