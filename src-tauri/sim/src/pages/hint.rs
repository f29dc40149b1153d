//! What to type, for people trying the demo.

use crate::people::PersonId;
use crate::world::World;

/// What a form asks for.
#[derive(Debug)]
pub(crate) enum Question<'a> {
    User,
    /// Of the user name that was typed before.
    Password(&'a str),
    /// User name and password in one form.
    Both,
    OneTimeCode(PersonId),
}

/// The answer, if hints are on.
pub(crate) fn hint(world: &World, question: &Question<'_>) -> Option<String> {
    let options = &world.options;
    if !options.hints {
        return None;
    }
    let person = match question {
        Question::User | Question::Both => PersonId::MAIN,
        Question::Password(typed) => options.person_typed(typed).unwrap_or(PersonId::MAIN),
        Question::OneTimeCode(person) => *person,
    };
    let person_data = options.person_of(person);
    let answer = match question {
        Question::User => {
            let names: Vec<&str> = options.people().map(|(_, person)| person.user.as_str()).collect();
            format!("user name {}", names.join(" or "))
        }
        Question::Password(_) => format!("password {}", person_data.password),
        Question::Both => format!("{} with password {}", person_data.user, person_data.password),
        Question::OneTimeCode(_) => format!("code {}", world.next_code(person)?),
    };
    Some(format!("To try it: {answer}"))
}
