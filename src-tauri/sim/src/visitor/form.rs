//! Reads the simulator's own forms; it is no general HTML parser.

use crate::escape::unescape;

/// The first form of a page.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) action: String,
    /// Fields with the values that the page gave them.
    inputs: Vec<Input>,
    /// Name and value of each button that has both.
    buttons: Vec<(String, String)>,
}

#[derive(Debug)]
struct Input {
    name: String,
    value: String,
    hidden: bool,
}

impl Form {
    pub(super) fn of(page: &str) -> Option<Self> {
        let (_, from_form) = page.split_once("<form ")?;
        let (form, _) = from_form.split_once("</form>")?;
        let inputs = tags(form, "input").filter_map(|tag| {
            let kind = attribute(tag, "type").unwrap_or_default();
            let value = attribute(tag, "value").unwrap_or_default();
            Some(Input { name: attribute(tag, "name")?, value, hidden: kind == "hidden" })
        });
        let buttons =
            tags(form, "button").filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)));
        Some(Self {
            action: attribute(form, "action")?,
            inputs: inputs.collect(),
            buttons: buttons.collect(),
        })
    }

    /// The form has a visible field of this name.
    pub(super) fn asks(&self, name: &str) -> bool {
        self.inputs.iter().any(|input| input.name == name && !input.hidden)
    }

    /// The form has a button of this name and value.
    pub(super) fn offers(&self, name: &str, value: &str) -> bool {
        self.buttons.iter().any(|(known, choice)| known == name && choice == value)
    }

    /// The form's fields with `fields` laid over them, ready to send.
    pub(super) fn encode(&self, fields: &[(&str, &str)]) -> String {
        let mut encoded = form_urlencoded::Serializer::new(String::new());
        for input in &self.inputs {
            if !fields.iter().any(|(name, _)| *name == input.name) {
                encoded.append_pair(&input.name, &input.value);
            }
        }
        encoded.extend_pairs(fields).finish()
    }
}

fn tags<'a>(form: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let start = format!("<{name} ");
    let parts: Vec<&str> = form.split(start.as_str()).skip(1).collect();
    parts.into_iter().filter_map(|rest| rest.split('>').next())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| unescape(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fields_and_buttons() {
        let page = concat!(
            "<p>x</p><form method=\"post\" action=\"/go?a=1&amp;b=2\">",
            "<input type=\"hidden\" name=\"t\" value=\"&quot;q&quot;\">",
            "<input id=\"user\" name=\"user\" type=\"text\" required>",
            "<button name=\"decision\" value=\"allow\">Allow</button></form>"
        );
        let form = Form::of(page).unwrap();
        assert_eq!(form.action, "/go?a=1&b=2");
        assert!(form.asks("user") && !form.asks("t"));
        assert!(form.offers("decision", "allow"));
        assert_eq!(form.encode(&[("user", "a b")]), "t=%22q%22&user=a+b");
        assert!(Form::of("<p>no form</p>").is_none());
    }
}
