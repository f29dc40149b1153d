//! ARNs of IAM roles, as other tools write them.

use crate::chain::RoleArn;
use crate::ids::{AccountId, NotValid, Region};

/// Reads the full form; and `arn:…:iam::ACCOUNT/NAME` without `:role`, as Leapp writes it.
pub(super) fn parse(text: &str) -> Result<RoleArn, NotValid> {
    let text = text.trim();
    match text.split_once(":iam::").and_then(|(start, rest)| Some((start, rest.split_once('/')?))) {
        Some((start, (account, name))) if AccountId::parse(account).is_ok() => {
            RoleArn::parse(&format!("{start}:iam::{account}:role/{name}"))
        }
        _ => RoleArn::parse(text),
    }
}

/// The role of this name in the partition of a region.
pub(super) fn of(region: &Region, account_id: &AccountId, name: &str) -> Result<RoleArn, NotValid> {
    RoleArn::parse(&format!("arn:{}:iam::{account_id}:role/{name}", region.partition().as_str()))
}

/// The name with its path, as aws-sso-cli and AWS Extend Switch Roles tell roles apart.
pub(super) fn whole_name(role: &RoleArn) -> &str {
    role.as_str().split_once(":role/").map_or("", |(_, name)| name)
}
