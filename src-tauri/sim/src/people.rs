//! Who can sign in, and under which names.

use crate::options::{IdentitySource, Options, Person};

/// One of the people who can sign in. The main person is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PersonId(usize);

impl PersonId {
    /// The person of [`Options::person`].
    pub(crate) const MAIN: Self = Self(0);
}

/// The Windows domain of people in Active Directory, and the domain of everybody's e-mail address.
const DOMAINS: (&str, &str) = ("CORP", "corp.example");

impl Options {
    pub(crate) fn people(&self) -> impl Iterator<Item = (PersonId, &Person)> {
        [&self.person]
            .into_iter()
            .chain(&self.others)
            .enumerate()
            .map(|(index, person)| (PersonId(index), person))
    }

    pub(crate) fn person_of(&self, id: PersonId) -> &Person {
        id.0.checked_sub(1).and_then(|index| self.others.get(index)).unwrap_or(&self.person)
    }

    /// Exactly this user name.
    pub(crate) fn person_named(&self, user: &str) -> Option<PersonId> {
        self.people().find(|(_, person)| person.user == user).map(|(id, _)| id)
    }

    /// Whoever signs in with what was typed. Identity Center's own directory and the plain SAML provider
    /// know user names only; all others also take `CORP\user` and `user@corp.example`, in any case.
    pub(crate) fn person_typed(&self, typed: &str) -> Option<PersonId> {
        match self.identity_source {
            IdentitySource::Directory | IdentitySource::ExternalIdp => self.person_named(typed),
            IdentitySource::ActiveDirectory
            | IdentitySource::Entra
            | IdentitySource::Okta
            | IdentitySource::Google
            | IdentitySource::Adfs => {
                let name = bare_name(typed)?;
                self.people().find(|(_, person)| person.user.eq_ignore_ascii_case(name)).map(|(id, _)| id)
            }
        }
    }

    /// The person behind a user name and password.
    pub(crate) fn person_with_password(&self, typed: &str, password: &str) -> Option<PersonId> {
        self.person_typed(typed).filter(|id| self.person_of(*id).password == password)
    }
}

/// The user name without a domain; nothing for a foreign domain.
fn bare_name(typed: &str) -> Option<&str> {
    let (windows, internet) = DOMAINS;
    match (typed.split_once('\\'), typed.rsplit_once('@')) {
        (Some((domain, name)), _) => domain.eq_ignore_ascii_case(windows).then_some(name),
        (None, Some((name, domain))) => domain.eq_ignore_ascii_case(internet).then_some(name),
        (None, None) => Some(typed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_domain() {
        for good in ["sam", r"CORP\sam", r"corp\sam", "sam@corp.example", "sam@CORP.example"] {
            assert_eq!(bare_name(good), Some("sam"), "{good}");
        }
        for bad in [r"OTHER\sam", "sam@evil.example"] {
            assert_eq!(bare_name(bad), None, "{bad}");
        }
    }
}
