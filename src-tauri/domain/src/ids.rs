//! The names things go by. Each type can only hold what it says.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Why a piece of text is not the identifier it should be; one sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotValid(pub String);

impl fmt::Display for NotValid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotValid {}

// The same names are in catalogues, in the search's index, in profiles and pins: a copy costs a counter.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(test, derive(ts_rs::TS), ts(type = "string"))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotValid;
            fn try_from(text: String) -> Result<Self, NotValid> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }
    };
}

text_id!(
    /// What the person calls a portal: 1 to 64 of `A–Z a–z 0–9 _ - .`, starting with a letter or digit. It is
    /// part of file names and keyring entries.
    PortalName
);

impl PortalName {
    /// Checks the character set.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        let safe = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if starts_well && safe && text.len() <= 64 {
            Ok(Self(text.into()))
        } else {
            Err(NotValid(format!(
                "`{}` can't name a portal: use up to 64 letters, digits, `-`, `_` and `.`, beginning with a letter or digit",
                crate::text::line(text)
            )))
        }
    }
}

text_id!(
    /// An AWS account id: exactly twelve digits, as text, because leading zeros are real.
    AccountId
);

impl AccountId {
    /// Checks for twelve digits.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.into()))
        } else {
            Err(NotValid(format!("`{}` is not an AWS account id (12 digits)", crate::text::line(text))))
        }
    }
}

text_id!(
    /// What the person calls a chained role: 1 to 64 of `A–Z a–z 0–9 _ - .`, starting with a letter or digit. It
    /// is part of file names, keyring entries and profiles.
    ChainName
);

impl ChainName {
    /// Checks the character set.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        let safe = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if starts_well && safe && text.len() <= 64 {
            Ok(Self(text.into()))
        } else {
            Err(NotValid(format!(
                "`{}` can't name a chained role: use up to 64 letters, digits, `-`, `_` and `.`, beginning with a letter or digit",
                crate::text::line(text)
            )))
        }
    }
}

text_id!(
    /// A permission set's role name. AWS allows 1 to 32 of word characters and `+=,.@-`, but what a portal
    /// answers is not ours to refuse: any text that is not empty is taken, and treated as untrusted.
    RoleName
);

impl RoleName {
    /// Stands before a chained role's name where other grants have the name of their role. AWS allows it in none.
    pub const CHAIN_MARK: char = '~';

    /// What a chained role has in place of a role's name.
    pub fn of_chain(name: &ChainName) -> Self {
        Self(format!("{}{name}", Self::CHAIN_MARK).into())
    }

    /// Refuses only the empty text.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        if text.is_empty() { Err(NotValid("a role name is empty".into())) } else { Ok(Self(text.into())) }
    }
}

text_id!(
    /// A profile of the AWS config whose name every SDK reads alike: 1 to 128 of
    /// `A–Z a–z 0–9 _ - . / % @ : +`.
    ProfileName
);

impl ProfileName {
    /// Checks the character set that botocore and the Rust, JavaScript and Go SDKs share.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let safe = |c: char| c.is_ascii_alphanumeric() || "_-./%@:+".contains(c);
        if !text.is_empty() && text.len() <= 128 && text.chars().all(safe) {
            Ok(Self(text.into()))
        } else {
            Err(NotValid(format!(
                "`{}` can't name a profile: AWS tools agree only on letters, digits and `_ - . / % @ : +`",
                crate::text::line(text)
            )))
        }
    }

    /// Whether a command line takes it for an option, as in `aws --profile -x`: some profiles of others are called so,
    /// none of ours.
    pub fn looks_like_an_option(&self) -> bool {
        self.0.starts_with('-')
    }

    /// The profile that AWS tools use when none is named.
    pub fn default_profile() -> Self {
        Self("default".into())
    }
}

text_id!(
    /// An AWS region such as `eu-central-1`.
    Region
);

impl Region {
    /// Checks the shape `word-word-digits`; not whether AWS has such a region today.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let parts: Vec<&str> = text.split('-').collect();
        let word = |p: &&str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase());
        let shaped = parts.split_last().is_some_and(|(last, words)| {
            words.len() >= 2
                && words.iter().all(word)
                && !last.is_empty()
                && last.bytes().all(|b| b.is_ascii_digit())
        });
        if shaped && text.len() <= 32 {
            Ok(Self(text.into()))
        } else {
            Err(NotValid(format!("`{}` is not an AWS region such as us-east-1", crate::text::line(text))))
        }
    }

    /// The partition the region belongs to.
    pub fn partition(&self) -> Partition {
        // The longer prefixes first: `us-gov-` also begins like a plain `us-` region.
        if self.0.starts_with("us-gov-") {
            Partition::AwsUsGov
        } else if self.0.starts_with("cn-") {
            Partition::AwsCn
        } else if self.0.starts_with("eusc-") {
            Partition::AwsEusc
        } else {
            Partition::Aws
        }
    }
}

/// One of AWS's separate worlds. Names are those in ARNs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partition {
    /// Commercial regions.
    Aws,
    /// China.
    AwsCn,
    /// GovCloud (US).
    AwsUsGov,
    /// European Sovereign Cloud.
    AwsEusc,
}

impl Partition {
    /// As ARNs have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
            Self::AwsEusc => "aws-eusc",
        }
    }

    /// By its name in ARNs.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let all = [Self::Aws, Self::AwsCn, Self::AwsUsGov, Self::AwsEusc];
        let unknown = || NotValid(format!("`{}` is not a partition of AWS", crate::text::line(text)));
        all.into_iter().find(|partition| partition.as_str() == text).ok_or_else(unknown)
    }

    /// What hosts of its services end with (partitions of the AWS SDKs).
    pub fn dns_suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::AwsUsGov => "amazonaws.com",
            Self::AwsCn => "amazonaws.com.cn",
            Self::AwsEusc => "amazonaws.eu",
        }
    }

    /// The same for hosts that answer over IPv4 and IPv6.
    pub fn dual_stack_suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::AwsUsGov => "api.aws",
            Self::AwsCn => "api.amazonwebservices.com.cn",
            Self::AwsEusc => "api.amazonwebservices.eu",
        }
    }
}

text_id!(
    /// The start URL of an access portal, kept as the person wrote it: the AWS CLI's token cache is named
    /// after the exact text.
    StartUrl
);

impl StartUrl {
    /// Takes `https://…`, plain `http://` only on this machine (simulators), or the bare subdomain of an
    /// `awsapps.com` portal, which is expanded.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let text = text.trim();
        let bare = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if !text.is_empty() && text.len() <= 63 && text.chars().all(bare) {
            return Ok(Self(format!("https://{}.awsapps.com/start", text.to_ascii_lowercase()).into()));
        }
        let clean = text.is_ascii() && !text.contains(|c: char| c.is_whitespace() || c.is_control());
        let lower = text.to_ascii_lowercase();
        let host = |rest: &str| {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            authority.rsplit_once(':').map_or(authority, |(host, _)| host).to_owned()
        };
        let good = match (lower.strip_prefix("https://"), lower.strip_prefix("http://")) {
            (Some(rest), _) => !host(rest).is_empty(),
            (None, Some(rest)) => matches!(host(rest).as_str(), "127.0.0.1" | "localhost" | "[::1]"),
            (None, None) => false,
        };
        if good && clean && text.len() <= 1024 {
            Ok(Self(text.into()))
        } else {
            Err(NotValid(format!(
                "`{}` is not a start URL such as https://d-1234567890.awsapps.com/start",
                crate::text::line(text)
            )))
        }
    }
}

/// What a person switches to: a role in an account of a portal. Never identified by the account's name,
/// which its owner may change at any time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct GrantId {
    /// The portal that lists it.
    pub portal: PortalName,
    /// The account.
    pub account_id: AccountId,
    /// The role in the account.
    pub role_name: RoleName,
}

impl fmt::Display for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account_id, crate::text::line(self.role_name.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_ids_keep_their_zeros_and_length() {
        assert_eq!(AccountId::parse("000000000012").unwrap().as_str(), "000000000012");
        for bad in ["12", "1234567890123", "12345678901a", "１２３４５６７８９０１２", ""] {
            assert!(AccountId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn regions_know_their_partition() {
        let partition = |r: &str| Region::parse(r).unwrap().partition();
        assert_eq!(partition("us-east-1"), Partition::Aws);
        assert_eq!(partition("us-gov-west-1"), Partition::AwsUsGov);
        assert_eq!(partition("cn-north-1"), Partition::AwsCn);
        assert_eq!(partition("eusc-de-east-1"), Partition::AwsEusc);
        for bad in ["us-east", "US-EAST-1", "us east 1", "", "-1", "us-east-1-"] {
            assert!(Region::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn start_urls_are_kept_as_written() {
        let kept = |u: &str| StartUrl::parse(u).unwrap().as_str().to_owned();
        assert_eq!(kept("https://D-12.awsapps.com/start/#/"), "https://D-12.awsapps.com/start/#/");
        assert_eq!(kept("My-Company"), "https://my-company.awsapps.com/start");
        assert_eq!(kept("http://127.0.0.1:9/start"), "http://127.0.0.1:9/start");
        for bad in
            ["http://evil.example/start", "ftp://x", "https://", "https://a b", "", "http://127.0.0.1.x/"]
        {
            assert!(StartUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_that_would_break_out_of_a_file_or_header_are_refused() {
        for bad in ["", "a b", "a]", "../x", "a/b", "a\nb", ".hidden"] {
            assert!(PortalName::parse(bad).is_err(), "{bad}");
        }
        for bad in ["", "a b", "a]", "a\nb", "prod#1", "ü"] {
            assert!(ProfileName::parse(bad).is_err(), "{bad}");
        }
        assert!(ProfileName::parse("corp/prod:Admin@x+y%1").is_ok());
    }
}
