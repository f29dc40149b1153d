//! The console's hosts, and where a sign-in token for them is asked for.

use url::Url;

use super::address::Address;
use crate::ids::{Partition, Region};

/// The host of a partition's console. Regions stand before it, and so do the identities of a browser that is
/// signed in to several.
pub fn console_host(partition: Partition) -> &'static str {
    match partition {
        Partition::Aws => "console.aws.amazon.com",
        Partition::AwsUsGov => "console.amazonaws-us-gov.com",
        Partition::AwsCn => "console.amazonaws.cn",
        Partition::AwsEusc => "console.amazonaws-eusc.eu",
    }
}

/// The host where one signs in to a partition's console.
fn signin_host(partition: Partition) -> &'static str {
    match partition {
        Partition::Aws => "signin.aws.amazon.com",
        Partition::AwsUsGov => "signin.amazonaws-us-gov.com",
        Partition::AwsCn => "signin.amazonaws.cn",
        Partition::AwsEusc => "signin.amazonaws-eusc.eu",
    }
}

/// The name of the region where a partition's global services live.
pub(super) fn main_region(partition: Partition) -> &'static str {
    match partition {
        Partition::Aws => "us-east-1",
        Partition::AwsUsGov => "us-gov-west-1",
        Partition::AwsCn => "cn-north-1",
        Partition::AwsEusc => "eusc-de-east-1",
    }
}

/// Whose console a host is, and the names that stand before that console's own. None: it is no console of AWS.
pub(super) fn console_of_host(host: &str) -> Option<(Partition, Vec<&str>)> {
    of_host(host, console_host)
}

/// The same for the hosts where one signs in to the console: behind a region, an account's id or its alias.
pub(super) fn signin_of_host(host: &str) -> Option<(Partition, Vec<&str>)> {
    of_host(host, signin_host)
}

fn of_host(host: &str, own: fn(Partition) -> &'static str) -> Option<(Partition, Vec<&str>)> {
    let all = [Partition::Aws, Partition::AwsUsGov, Partition::AwsCn, Partition::AwsEusc];
    all.into_iter().find_map(|partition| {
        let before = host.strip_suffix(own(partition))?;
        if before.is_empty() {
            return Some((partition, Vec::new()));
        }
        Some((partition, before.strip_suffix('.')?.split('.').collect()))
    })
}

/// Where a sign-in token for a page of the console is asked for and used. None: it is no page of AWS's console, and
/// nobody is signed in to it.
pub fn federation_endpoint(page: &str) -> Option<String> {
    let Address { partition, region, .. } = Address::parse(page).ok()?;
    let region = region.as_ref().map_or(main_region(partition), Region::as_str);
    let host = signin_host(partition);
    // A regional host works when us-east-1 does not; these three have none of their own.
    Some(match region {
        "us-east-1" | "us-gov-west-1" | "cn-north-1" => format!("https://{host}/federation"),
        region => format!("https://{region}.{host}/federation"),
    })
}

/// The address that signs the browser in. A secret for the 15 minutes that the token lives.
pub fn login_url(endpoint: &str, issuer: &str, destination: &str, token: &str) -> Option<String> {
    let parameters =
        [("Action", "login"), ("Issuer", issuer), ("Destination", destination), ("SigninToken", token)];
    Url::parse_with_params(endpoint, parameters).ok().map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_address_carries_its_parts_encoded() {
        let url = login_url("http://127.0.0.1:1/federation", "", "https://c/x?a=b&c", "t+/=").unwrap();
        assert_eq!(
            url,
            "http://127.0.0.1:1/federation?Action=login&Issuer=&Destination=https%3A%2F%2Fc%2Fx%3Fa%3Db%26c&SigninToken=t%2B%2F%3D"
        );
    }

    #[test]
    fn a_page_tells_where_one_signs_in_to_it() {
        let check = |page: &str, endpoint: &str| {
            assert_eq!(federation_endpoint(page).as_deref(), Some(endpoint), "{page}");
        };
        check("https://us-east-1.console.aws.amazon.com/x", "https://signin.aws.amazon.com/federation");
        check("https://console.aws.amazon.com/iam/home", "https://signin.aws.amazon.com/federation");
        check(
            "https://console.aws.amazon.com/sns/v3/home?region=eu-west-1#/topics",
            "https://eu-west-1.signin.aws.amazon.com/federation",
        );
        check(
            "https://111122223333-abcdefgh.eu-west-1.console.aws.amazon.com/s3/home",
            "https://eu-west-1.signin.aws.amazon.com/federation",
        );
        check(
            "https://us-gov-east-1.console.amazonaws-us-gov.com/console/home",
            "https://us-gov-east-1.signin.amazonaws-us-gov.com/federation",
        );
        check(
            "https://cn-north-1.console.amazonaws.cn/console/home",
            "https://signin.amazonaws.cn/federation",
        );
        check(
            "https://console.amazonaws-eusc.eu/iam/home",
            "https://eusc-de-east-1.signin.amazonaws-eusc.eu/federation",
        );
    }

    #[test]
    fn no_other_page_is_signed_in_to() {
        for page in [
            "",
            "console",
            "https://example.com/",
            "https://evilconsole.aws.amazon.com/",
            "https://console.aws.amazon.com.evil.com/",
            "https://console.aws.amazon.com@evil.com/",
            "http://console.aws.amazon.com/",
            "https://signin.aws.amazon.com/",
        ] {
            assert_eq!(federation_endpoint(page), None, "{page}");
        }
    }
}
