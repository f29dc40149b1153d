//! A handful of accounts, each awkward in its own way.

use super::Account;

/// Everything a careless terminal, menu, file or page could choke on.
const HOSTILE_NAME: &str =
    "Evil\u{1b}[31m\u{7} <script>alert(1)</script> [profile x] \"q\" 'q' #;=\r\nregion = \u{202e}gnp.exe";

fn account(id: &str, name: &str, email: Option<&str>, roles: &[&'static str]) -> Account {
    Account {
        id: id.to_owned(),
        name: name.to_owned(),
        email: email.map(str::to_owned),
        roles: roles.to_vec(),
    }
}

pub(super) fn accounts() -> Vec<Account> {
    vec![
        account(
            "111122223333",
            "Meadow Production",
            Some("aws+production@meadow.example"),
            &["AdministratorAccess", "ReadOnlyAccess", "Billing"],
        ),
        account(
            "222233334444",
            "Meadow Staging",
            Some("aws+staging@meadow.example"),
            &["AdministratorAccess", "Deploy+Rollback=Now,v2.1@eu-west"],
        ),
        account("333344445555", "Sandbox", Some("aws+sandbox-a@meadow.example"), &["AdministratorAccess"]),
        account("444455556666", "Sandbox", Some("aws+sandbox-b@meadow.example"), &["AdministratorAccess"]),
        account("001234567890", "Legacy Backup", None, &["ReadOnlyAccess", "backup_operator"]),
        account(
            "555566667777",
            "Zürich データ分析 🚀",
            Some("aws+zuerich@meadow.example"),
            &["DataPlatformReadOnlyAnalyst-EU-1", "PowerUserAccess"],
        ),
        account("666677778888", HOSTILE_NAME, Some("aws+\"evil\"@meadow.example"), &["ReadOnlyAccess"]),
    ]
}
