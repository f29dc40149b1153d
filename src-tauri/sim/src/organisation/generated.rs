//! Organisations of any size from a fixed seed.

use super::Account;

const TEAMS: [&str; 24] = [
    "Atlas", "Beacon", "Cobalt", "Delta", "Ember", "Falcon", "Granite", "Harbour", "Indigo", "Juniper",
    "Kestrel", "Lumen", "Mistral", "Nimbus", "Orchard", "Pioneer", "Quartz", "Raven", "Summit", "Tundra",
    "Ürün", "Věda", "Wärme", "解析",
];

const PURPOSES: [&str; 20] = [
    "api", "web", "data", "billing", "identity", "search", "reports", "mobile", "events", "ml", "storage",
    "edge", "partner", "payments", "catalog", "logs", "build", "media", "geo", "café",
];

const STAGES: [&str; 5] = ["prod", "staging", "dev", "test", "sandbox"];

const ROLES: [&str; 16] = [
    "AdministratorAccess",
    "ReadOnlyAccess",
    "PowerUserAccess",
    "Billing",
    "ViewOnlyAccess",
    "SecurityAudit",
    "Developer",
    "DataScientist",
    "NetworkAdministrator",
    "DatabaseAdministrator",
    "SupportUser",
    "on-call_responder",
    "Deploy+Rollback=Now,v2.1@eu-west",
    "break.glass@security",
    "CostExplorer,Finance",
    "DataPlatformReadOnlyAnalyst-EU-1",
];

/// How many roles an account has: four on average.
const ROLE_COUNTS: [usize; 10] = [1, 2, 3, 3, 4, 4, 5, 5, 5, 8];

/// `SplitMix64`, enough to make lists look uneven.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let count = from.len() as u64;
        let index = usize::try_from(self.roll() % count).unwrap_or(0);
        from[index]
    }
}

pub(super) fn accounts(count: u64) -> Vec<Account> {
    let mut dice = Dice(2026);
    (0..count).map(|index| account(index, &mut dice)).collect()
}

fn account(index: u64, dice: &mut Dice) -> Account {
    let team = dice.pick(&TEAMS);
    let purpose = dice.pick(&PURPOSES);
    let stage = dice.pick(&STAGES);
    // One in fifty has no number, so that some names repeat.
    let name = match dice.roll() % 50 {
        0 => format!("{team} {purpose} {stage}"),
        _ => format!("{team} {purpose} {stage} {index:04}"),
    };
    let email =
        (!dice.roll().is_multiple_of(20)).then(|| format!("aws+{purpose}-{stage}-{index:04}@fleet.example"));
    let wanted = dice.pick(&ROLE_COUNTS);
    let first = usize::try_from(dice.roll() % 16).unwrap_or(0);
    // Seven and sixteen have no common factor: no role comes twice.
    let roles = (0..wanted).map(|nth| ROLES[(first + nth * 7) % ROLES.len()]).collect();
    // A prime stride below 10^12 scatters the ids, some of them with leading zeros.
    let id = format!("{:012}", (index * 618_033_988_769 + 17_000_000_123) % 1_000_000_000_000);
    Account { id, name, email, roles }
}
