//! Hosts of AWS's services that no SDK names for us (endpoint rules of the service models `sso-oidc`).

use crate::ids::{Partition, Region};

/// The address of the OIDC service, without a slash at the end: the page where a browser is sent to for a code
/// lies below it.
pub fn oidc(region: &Region, fips: bool, dual_stack: bool) -> String {
    let partition = region.partition();
    // GovCloud's plain host is the one that fulfils FIPS, but not on both stacks.
    let is_own_fips = partition == Partition::AwsUsGov && !dual_stack;
    let name = if fips && !is_own_fips { "oidc-fips" } else { "oidc" };
    let suffix = if dual_stack { partition.dual_stack_suffix() } else { partition.dns_suffix() };
    format!("https://{name}.{region}.{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_hosts_of_its_own() {
        let host = |region: &str, fips, dual_stack| oidc(&Region::parse(region).unwrap(), fips, dual_stack);
        assert_eq!(host("eu-west-1", false, false), "https://oidc.eu-west-1.amazonaws.com");
        assert_eq!(host("us-east-1", true, false), "https://oidc-fips.us-east-1.amazonaws.com");
        assert_eq!(host("us-east-1", false, true), "https://oidc.us-east-1.api.aws");
        assert_eq!(host("us-east-1", true, true), "https://oidc-fips.us-east-1.api.aws");
        assert_eq!(host("us-gov-west-1", true, false), "https://oidc.us-gov-west-1.amazonaws.com");
        assert_eq!(host("us-gov-west-1", true, true), "https://oidc-fips.us-gov-west-1.api.aws");
        assert_eq!(host("cn-north-1", false, false), "https://oidc.cn-north-1.amazonaws.com.cn");
        assert_eq!(
            host("cn-north-1", true, true),
            "https://oidc-fips.cn-north-1.api.amazonwebservices.com.cn"
        );
        assert_eq!(host("eusc-de-east-1", false, false), "https://oidc.eusc-de-east-1.amazonaws.eu");
        assert_eq!(
            host("eusc-de-east-1", false, true),
            "https://oidc.eusc-de-east-1.api.amazonwebservices.eu"
        );
    }
}
