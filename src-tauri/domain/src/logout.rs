//! Signing out of the console. One page ends all sessions that a browser has there (what other switchers have found
//! out; AWS documents none of it).

use url::Url;

use crate::console::{federation_endpoint, home};
use crate::ids::{Partition, Region};

/// The federation endpoint beside the page that signs out. A sign-out goes on to a sign-in only with this host on both
/// sides: the plain one forgets where to go on.
pub fn endpoint(region: &Region) -> Option<String> {
    match region.partition() {
        Partition::Aws => Some("https://us-east-1.signin.aws.amazon.com/federation".to_owned()),
        _ => federation_endpoint(&home(region)),
    }
}

/// Whether a sign-out can go on to a sign-in.
pub fn goes_on(partition: Partition) -> bool {
    partition == Partition::Aws
}

/// The page that signs out and then goes on, if it is told where to. A secret if that is one. None if `endpoint` is no
/// address.
pub fn url(endpoint: &str, then: Option<&str>) -> Option<String> {
    let mut url = Url::parse(endpoint).ok()?;
    url.set_path("/oauth");
    url.query_pairs_mut().clear().append_pair("Action", "logout");
    if let Some(then) = then {
        url.query_pairs_mut().append_pair("redirect_uri", then);
    }
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_page() {
        for (region, page) in [
            ("eu-west-1", "https://us-east-1.signin.aws.amazon.com/oauth?Action=logout"),
            ("us-gov-west-1", "https://signin.amazonaws-us-gov.com/oauth?Action=logout"),
            ("cn-north-1", "https://signin.amazonaws.cn/oauth?Action=logout"),
            ("eusc-de-east-1", "https://eusc-de-east-1.signin.amazonaws-eusc.eu/oauth?Action=logout"),
        ] {
            let region = Region::parse(region).unwrap();
            assert_eq!(url(&endpoint(&region).unwrap(), None).as_deref(), Some(page));
            assert_eq!(goes_on(region.partition()), page.contains("us-east-1"));
        }
    }

    #[test]
    fn what_comes_next_is_one_encoded_value() {
        let next = url("http://127.0.0.1:1/federation", Some("http://x/federation?Action=login&a=b+/"));
        let expected = "http://127.0.0.1:1/oauth?Action=logout&redirect_uri=http%3A%2F%2Fx%2Ffederation%3FAction%3Dlogin%26a%3Db%2B%2F";
        assert_eq!(next.as_deref(), Some(expected));
        assert_eq!(url("nonsense", None), None);
    }
}
