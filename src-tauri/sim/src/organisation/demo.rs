//! Larkspur Logistics, a made-up company with forty accounts, for pictures and first tries.

use super::Account;

const PRODUCTS: [(&str, &str); 10] = [
    ("Storefront", "storefront"),
    ("Checkout", "checkout"),
    ("Payments", "payments"),
    ("Search", "search"),
    ("Warehouse", "warehouse"),
    ("Routing", "routing"),
    ("Tracking", "tracking"),
    ("Mobile API", "mobile-api"),
    ("Data Platform", "data-platform"),
    ("Forecasting", "forecasting"),
];

const ENVIRONMENTS: [(&str, &str, &[&str]); 3] = [
    (
        "Production",
        "prod",
        &["ReadOnlyAccess", "OnCallResponder", "DatabaseAdministrator", "AdministratorAccess"],
    ),
    ("Staging", "staging", &["ReadOnlyAccess", "Developer", "AdministratorAccess"]),
    ("Development", "dev", &["Developer", "AdministratorAccess"]),
];

const SHARED: [(&str, &str, &[&str]); 10] = [
    ("Larkspur Management", "management", &["Billing", "ReadOnlyAccess"]),
    ("Audit", "audit", &["SecurityAudit", "ReadOnlyAccess"]),
    ("Log Archive", "log-archive", &["ReadOnlyAccess"]),
    ("Security Tooling", "security-tooling", &["SecurityAudit", "IncidentResponder", "ReadOnlyAccess"]),
    ("Network Hub", "network-hub", &["NetworkAdministrator", "ReadOnlyAccess"]),
    (
        "Shared Services",
        "shared-services",
        &["AdministratorAccess", "PowerUserAccess", "Developer", "Support", "ReadOnlyAccess"],
    ),
    ("CI Build", "ci-build", &["Developer", "ReadOnlyAccess"]),
    ("Backup Vault", "backup-vault", &["BackupOperator", "ReadOnlyAccess"]),
    ("Sandbox Alex", "sandbox-alex", &["AdministratorAccess"]),
    ("Sandbox Platform Team", "sandbox-platform", &["AdministratorAccess", "PowerUserAccess"]),
];

pub(super) fn accounts() -> Vec<Account> {
    let products = PRODUCTS.iter().flat_map(|(product, short_product)| {
        ENVIRONMENTS.iter().map(move |(environment, short_environment, roles)| {
            let name = format!("{product} {environment}");
            (name, format!("{short_product}-{short_environment}"), *roles)
        })
    });
    let shared = SHARED.iter().map(|(name, short, roles)| ((*name).to_owned(), (*short).to_owned(), *roles));
    shared
        .chain(products)
        .zip(0_u64..)
        .map(|((name, short, roles), index)| Account {
            // A stride that scatters the ids without repeating one.
            id: format!("{:012}", 204_817_350_926 + index * 17_364_209_581 % 700_000_000_000),
            name,
            email: Some(format!("aws+{short}@larkspur.example")),
            roles: roles.to_vec(),
        })
        .collect()
}
