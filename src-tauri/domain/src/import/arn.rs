//! ARNs of IAM roles, as other tools write them.

use std::fmt;

use crate::ids::{AccountId, NotValid, Partition, Region};

/// `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleArn {
    partition: String,
    /// The account that the role is in.
    pub account_id: AccountId,
    /// With its path, if it has one.
    pub name: String,
}

impl RoleArn {
    /// Reads the full form; and `arn:…:iam::ACCOUNT/NAME` without `:role`, as Leapp writes it.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let wrong = || NotValid(format!("`{}` is not the ARN of an IAM role", crate::text::line(text)));
        let rest = text.trim().strip_prefix("arn:").ok_or_else(wrong)?;
        let (partition, rest) = rest.split_once(":iam::").ok_or_else(wrong)?;
        let (account, name) = match rest.split_once(":role/") {
            Some(parts) => parts,
            None => rest.split_once('/').ok_or_else(wrong)?,
        };
        let is_partition =
            partition.starts_with("aws") && partition.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let account_id = AccountId::parse(account).map_err(|_| wrong())?;
        Self::checked(partition, account_id, name).filter(|_| is_partition).ok_or_else(wrong)
    }

    /// The role of this name in the partition of a region.
    pub(crate) fn of(region: &Region, account_id: AccountId, name: &str) -> Result<Self, NotValid> {
        let wrong = || NotValid(format!("`{}` can't name an IAM role", crate::text::line(name)));
        Self::checked(partition(region), account_id, name).ok_or_else(wrong)
    }

    /// IAM allows word characters and `+=,.@-` in names, and slashes between the parts of a path.
    fn checked(partition: &str, account_id: AccountId, name: &str) -> Option<Self> {
        let fine = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c);
        let good = !name.is_empty() && name.len() <= 512 && name.chars().all(fine) && !name.ends_with('/');
        good.then(|| Self { partition: partition.to_owned(), account_id, name: name.to_owned() })
    }

    /// The name without its path.
    pub fn last_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:{}:iam::{}:role/{}", self.partition, self.account_id, self.name)
    }
}

/// As ARNs have it.
fn partition(region: &Region) -> &'static str {
    match region.partition() {
        Partition::Aws => "aws",
        Partition::AwsCn => "aws-cn",
        Partition::AwsUsGov => "aws-us-gov",
        Partition::AwsEusc => "aws-eusc",
    }
}
