//! The part of a shell's prompt that says which account and role is in use.
//!
//! Names in it are anybody's text, and some shells run what stands in a prompt: bash and zsh expand `$(…)` in it, zsh
//! also `%`. So what could begin an expansion does not get there.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Account, Catalogue, Grant};
use crate::chain;
use crate::ids::GrantId;
use crate::mark::{self, Colour};
use crate::settings::Settings;
use crate::shell::Shell;
use crate::text;

/// What is shown where nothing else is asked for.
pub const USUAL: &str = "{account} {role} {left}";

/// What is known of a grant without its catalogue, which may be large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Label {
    /// The grant.
    pub grant: GrantId,
    /// What its account is called, or the id where that is not known.
    pub account_name: String,
    /// It is marked as production.
    pub production: bool,
    /// Its colour, by its marks or its portal.
    pub colour: Option<Colour>,
    /// When the files that this was taken from were changed. Any other time, and it is taken anew.
    pub taken_from: [i64; 2],
}

impl Label {
    /// Taken from the portal's catalogue, where there is one.
    pub fn of(
        grant: &GrantId,
        catalogue: Option<&Catalogue>,
        settings: &Settings,
        taken_from: [i64; 2],
    ) -> Self {
        let unknown = || Account {
            id: grant.account_id.clone(),
            name: grant.account_id.to_string(),
            email: None,
            roles: Vec::new(),
            roles_at: None,
        };
        let known = catalogue.and_then(|catalogue| catalogue.account(&grant.account_id));
        let account = known.map_or_else(unknown, Account::clone);
        let chain = settings.chain(grant);
        let shown = Grant { portal: &grant.portal, account: &account, role_name: &grant.role_name, chain };
        let look = mark::look(&settings.marks, shown);
        let of_portal = settings.portal(&grant.portal).and_then(|portal| portal.colour);
        Self {
            grant: grant.clone(),
            production: look.production,
            colour: look.colour.or(of_portal),
            account_name: account.name,
            taken_from,
        }
    }
}

/// What can be shown.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The profile.
    pub profile: String,
    /// The grant's label.
    pub label: Label,
    /// The region of the shell, else of the profile.
    pub region: Option<String>,
    /// How long its credentials still work, if some have been fetched.
    pub left: Option<SignedDuration>,
    /// The time of the switch is over, and tools use its role all the same.
    pub is_over: bool,
}

/// Goes behind a segment whose role should not be in use any more.
const OVER: &str = "(time is over)";

/// The segment: `format` with its placeholders `{account}`, `{id}`, `{role}`, `{portal}`, `{profile}`, `{region}` and
/// `{left}` filled in; in red for production. Without a shell it is plain text, with neither colour nor escapes.
pub fn segment(format: &str, facts: &Facts, shell: Option<Shell>, colours: bool) -> String {
    let grant = &facts.label.grant;
    let left = facts.left.filter(|_| !facts.is_over).map(left).unwrap_or_default();
    // A chained role goes by its own name.
    let role =
        chain::name_in(&grant.role_name).map_or_else(|| grant.role_name.to_string(), |n| n.to_string());
    let mut words = String::new();
    let mut rest = format;
    while let Some((literal, tail)) = rest.split_once('{') {
        words.push_str(&text::line(literal));
        let value = tail.split_once('}').and_then(|(name, after)| {
            let value = match name {
                "account" => facts.label.account_name.as_str(),
                "id" => grant.account_id.as_str(),
                "role" => role.as_str(),
                "portal" => grant.portal.as_str(),
                "profile" => facts.profile.as_str(),
                "region" => facts.region.as_deref().unwrap_or_default(),
                "left" => left.as_str(),
                _ => return None,
            };
            Some((value, after))
        });
        if let Some((value, after)) = value {
            words.push_str(&tame(value, shell));
            rest = after;
        } else {
            words.push('{');
            rest = tail;
        }
    }
    words.push_str(&text::line(rest));
    let words = words.trim_end();
    let words = if facts.is_over { &format!("{words} {OVER}") } else { words };
    match (shell, colour(&facts.label).filter(|_| colours)) {
        (Some(shell), Some(colour)) => {
            format!("{}{words}{}", unseen(shell, colour), unseen(shell, "0"))
        }
        _ => words.to_owned(),
    }
}

/// Safe on a terminal, and nothing that the shell would expand. What it looks like otherwise stays.
fn tame(name: &str, shell: Option<Shell>) -> String {
    let line = text::line(name);
    match shell {
        Some(Shell::Bash) => line.replace(['$', '`', '\\'], "_"),
        Some(Shell::Zsh) => line.replace(['$', '`', '\\'], "_").replace('%', "%%"),
        _ => line.into_owned(),
    }
}

/// An SGR sequence (ECMA-48) that the shell knows to take no room. Bash takes the bytes that readline uses itself:
/// `\[` and `\]` mean something in the text of a prompt only, not in what a command in it prints.
fn unseen(shell: Shell, colour: &str) -> String {
    let sequence = format!("\u{1b}[{colour}m");
    match shell {
        Shell::Bash => format!("\u{1}{sequence}\u{2}"),
        Shell::Zsh => format!("%{{{sequence}%}}"),
        Shell::Fish | Shell::PowerShell | Shell::Nushell => sequence,
    }
}

fn colour(label: &Label) -> Option<&'static str> {
    if label.production {
        return Some("1;31");
    }
    Some(match label.colour? {
        Colour::Red => "31",
        Colour::Orange => "38;5;208",
        Colour::Yellow => "33",
        Colour::Green => "32",
        Colour::Teal => "36",
        Colour::Blue => "34",
        Colour::Purple => "35",
        Colour::Pink => "38;5;211",
        Colour::Grey => "90",
    })
}

/// `42m`, `2h05m`, `40s`; nothing when it is over, because new ones come by themselves.
fn left(left: SignedDuration) -> String {
    let (seconds, minutes) = (left.as_secs(), (left.as_secs() + 30) / 60);
    match seconds {
        ..=0 => String::new(),
        1..90 => format!("{seconds}s"),
        _ if minutes < 60 => format!("{minutes}m"),
        _ => format!("{}h{:02}m", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{AccountId, PortalName, RoleName};

    fn facts(account: &str, production: bool) -> Facts {
        Facts {
            profile: "dev".into(),
            label: Label {
                grant: GrantId {
                    portal: PortalName::parse("corp").unwrap(),
                    account_id: AccountId::parse("111122223333").unwrap(),
                    role_name: RoleName::parse("Admin").unwrap(),
                },
                account_name: account.into(),
                production,
                colour: None,
                taken_from: [0, 0],
            },
            region: None,
            left: Some(SignedDuration::from_mins(42)),
            is_over: false,
        }
    }

    #[test]
    fn production_is_red_and_takes_no_room_of_its_own() {
        let shown = |shell| segment(USUAL, &facts("payments", true), Some(shell), true);
        assert_eq!(shown(Shell::Bash), "\u{1}\u{1b}[1;31m\u{2}payments Admin 42m\u{1}\u{1b}[0m\u{2}");
        assert_eq!(shown(Shell::Zsh), "%{\u{1b}[1;31m%}payments Admin 42m%{\u{1b}[0m%}");
        assert_eq!(shown(Shell::Fish), "\u{1b}[1;31mpayments Admin 42m\u{1b}[0m");
        let plain = segment(USUAL, &facts("payments", true), Some(Shell::Bash), false);
        assert_eq!(plain, "payments Admin 42m");
        assert_eq!(segment(USUAL, &facts("dev", false), Some(Shell::Zsh), true), "dev Admin 42m");
    }

    #[test]
    fn a_role_whose_time_is_over_is_never_shown_without_saying_so() {
        let over = Facts { is_over: true, ..facts("payments", true) };
        assert_eq!(segment(USUAL, &over, None, false), "payments Admin (time is over)");
        assert_eq!(segment("{role}", &over, None, false), "Admin (time is over)");
    }

    #[test]
    fn nothing_in_a_name_is_run_by_a_shell() {
        let name = "a$(touch x)`id`\\u${HOME}%F{red}%{\u{1b}]0;x\u{7}\n";
        let bash = segment("{account}", &facts(name, false), Some(Shell::Bash), true);
        assert_eq!(bash, "a_(touch x)_id__u_{HOME}%F{red}%{_u{1b}]0;x_u{7}_u{a}");
        let zsh = segment("{account}", &facts(name, false), Some(Shell::Zsh), true);
        assert!(!zsh.contains(['$', '`', '\\']), "{zsh}");
        assert!(!zsh.replace("%%", "").contains('%'), "{zsh}");
        assert!(!segment("{account}", &facts(name, false), None, true).contains(char::is_control));
    }

    #[test]
    fn a_format_is_filled_once() {
        let shown = |format: &str| segment(format, &facts("{role}", false), None, false);
        assert_eq!(shown("[{account}|{id}|{profile}|{portal}]"), "[{role}|111122223333|dev|corp]");
        assert_eq!(shown("{nothing} {account {role}"), "{nothing} {account Admin");
        assert_eq!(shown("{region}{"), "{");
        assert_eq!(left(SignedDuration::from_mins(125)), "2h05m");
        assert_eq!(left(SignedDuration::from_secs(-5)), "");
    }
}
