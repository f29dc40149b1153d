//! Whether a program gets credentials of a grant whose mark says `ask`.
//!
//! An answer counts for one grant, one program and whoever started it: terraform in this terminal is not terraform in
//! another one.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::asker::Asker;
use crate::ids::GrantId;
use crate::time::after;

/// How long an answer counts that is not for once.
const A_WHILE: SignedDuration = SignedDuration::from_mins(15);
/// SDKs ask three times in a row; a person should not have to refuse three times.
const REFUSED_FOR: SignedDuration = SignedDuration::from_secs(30);
/// How long a person may take. The Go SDK gives a `credential_process` one minute.
pub const PATIENCE: SignedDuration = SignedDuration::from_secs(45);

/// What a person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Reply {
    /// This once.
    Once,
    /// For 15 minutes.
    ForAWhile,
    /// No.
    Deny,
}

/// What the one who asks the person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Ask them.
    Asked {
        /// To answer by.
        id: u32,
        /// Who wants it.
        asker: Asker,
        /// What it wants.
        grant: GrantId,
    },
    /// It is too late, or nobody waits for the answer any more.
    Over {
        /// Which.
        id: u32,
    },
}

/// What is to be done with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It gets what it wants.
    Open,
    /// The person has to be asked; the question has this number.
    Ask(u32),
    /// The person has refused it a moment ago.
    Refused,
}

/// Who asks for what, as far as answers go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    grant: GrantId,
    program: String,
    command: Option<String>,
    /// The process that started the program, so that another terminal is another matter.
    starter: u32,
}

impl Claim {
    fn new(grant: &GrantId, asker: &Asker) -> Self {
        let program = asker.program();
        Self {
            grant: grant.clone(),
            program: program.map(|p| p.program.clone()).unwrap_or_default(),
            command: asker.command.clone(),
            starter: asker.starter().map_or(0, |p| p.pid),
        }
    }
}

/// Answers that still count, and questions that stand.
#[derive(Debug, Default)]
pub struct Gate {
    answers: BTreeMap<Claim, (bool, Timestamp)>,
    standing: BTreeMap<u32, Claim>,
    last: u32,
}

impl Gate {
    /// Somebody asks for a grant that wants to be asked for. Whoever asks the same while the question stands waits for
    /// the same answer.
    pub fn asked(&mut self, grant: &GrantId, asker: &Asker, now: Timestamp) -> Verdict {
        // An answer from the future was given by another clock.
        let counts = |until: Timestamp| until > now && until.duration_since(now) <= A_WHILE;
        self.answers.retain(|_, (_, until)| counts(*until));
        let claim = Claim::new(grant, asker);
        match self.answers.get(&claim) {
            Some((true, _)) => return Verdict::Open,
            Some((false, _)) => return Verdict::Refused,
            None => {}
        }
        if let Some((id, _)) = self.standing.iter().find(|(_, standing)| **standing == claim) {
            return Verdict::Ask(*id);
        }
        self.last = self.last.wrapping_add(1);
        self.standing.insert(self.last, claim);
        Verdict::Ask(self.last)
    }

    /// The person answered. `false` if the question does not stand any more.
    pub fn answered(&mut self, question: u32, reply: Reply, now: Timestamp) -> bool {
        let Some(claim) = self.standing.remove(&question) else { return false };
        match reply {
            Reply::Once => {}
            Reply::ForAWhile => drop(self.answers.insert(claim, (true, after(now, A_WHILE)))),
            Reply::Deny => drop(self.answers.insert(claim, (false, after(now, REFUSED_FOR)))),
        }
        true
    }

    /// Nobody answered in time, or nobody wants to know any more.
    pub fn given_up(&mut self, question: u32) {
        self.standing.remove(&question);
    }

    /// Whether something would be lost if it were forgotten.
    pub fn is_quiet(&self, now: Timestamp) -> bool {
        self.standing.is_empty() && self.answers.values().all(|(_, until)| *until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asker::Process;
    use crate::ids::{AccountId, PortalName, RoleName};

    fn grant(role: &str) -> GrantId {
        GrantId {
            portal: PortalName::parse("corp").unwrap(),
            account_id: AccountId::parse("111122223333").unwrap(),
            role_name: RoleName::parse(role).unwrap(),
        }
    }

    fn from(program: &str, starter: u32) -> Asker {
        let process = |pid, program: &str| Process { pid, program: program.into(), is_wrapper: false };
        Asker { processes: vec![process(7, program), process(starter, "/bin/zsh")], ..Asker::default() }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn an_answer_counts_for_one_program_from_one_terminal() {
        let mut gate = Gate::default();
        let Verdict::Ask(question) = gate.asked(&grant("Admin"), &from("/bin/tf", 1), at(0)) else {
            panic!()
        };
        assert_eq!(gate.asked(&grant("Admin"), &from("/bin/tf", 1), at(1)), Verdict::Ask(question));
        assert!(gate.answered(question, Reply::ForAWhile, at(2)));
        assert_eq!(gate.asked(&grant("Admin"), &from("/bin/tf", 1), at(3)), Verdict::Open);
        for (role, program, starter) in
            [("Admin", "/tmp/tf", 1), ("Admin", "/bin/tf", 2), ("Read", "/bin/tf", 1)]
        {
            let verdict = gate.asked(&grant(role), &from(program, starter), at(3));
            assert!(
                matches!(verdict, Verdict::Ask(other) if other != question),
                "{role} {program} {starter}"
            );
        }
        assert!(matches!(gate.asked(&grant("Admin"), &from("/bin/tf", 1), at(2 + 15 * 60)), Verdict::Ask(_)));
    }

    #[test]
    fn once_is_once_and_no_is_no_for_a_moment() {
        let mut gate = Gate::default();
        let Verdict::Ask(first) = gate.asked(&grant("Admin"), &from("/bin/tf", 1), at(0)) else { panic!() };
        assert!(gate.answered(first, Reply::Once, at(1)) && !gate.answered(first, Reply::ForAWhile, at(1)));
        let Verdict::Ask(second) = gate.asked(&grant("Admin"), &from("/bin/tf", 1), at(1)) else { panic!() };
        assert_ne!(first, second);
        assert!(!gate.is_quiet(at(1)));
        assert!(gate.answered(second, Reply::Deny, at(2)));
        assert_eq!(gate.asked(&grant("Admin"), &from("/bin/tf", 1), at(3)), Verdict::Refused);
        assert!(gate.is_quiet(at(60)));
        assert!(matches!(gate.asked(&grant("Admin"), &from("/bin/tf", 1), at(60)), Verdict::Ask(_)));
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_make_answers_last() {
        let mut gate = Gate::default();
        let Verdict::Ask(question) = gate.asked(&grant("Admin"), &from("/bin/tf", 1), at(7200)) else {
            panic!()
        };
        gate.answered(question, Reply::ForAWhile, at(7200));
        assert!(matches!(gate.asked(&grant("Admin"), &from("/bin/tf", 1), at(0)), Verdict::Ask(_)));
    }
}
