//! Web console addresses (IAM User Guide, "Enable custom identity broker access to the AWS console").

mod endpoint;

use url::Url;

use crate::ids::{AccountId, NotValid, Region};

pub use self::endpoint::{console_host, federation_endpoint};

/// Console pages that are named otherwise than their service, and those that are the same in all regions.
const PAGES: [(&str, &str, Scope); 34] = [
    ("apigateway", "apigateway", Scope::Regional),
    ("billing", "billing", Scope::Global),
    ("ce", "cost-management", Scope::Global),
    ("cf", "cloudfront", Scope::Global),
    ("cfn", "cloudformation", Scope::Regional),
    ("cloudfront", "cloudfront", Scope::Global),
    ("codebuild", "codesuite/codebuild", Scope::Regional),
    ("codecommit", "codesuite/codecommit", Scope::Regional),
    ("codepipeline", "codesuite/codepipeline", Scope::Regional),
    ("ct", "cloudtrail", Scope::Regional),
    ("cw", "cloudwatch", Scope::Regional),
    ("ddb", "dynamodbv2", Scope::Regional),
    ("directconnect", "directconnect/v2", Scope::Global),
    ("dynamodb", "dynamodbv2", Scope::Regional),
    ("ec2", "ec2/v2", Scope::Regional),
    ("eventbridge", "events", Scope::Regional),
    ("globalaccelerator", "globalaccelerator", Scope::Global),
    ("iam", "iamv2", Scope::Global),
    ("organizations", "organizations/v2", Scope::Global),
    ("param", "systems-manager/parameters", Scope::Regional),
    ("r53", "route53/v2", Scope::Global),
    ("redshift", "redshiftv2", Scope::Regional),
    ("route53", "route53/v2", Scope::Global),
    ("s3", "s3", Scope::Regional),
    ("secretsmanager", "secretsmanager", Scope::Regional),
    ("sfn", "states", Scope::Regional),
    ("sm", "secretsmanager", Scope::Regional),
    ("sns", "sns/v3", Scope::Regional),
    ("sqs", "sqs/v3", Scope::Regional),
    ("ssm", "systems-manager", Scope::Regional),
    ("sso", "singlesignon", Scope::Regional),
    ("stepfunctions", "states", Scope::Regional),
    ("trustedadvisor", "trustedadvisor", Scope::Global),
    ("waf", "wafv2/homev2", Scope::Regional),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Regional,
    Global,
}

/// The console's page for a service, or its home. A service without an entry in the table is taken at its
/// word, which is right for most of them.
pub fn destination(region: &Region, service: Option<&str>) -> String {
    let host = console_host(region.partition());
    let service = service.map(str::to_ascii_lowercase);
    let known = service.as_deref().and_then(|s| PAGES.iter().find(|(name, ..)| *name == s));
    let (path, scope) = match (known, &service) {
        (Some((_, path, scope)), _) => ((*path).to_owned(), *scope),
        (None, Some(service)) => (encoded(service), Scope::Regional),
        (None, None) => ("console".to_owned(), Scope::Regional),
    };
    match scope {
        Scope::Regional => format!("https://{region}.{host}/{path}/home?region={region}"),
        Scope::Global => format!("https://{host}/{path}/home"),
    }
}

/// What an ARN says of where its resource is (AWS General Reference, "Amazon Resource Names").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArnPlace {
    /// The service's name, as in IAM.
    pub service: String,
    /// Global services and buckets have none.
    pub region: Option<Region>,
    /// Buckets have none.
    pub account_id: Option<AccountId>,
}

/// Reads `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
pub fn place_of_arn(arn: &str) -> Result<ArnPlace, NotValid> {
    let wrong = || {
        NotValid(format!(
            "`{}` is not an ARN such as arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
            crate::text::line(arn)
        ))
    };
    let mut parts = arn.trim().splitn(6, ':');
    let mut next = || parts.next().ok_or_else(wrong);
    let (scheme, partition, service, region, account, resource) =
        (next()?, next()?, next()?, next()?, next()?, next()?);
    if scheme != "arn" || !partition.starts_with("aws") || service.is_empty() || resource.is_empty() {
        return Err(wrong());
    }
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(ArnPlace {
        service: service.to_owned(),
        region: given(region).map(|text| Region::parse(&text)).transpose()?,
        account_id: given(account).map(|text| AccountId::parse(&text)).transpose()?,
    })
}

/// The address that signs the browser in. A secret for the 15 minutes that the token lives.
pub fn login_url(endpoint: &str, issuer: &str, destination: &str, token: &str) -> Option<String> {
    let parameters =
        [("Action", "login"), ("Issuer", issuer), ("Destination", destination), ("SigninToken", token)];
    Url::parse_with_params(endpoint, parameters).ok().map(String::from)
}

fn encoded(path: &str) -> String {
    url::form_urlencoded::byte_serialize(path.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(name: &str) -> Region {
        Region::parse(name).unwrap()
    }

    #[test]
    fn each_partition_has_its_hosts() {
        let check = |name: &str, home: &str| assert_eq!(destination(&region(name), None), home);
        check("us-east-1", "https://us-east-1.console.aws.amazon.com/console/home?region=us-east-1");
        check(
            "us-gov-east-1",
            "https://us-gov-east-1.console.amazonaws-us-gov.com/console/home?region=us-gov-east-1",
        );
        check("cn-north-1", "https://cn-north-1.console.amazonaws.cn/console/home?region=cn-north-1");
        check(
            "eusc-de-east-1",
            "https://eusc-de-east-1.console.amazonaws-eusc.eu/console/home?region=eusc-de-east-1",
        );
    }

    #[test]
    fn services_have_their_pages() {
        let page = |service: &str| destination(&region("eu-west-1"), Some(service));
        assert_eq!(page("EC2"), "https://eu-west-1.console.aws.amazon.com/ec2/v2/home?region=eu-west-1");
        assert_eq!(page("iam"), "https://console.aws.amazon.com/iamv2/home");
        assert_eq!(
            page("../x?y#z"),
            "https://eu-west-1.console.aws.amazon.com/..%2Fx%3Fy%23z/home?region=eu-west-1"
        );
    }

    #[test]
    fn an_arn_tells_service_region_and_account() {
        let check = |arn: &str, service: &str, region: Option<&str>, account: Option<&str>| {
            let place = place_of_arn(arn).unwrap();
            let region_and_account =
                (place.region.as_ref().map(Region::as_str), place.account_id.as_ref().map(AccountId::as_str));
            assert_eq!((place.service.as_str(), region_and_account), (service, (region, account)), "{arn}");
        };
        let account = Some("111122223333");
        check("arn:aws:ec2:eu-west-1:111122223333:instance/i-1", "ec2", Some("eu-west-1"), account);
        check("arn:aws-us-gov:sqs:us-gov-west-1:111122223333:a:b", "sqs", Some("us-gov-west-1"), account);
        check("arn:aws:s3:::bucket/key:1", "s3", None, None);
        check("arn:aws:iam::111122223333:role/x", "iam", None, account);
        for bad in [
            "",
            "arn:aws:s3",
            "urn:aws:s3:::x",
            "arn:aws:ec2:mars:111122223333:x",
            "arn:aws:ec2::12:x",
            "arn:aws:::x:",
        ] {
            assert!(place_of_arn(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_login_address_carries_its_parts_encoded() {
        let url = login_url("http://127.0.0.1:1/federation", "", "https://c/x?a=b&c", "t+/=").unwrap();
        assert_eq!(
            url,
            "http://127.0.0.1:1/federation?Action=login&Issuer=&Destination=https%3A%2F%2Fc%2Fx%3Fa%3Db%26c&SigninToken=t%2B%2F%3D"
        );
    }
}
