//! Which page of the console a service has.

use super::endpoint::console_host;
use crate::ids::{Partition, Region};

/// One line a service; what its columns mean is said at its top.
const SERVICES: &str = include_str!("../../data/console_pages.tsv");

/// A service's page as the table has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Service {
    /// What the service is called here.
    pub(super) name: &'static str,
    /// The path, without `/home`; one that ends in `/` has none.
    path: &'static str,
    scope: Scope,
    /// Of services that live on a page of another one.
    fragment: Option<&'static str>,
}

/// Where a page lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// In each region.
    Regional,
    /// Once in a partition.
    Global,
}

impl Scope {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "regional" => Some(Self::Regional),
            "global" => Some(Self::Global),
            _ => None,
        }
    }

    /// The address of a path.
    pub(super) fn url(self, partition: Partition, region: &Region, path: &str) -> String {
        let host = console_host(partition);
        match self {
            Self::Regional => format!("https://{region}.{host}/{path}"),
            Self::Global => format!("https://{host}/{path}"),
        }
    }
}

/// Lines of a table without its comments, as columns.
pub(super) fn lines(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// The service with this name, in any case.
pub(super) fn service(name: &str) -> Option<Service> {
    let name = name.to_ascii_lowercase();
    lines(SERVICES).find_map(|line| {
        let [known, path, scope, others, ref fragment @ ..] = line[..] else { return None };
        let is_it = known == name || name != "-" && others.split(',').any(|other| other == name);
        let (scope, fragment) = (Scope::parse(scope)?, fragment.first().copied());
        Some(Service { name: known, path, scope, fragment }).filter(|_| is_it)
    })
}

impl Service {
    /// The address of the service's page.
    pub(super) fn page(self, partition: Partition, region: &Region) -> String {
        let (path, home) = self.path.strip_suffix('/').map_or((self.path, "/home"), |path| (path, ""));
        let query = if self.is_regional() { format!("?region={region}") } else { String::new() };
        let fragment = self.fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
        self.scope.url(partition, region, &format!("{path}{home}{query}{fragment}"))
    }

    pub(super) fn is_regional(self) -> bool {
        self.scope == Scope::Regional
    }
}

/// The console's home.
pub fn home(region: &Region) -> String {
    Scope::Regional.url(region.partition(), region, &format!("console/home?region={region}"))
}

/// Where a service that the table has not would have its page, if it is like most.
pub(super) fn guessed(name: &str, region: &Region) -> String {
    let path = percent(&name.to_ascii_lowercase(), "");
    Scope::Regional.url(region.partition(), region, &format!("{path}/home?region={region}"))
}

/// Percent-encodes all but letters, digits, `-`, `_`, `.`, `~` and what is to be kept.
pub(super) fn percent(text: &str, keep: &str) -> String {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "-_.~".contains(c) || c.is_ascii() && keep.contains(c) {
            encoded.push(c);
        } else {
            encoded.extend(['%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_of_the_table_is_sound() {
        let (mut names, mut before) = (BTreeSet::new(), "");
        let safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        for line in lines(SERVICES) {
            let [name, path, scope, others, ref fragment @ ..] = line[..] else {
                panic!("{line:?} has not four columns")
            };
            assert!(before < name, "{name} is not in order");
            before = name;
            assert!(Scope::parse(scope).is_some(), "{name}: {scope}");
            assert!(!path.is_empty() && path.chars().all(|c| safe(c) || c == '/'), "{name}: {path}");
            assert!(!path.starts_with('/') && !path.contains("//"), "{name}: {path}");
            assert!(fragment.len() <= 1, "{name}: {fragment:?}");
            for fragment in fragment {
                let safe = |c: char| c.is_ascii_alphanumeric() || "-_/:".contains(c);
                assert!(!fragment.is_empty() && fragment.chars().all(safe), "{name}: {fragment}");
            }
            for name in std::iter::once(name).chain(others.split(',').filter(|others| *others != "-")) {
                assert!(!name.is_empty() && name.chars().all(safe), "{name}");
                assert!(names.insert(name), "{name} is there twice");
            }
        }
        assert!(lines(SERVICES).count() >= 80);
    }

    #[test]
    fn services_are_known_by_all_their_names() {
        let region = Region::parse("eu-west-1").unwrap();
        let page = |name: &str| service(name).unwrap().page(Partition::Aws, &region);
        let regional =
            |path: &str| format!("https://eu-west-1.console.aws.amazon.com/{path}/home?region=eu-west-1");
        for (name, path) in [
            ("EC2", "ec2/v2"),
            ("ddb", "dynamodbv2"),
            ("DynamoDB", "dynamodbv2"),
            ("sfn", "states"),
            ("sm", "secretsmanager"),
            ("es", "aos"),
            ("param", "systems-manager/parameters"),
            ("airflow", "mwaa"),
            ("keyspaces", "keyspaces"),
            ("geo", "location"),
        ] {
            assert_eq!(page(name), regional(path), "{name}");
        }
        for (name, path, fragment) in [
            ("asg", "ec2", "AutoScalingGroups:"),
            ("elb", "ec2", "LoadBalancers:"),
            ("elbv2", "ec2", "LoadBalancers:"),
            ("logs", "cloudwatch", "logsV2:log-groups"),
            ("network-firewall", "vpcconsole", "NetworkFirewalls:"),
            ("pipes", "events", "/pipes"),
            ("redshift-serverless", "redshiftv2", "serverless-dashboard"),
            ("synthetics", "cloudwatch", "synthetics:canary/list"),
        ] {
            assert_eq!(page(name), format!("{}#{fragment}", regional(path)), "{name}");
        }
        for (name, path) in [
            ("codestar-connections", "codesuite/settings/connections"),
            ("codeconnections", "codesuite/settings/connections"),
            ("cognito-identity", "cognito/v2/identity/identity-pools"),
            ("cognito-idp", "cognito/v2/idp/user-pools"),
            ("ecr-public", "ecr/public-registry/repositories"),
            ("s3-object-lambda", "s3/olap"),
            ("s3express", "s3/directory-buckets"),
        ] {
            assert_eq!(page(name), regional(path).replace("/home", ""), "{name}");
        }
        assert_eq!(page("budgets"), "https://console.aws.amazon.com/billing/home#/budgets");
        assert_eq!(page("ce"), "https://console.aws.amazon.com/cost-management/home#/cost-explorer");
        assert_eq!(page("sts"), "https://console.aws.amazon.com/iam/home#/account_settings");
        assert_eq!(page("iam"), "https://console.aws.amazon.com/iamv2/home");
        assert_eq!(page("r53"), "https://console.aws.amazon.com/route53/v2/home");
        assert_eq!(service("wibble"), None);
        assert_eq!(service("-"), None, "which stands for no other name");
    }

    #[test]
    fn a_guess_stays_within_the_console() {
        let region = Region::parse("eu-west-1").unwrap();
        assert_eq!(
            guessed("../x?y#z@evil", &region),
            "https://eu-west-1.console.aws.amazon.com/..%2Fx%3Fy%23z%40evil/home?region=eu-west-1"
        );
    }
}
