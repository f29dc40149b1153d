//! A way through the pages of a provider that asks one thing at a time.

use std::collections::HashMap;

use axum::http::StatusCode;

use super::{damaged, known, refusal, request_id, send_back};
use crate::escape::markup;
use crate::http::{Incoming, Pairs, Reply, value_of};
use crate::pages::{Layout, Question, alert, field, form_token, form_token_fits, hint, render};
use crate::people::PersonId;
use crate::random;
use crate::world::World;

/// By passage id, which only the pages of the one browser hold.
pub(super) type Passages = HashMap<String, Passage>;

const LIFETIME_MS: i64 = 600_000;

/// What is asked next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    User,
    Password,
    SecondFactor,
    /// Everything is proven; what remains is a question or a click.
    Proven,
}

#[derive(Debug, Clone)]
pub(super) struct Passage {
    pub(super) id: String,
    request_id: String,
    relay_state: String,
    expires_ms: i64,
    pub(super) step: Step,
    /// As typed.
    pub(super) user: String,
    /// Whose password was right.
    pub(super) person: Option<PersonId>,
}

/// What is wrong with a form.
pub(super) type Trouble = &'static str;

/// The portal sent somebody here: the first page, or straight back for a browser that is signed in here.
pub(super) fn enter(world: &World, request: &Incoming, first_page: fn(&World, &Passage) -> Reply) -> Reply {
    let query = request.query_pairs();
    let Some(request_id) = value_of(&query, "SAMLRequest").and_then(|packed| request_id(world, packed))
    else {
        return damaged();
    };
    let relay_state = value_of(&query, "RelayState").unwrap_or_default();
    if let Some(person) = known(world, request) {
        return send_back(world, person, &request_id, relay_state);
    }
    let passage = Passage {
        id: random::url_safe(43),
        request_id,
        relay_state: relay_state.to_owned(),
        expires_ms: world.clock.now_ms() + LIFETIME_MS,
        step: Step::User,
        user: String::new(),
        person: None,
    };
    keep(world, &passage);
    first_page(world, &passage)
}

fn keep(world: &World, passage: &Passage) {
    world.provider.lock().passages.insert(passage.id.clone(), passage.clone());
}

/// The passage of this id, if it is at this step.
pub(super) fn find(world: &World, id: &str, step: Step) -> Option<Passage> {
    let found = world.provider.lock().passages.get(id).cloned()?;
    (found.step == step && found.expires_ms > world.clock.now_ms()).then_some(found)
}

/// The passage that a form belongs to, if it is at this step.
pub(super) fn of_form(world: &World, form: &Pairs, step: Step) -> Option<Passage> {
    let id = value_of(form, "passage")?;
    let genuine = form_token_fits(world, "idp", id, value_of(form, "form_token"));
    find(world, id, step).filter(|_| genuine)
}

pub(super) fn lost() -> Reply {
    refusal("The sign-in has ended or was finished already. Start again.")
}

impl Passage {
    /// Takes a user name in, which must be somebody's if the provider tells strangers so.
    pub(super) fn take_user(
        &mut self,
        world: &World,
        form: &Pairs,
        stranger: Option<Trouble>,
    ) -> Result<(), Trouble> {
        let typed = value_of(form, "user").unwrap_or_default().trim();
        if typed.is_empty() {
            return Err("Enter your user name.");
        }
        if let Some(trouble) = stranger.filter(|_| world.options.person_typed(typed).is_none()) {
            return Err(trouble);
        }
        typed.clone_into(&mut self.user);
        self.go_to(world, Step::Password);
        Ok(())
    }

    pub(super) fn take_password(&mut self, world: &World, form: &Pairs, then: Step) -> Result<(), Trouble> {
        let password = value_of(form, "password").unwrap_or_default();
        let person = world.options.person_with_password(&self.user, password);
        self.person = Some(person.ok_or("The user name or password is not correct.")?);
        self.go_to(world, then);
        Ok(())
    }

    pub(super) fn take_code(&mut self, world: &World, form: &Pairs) -> Result<(), Trouble> {
        let typed = value_of(form, "one_time_code").unwrap_or_default();
        let accepted = self.person.is_some_and(|person| world.accept_code(person, typed));
        if !accepted {
            return Err("This one-time code is not valid, or was used before. Try the next one.");
        }
        self.go_to(world, Step::Proven);
        Ok(())
    }

    fn go_to(&mut self, world: &World, step: Step) {
        self.step = step;
        keep(world, self);
    }

    /// The way ends: the answer to the portal. Nothing before the person is proven.
    pub(super) fn finish(&self, world: &World) -> Option<(PersonId, Reply)> {
        let person = self.person.filter(|_| self.step == Step::Proven)?;
        world.provider.lock().passages.remove(&self.id);
        Some((person, send_back(world, person, &self.request_id, &self.relay_state)))
    }
}

/// One page with a form.
#[derive(Debug, Default)]
pub(super) struct FormPage<'a> {
    pub(super) title: &'a str,
    pub(super) action: &'a str,
    /// Attributes of the form element that a script needs.
    pub(super) data: String,
    /// Markup above the buttons.
    pub(super) fields: String,
    /// Markup.
    pub(super) buttons: &'a str,
    pub(super) trouble: Option<Trouble>,
    pub(super) question: Option<Question<'a>>,
    pub(super) script: Option<&'static str>,
}

impl<'a> FormPage<'a> {
    /// Asks for the user name.
    pub(super) fn user(label: &str, trouble: Option<Trouble>) -> Self {
        let fields = field("user", label, "text", "username");
        Self { fields, trouble, question: Some(Question::User), ..Self::default() }
    }

    /// Asks for the password of the user name that was typed.
    pub(super) fn password(passage: &'a Passage, label: &str, trouble: Option<Trouble>) -> Self {
        let fields = format!("<p><bdi>{}</bdi></p>", markup(&passage.user))
            + &field("password", label, "password", "current-password");
        Self { fields, trouble, question: Some(Question::Password(&passage.user)), ..Self::default() }
    }

    /// Asks for the one-time code.
    pub(super) fn code(passage: &Passage, label: &str, trouble: Option<Trouble>) -> Self {
        let fields = field("one_time_code", label, "text", "one-time-code");
        Self { fields, trouble, question: passage.person.map(Question::OneTimeCode), ..Self::default() }
    }

    pub(super) fn render(&self, world: &World, passage: &Passage) -> Reply {
        let Self { title, action, data, fields, buttons, .. } = self;
        let alert = alert(self.trouble);
        let token = form_token(world, "idp", &passage.id);
        let id = markup(&passage.id);
        let content = format!(
            "{alert}<form method=\"post\" action=\"{action}\"{data}>\n\
             <input type=\"hidden\" name=\"form_token\" value=\"{token}\">\n\
             <input type=\"hidden\" name=\"passage\" value=\"{id}\">\n\
             {fields}\n<div class=\"actions\">{buttons}</div>\n</form>"
        );
        let hint = self.question.as_ref().and_then(|question| hint(world, question));
        let layout = Layout { hint, script: self.script, ..Layout::plain(title) };
        let status = if self.trouble.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        render(status, &layout, &content)
    }
}
