//! Partitions: separate copies of AWS with names, consoles and keys of their own. The region says which
//! one it is; the patterns are those of botocore's `partitions.json`.

/// One partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Partition {
    Aws,
    China,
    GovCloud,
    EuropeanSovereign,
    Iso,
    IsoB,
    IsoE,
    IsoF,
}

impl Partition {
    /// The longer prefixes come first: `us-gov-` also begins with `us-`. Unknown regions belong to `aws`,
    /// as they do for the SDKs.
    pub(crate) fn of_region(region: &str) -> Self {
        const PREFIXES: [(&str, Partition); 7] = [
            ("cn-", Partition::China),
            ("us-gov-", Partition::GovCloud),
            ("eusc-", Partition::EuropeanSovereign),
            ("us-iso-", Partition::Iso),
            ("us-isob-", Partition::IsoB),
            ("eu-isoe-", Partition::IsoE),
            ("us-isof-", Partition::IsoF),
        ];
        let found = PREFIXES.iter().find(|(prefix, _)| region.starts_with(prefix));
        found.map_or(Self::Aws, |(_, partition)| *partition)
    }

    /// The second part of an ARN.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::China => "aws-cn",
            Self::GovCloud => "aws-us-gov",
            Self::EuropeanSovereign => "aws-eusc",
            Self::Iso => "aws-iso",
            Self::IsoB => "aws-iso-b",
            Self::IsoE => "aws-iso-e",
            Self::IsoF => "aws-iso-f",
        }
    }

    /// The console's host, and with a region or an identity in front the hosts below it. Not documented
    /// for the isolated partitions.
    pub(crate) fn console_host(self) -> Option<&'static str> {
        match self {
            Self::Aws => Some("console.aws.amazon.com"),
            Self::China => Some("console.amazonaws.cn"),
            Self::GovCloud => Some("console.amazonaws-us-gov.com"),
            Self::EuropeanSovereign => Some("console.amazonaws-eusc.eu"),
            Self::Iso | Self::IsoB | Self::IsoE | Self::IsoF => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_their_partition() {
        for (region, name) in [
            ("us-east-1", "aws"),
            ("eu-central-1", "aws"),
            ("xx-nowhere-1", "aws"),
            ("us-gov-west-1", "aws-us-gov"),
            ("cn-north-1", "aws-cn"),
            ("eusc-de-east-1", "aws-eusc"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("us-isof-south-1", "aws-iso-f"),
        ] {
            assert_eq!(Partition::of_region(region).name(), name, "{region}");
        }
    }
}
