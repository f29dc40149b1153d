//! `[[chain]]`.

use std::collections::HashMap;
use std::ops::Range;

use toml_edit::{ArrayOfTables, Item, Table, Value};

use super::edit::editable;
use super::{Place, Portal, Settings, wrong};
use crate::chain::{self, Chain, Origin, RoleArn, Step};
use crate::failure::{Code, Failure};
use crate::ids::{ChainName, NotValid, Partition, PortalName, Region};

/// The chained roles as they are written, not yet linked to what they start from.
#[derive(Default)]
pub(super) struct Written {
    steps: Vec<Step>,
    /// Where the settings of each stand.
    spans: Vec<HashMap<String, Range<usize>>>,
}

impl Written {
    pub(super) fn resolved(self, text: &str, portals: &[Portal]) -> Result<Vec<Chain>, Failure> {
        let wrong = |at: usize, key: &str, why: &str| {
            let span = self.spans.get(at).and_then(|spans| spans.get(key)).cloned();
            Place { text, key: &format!("chain.{key}"), span }.wrong(why)
        };
        let chains = chain::resolve(self.steps).map_err(|error| wrong(error.at, error.key, &error.why))?;
        for (at, chain) in chains.iter().enumerate() {
            let root = chain.root();
            let Some(portal) = portals.iter().find(|portal| portal.name == root.portal) else {
                return Err(wrong(at, "from", &format!("there is no portal called {}", root.portal)));
            };
            let partition = portal.region.partition();
            let step = chain.step();
            if step.role.partition() != partition {
                return Err(wrong(at, "role", &elsewhere(step.role.partition(), partition, &portal.name)));
            }
            if let Some(there) =
                step.region.as_ref().map(Region::partition).filter(|there| *there != partition)
            {
                return Err(wrong(at, "region", &elsewhere(there, partition, &portal.name)));
            }
        }
        Ok(chains)
    }
}

fn elsewhere(there: Partition, here: Partition, portal: &PortalName) -> String {
    let (there, here) = (there.as_str(), here.as_str());
    format!(
        "it is in the partition {there}, and {portal} is in {here}: no session reaches from one into the other"
    )
}

pub(super) fn read(place: &Place<'_>, item: &Item) -> Result<Written, Failure> {
    let tables = item.as_array_of_tables().ok_or_else(|| place.wrong("should be tables: [[chain]]"))?;
    let mut written = Written::default();
    for table in tables {
        written.steps.push(step(place.text, table)?);
        let spans = table.iter().filter_map(|(key, item)| Some((key.to_owned(), item.span()?)));
        written.spans.push(spans.collect());
    }
    Ok(written)
}

fn step(text: &str, table: &Table) -> Result<Step, Failure> {
    let whole = Place { text, key: "chain", span: table.span() };
    let needed = |key: &str| {
        let item = table.get(key).ok_or_else(|| whole.wrong(&format!("`{key}` is missing")))?;
        Ok((format!("chain.{key}"), item))
    };
    let (name_key, name) = needed("name")?;
    let (role_key, role) = needed("role")?;
    let (from_key, from) = needed("from")?;
    let mut step = Step::new(
        Place { text, key: &name_key, span: name.span() }.parsed(name, ChainName::parse)?,
        Place { text, key: &role_key, span: role.span() }.parsed(role, RoleArn::parse)?,
        Place { text, key: &from_key, span: from.span() }.parsed(from, Origin::parse)?,
    );
    for (key, item) in table {
        let name = format!("chain.{key}");
        let place = Place { text, key: &name, span: item.span() };
        let parsed = |parse: fn(&str) -> Result<String, NotValid>| place.parsed(item, parse).map(Some);
        match key {
            "name" | "role" | "from" => {}
            "external_id" => step.external_id = parsed(chain::external_id)?,
            "session_name" => step.session_name = parsed(chain::session_name)?,
            "source_identity" => step.source_identity = parsed(chain::source_identity)?,
            "mfa_serial" => step.mfa_serial = parsed(chain::mfa_serial)?,
            "duration" => step.duration_seconds = Some(place.parsed(item, chain::duration_seconds)?),
            "region" => step.region = Some(place.parsed(item, Region::parse)?),
            "tags" => step.tags = tags(&place, item)?,
            _ => return Err(place.wrong("there is no such setting")),
        }
    }
    Ok(step)
}

fn tags(place: &Place<'_>, item: &Item) -> Result<Vec<(String, String)>, Failure> {
    let table =
        item.as_table_like().ok_or_else(|| place.wrong("should be a table: { team = \"payments\" }"))?;
    let mut tags: Vec<(String, String)> = Vec::new();
    for (key, item) in table.iter() {
        let place = Place { text: place.text, key: place.key, span: item.span().or(place.span.clone()) };
        let value = place.parsed(item, chain::tag_value)?;
        let key = chain::tag_key(key).map_err(|error| place.wrong(&error.0))?;
        tags.push((key, value));
        if let Some(why) = chain::repeated_tag(&tags) {
            return Err(place.wrong(&why));
        }
    }
    if tags.len() > chain::MOST_TAGS {
        return Err(place.wrong(&format!("AWS takes {} tags at most", chain::MOST_TAGS)));
    }
    Ok(tags)
}

/// The text with a chained role added, all else as it was. It must fit what is there: its name is free, and what it
/// starts from is known.
pub fn with_chain(text: &str, step: &Step) -> Result<String, Failure> {
    with_chains(text, std::slice::from_ref(step))
}

/// The same for several; what they start from may be one of them.
pub fn with_chains(text: &str, steps: &[Step]) -> Result<String, Failure> {
    if steps.is_empty() {
        return Ok(text.to_owned());
    }
    // Of two in a table only one would be left.
    if let Some(why) = steps.iter().find_map(|step| chain::repeated_tag(&step.tags)) {
        return Err(Failure::new(Code::Usage, why, "give each tag one value; AWS takes `A` and `a` for one"));
    }
    let mut document = editable(text)?;
    let chains = document.entry("chain").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let chains =
        chains.as_array_of_tables_mut().ok_or_else(|| wrong(1, "`chain` should be tables: [[chain]]"))?;
    chains.extend(steps.iter().map(table));
    let text = document.to_string();
    // What we write must be what we can read. Here the person has typed it as arguments, and not in that line.
    Settings::parse(&text).map_err(|failure| Failure {
        code: Code::Usage,
        summary: failure.reason().to_owned(),
        hint: "choose another value; nothing was changed".to_owned(),
        ..failure
    })?;
    Ok(text)
}

fn table(step: &Step) -> Table {
    let mut table = Table::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            table.insert(key, Item::Value(value));
        }
    };
    put("name", Some(step.name.as_str().into()));
    put("role", Some(step.role.as_str().into()));
    put("from", Some(step.from.written().into()));
    put("external_id", step.external_id.as_deref().map(Value::from));
    put("session_name", step.session_name.as_deref().map(Value::from));
    put("source_identity", step.source_identity.as_deref().map(Value::from));
    put("mfa_serial", step.mfa_serial.as_deref().map(Value::from));
    put("duration", step.duration_seconds.map(|seconds| Value::from(duration(seconds))));
    put("region", step.region.as_ref().map(|region| region.as_str().into()));
    let tags: toml_edit::InlineTable =
        step.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    put("tags", (!tags.is_empty()).then(|| tags.into()));
    table
}

/// As people write it.
fn duration(seconds: i32) -> String {
    match seconds {
        3600 => "1h".to_owned(),
        _ if seconds % 60 == 0 => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

/// The text without a chained role, all else as it was. It must be there, and none may start from it.
pub fn without_chain(text: &str, name: &ChainName) -> Result<String, Failure> {
    let mut document = editable(text)?;
    let known = Settings::parse(text)?.chains;
    let names = |chains: &[&Chain]| chains.iter().map(|c| c.name().as_str()).collect::<Vec<_>>().join(", ");
    if !known.iter().any(|chain| chain.name() == name) {
        let hint = match known.iter().collect::<Vec<_>>().as_slice() {
            [] => "run `rolecall chain add NAME --role ARN --from GRANT` to add one".to_owned(),
            some => format!("known chained roles: {}", names(some)),
        };
        return Err(Failure::new(
            Code::NoSingleMatch,
            format!("there is no chained role called {name}"),
            hint,
        ));
    }
    let below: Vec<&Chain> = known.iter().filter(|c| c.step().from == Origin::Chain(name.clone())).collect();
    if !below.is_empty() {
        let (summary, hint) = (format!("{name} is what {} starts from", names(&below)), names(&below));
        return Err(Failure::new(Code::Failed, summary, format!("remove {hint} first; nothing was changed")));
    }
    if let Some(chains) = document.get_mut("chain").and_then(Item::as_array_of_tables_mut) {
        chains.retain(|table| table.get("name").and_then(Item::as_str) != Some(name.as_str()));
        if chains.is_empty() {
            document.remove("chain");
        }
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests;
