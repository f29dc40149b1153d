//! What a start URL says by itself (IAM Identity Center User Guide, "Access portal URL"; the hosts are those that
//! the AWS CLI takes for AWS's own since 2.35.13).

use url::{Host, Url};

use crate::ids::{Region, StartUrl};

/// Whose address a start URL is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// AWS's own; with the region where the host names it.
    Aws(Option<Region>),
    /// A company's own domain, which leads to AWS.
    Vanity,
    /// This computer: a simulator.
    Loopback,
}

const SUFFIXES: [&str; 8] = [
    ".awsapps.com",
    ".awsapps.cn",
    ".app.aws",
    ".portal.amazonaws.com",
    ".portal.amazonaws.com.cn",
    ".app.amazonwebservices.com.cn",
    ".portal.amazonaws.eu",
    ".api.amazonwebservices.eu",
];
const HOSTS: [&str; 4] = [
    "identitycenter.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.us-gov.amazonaws.com",
];

impl StartUrl {
    /// Whose address it is. Any text that a `StartUrl` can hold has an answer.
    pub fn home(&self) -> Home {
        let Ok(url) = Url::parse(self.as_str()) else { return Home::Vanity };
        let host = match url.host() {
            Some(Host::Domain("localhost")) => return Home::Loopback,
            Some(Host::Domain(host)) => host.to_owned(),
            Some(Host::Ipv4(address)) if address.is_loopback() => return Home::Loopback,
            Some(Host::Ipv6(address)) if address.is_loopback() => return Home::Loopback,
            _ => return Home::Vanity,
        };
        let is_aws = SUFFIXES.iter().any(|suffix| host.ends_with(suffix)) || HOSTS.contains(&host.as_str());
        if !is_aws {
            return Home::Vanity;
        }
        // The first part is the instance or an alias that its owner chose, even if it looks like a region.
        Home::Aws(host.split('.').skip(1).find_map(|part| Region::parse(part).ok()))
    }

    /// The address without what people paste along: a slash, a fragment or a query at the end, capitals in the
    /// host. Two start URLs with the same bare form are of the same portal.
    pub fn bare(&self) -> String {
        let Ok(mut url) = Url::parse(self.as_str()) else { return self.as_str().to_owned() };
        url.set_fragment(None);
        url.set_query(None);
        url.as_str().trim_end_matches('/').to_owned()
    }

    /// Whether both lead to the same portal.
    pub fn is_same_portal(&self, other: &Self) -> bool {
        self.bare() == other.bare()
    }
}

/// The region that a start page names for its scripts: `<meta name="region" content="eu-west-1">`, in any order and
/// with any quotes.
pub fn region_of_page(html: &str) -> Option<Region> {
    let tags =
        html.split('<').filter(|tag| tag.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("meta")));
    let named = tags.map(|tag| tag.split('>').next().unwrap_or_default());
    let mut regions = named.filter(|tag| attribute(tag, "name").is_some_and(|name| name == "region"));
    regions.find_map(|tag| Region::parse(attribute(tag, "content")?).ok())
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let at = tag.match_indices(name).find(|(at, _)| {
        tag[..*at].ends_with(|c: char| c.is_ascii_whitespace())
            && tag[at + name.len()..].trim_start().starts_with('=')
    });
    let value = tag[at?.0 + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next(),
        _ => value.split(|c: char| c.is_ascii_whitespace() || c == '/').next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> StartUrl {
        StartUrl::parse(text).unwrap()
    }

    #[test]
    fn each_form_of_aws_is_known_and_its_region_where_it_is_named() {
        for (text, region) in [
            ("https://d-1234567890.awsapps.com/start", None),
            ("https://My-Company.awsapps.com/start/#/", None),
            ("https://us-east-1.awsapps.com/start", None),
            ("https://start.home.awsapps.cn/directory/d-1234567890", None),
            ("https://corp.awsapps.cn/start", None),
            ("https://start.us-gov-west-1.us-gov-home.awsapps.com/directory/d-1", Some("us-gov-west-1")),
            ("https://start.us-gov-home.awsapps.com/directory/d-1", None),
            ("https://ssoins-722.portal.eu-central-1.app.aws", Some("eu-central-1")),
            ("https://ssoins-722.eu-west-3.portal.amazonaws.com/", Some("eu-west-3")),
            ("https://ssoins-722.portal.eusc-de-east-1.app.aws", Some("eusc-de-east-1")),
            ("https://identitycenter.amazonaws.com/ssoins-722", None),
        ] {
            let region = region.map(|region| Region::parse(region).unwrap());
            assert_eq!(url(text).home(), Home::Aws(region), "{text}");
        }
    }

    #[test]
    fn hosts_that_only_look_like_aws_are_not() {
        for text in [
            "https://aws.example.com/",
            "https://awsapps.com/start",
            "https://d-1.awsapps.com.evil.example/start",
            "https://evil-awsapps.com/start",
            "https://d-1.awsapps.com@evil.example/start",
            "https://10.0.0.1/start",
        ] {
            assert_eq!(url(text).home(), Home::Vanity, "{text}");
        }
        for text in ["http://127.0.0.1:9/start", "http://localhost:9/", "http://[::1]:9/start"] {
            assert_eq!(url(text).home(), Home::Loopback, "{text}");
        }
    }

    #[test]
    fn what_people_paste_along_makes_no_other_portal() {
        let plain = url("https://d-1.awsapps.com/start");
        for text in ["/", "#", "/#/", "/#/?tab=accounts", "?x=1", "#/device"] {
            assert!(plain.is_same_portal(&url(&format!("https://D-1.AWSApps.com/start{text}"))), "{text}");
        }
        assert!(!plain.is_same_portal(&url("https://d-2.awsapps.com/start")));
        assert!(!plain.is_same_portal(&url("https://d-1.awsapps.com/other")));
    }

    #[test]
    fn a_start_page_names_its_region() {
        let region = |html| region_of_page(html).map(|region| region.to_string());
        assert_eq!(
            region(r#"<html><META name="region" content="eu-west-1"/>"#).as_deref(),
            Some("eu-west-1")
        );
        assert_eq!(region("<meta content='us-gov-west-1' name='region'>").as_deref(), Some("us-gov-west-1"));
        assert_eq!(region("<meta name=region content=us-east-2>").as_deref(), Some("us-east-2"));
        for none in [
            "",
            "<meta name='regions' content='eu-west-1'>",
            "<meta name='region' content='here'>",
            "<meta",
            "é<m",
        ] {
            assert_eq!(region(none), None, "{none}");
        }
    }
}
