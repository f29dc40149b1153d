//! YAML as JSON in which every scalar stays the text that stands in the file: whether `012` is a number is for
//! whoever knows what it should be.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// The deepest nesting that is read: configurations have less than ten levels.
const DEEPEST: usize = 64;
/// How many values a file may come to, with what its aliases repeat ("billion laughs").
const MOST_VALUES: usize = 200_000;

/// Reads the first document. Plain `~`, `null` and nothing are null; anchors, aliases and merge keys (`<<`) are
/// followed. The error says what is wrong, with the line where there is one.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let mut reader = Reader { open: Vec::new(), anchors: HashMap::new(), values: 0, root: None };
    for event in Parser::new_from_str(text) {
        let (event, span) =
            event.map_err(|error| format!("line {}: {}", error.marker().line(), error.info()))?;
        // To the end all the same: a mistake further down may be why the first document ends where it does.
        if reader.root.is_none() {
            reader.take(event).map_err(|why| format!("line {}: {why}", span.start.line()))?;
        }
    }
    Ok(reader.root.unwrap_or(Value::Null))
}

/// A list or mapping whose end has not come yet.
enum Open {
    List {
        anchor: usize,
        items: Vec<Value>,
    },
    /// The key waits for its value.
    Mapping {
        anchor: usize,
        entries: Map<String, Value>,
        merged: Vec<Value>,
        key: Option<String>,
    },
}

/// Goes through the events without recursion: nesting costs no stack.
struct Reader {
    open: Vec<Open>,
    anchors: HashMap<usize, (Value, usize)>,
    values: usize,
    root: Option<Value>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let null = plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                // A key is a text whatever it looks like.
                let value =
                    if null && !self.wants_key() { Value::Null } else { Value::String(text.into_owned()) };
                self.put(value, anchor, 1)
            }
            Event::Alias(anchor) => {
                let (value, size) =
                    self.anchors.get(&anchor).cloned().ok_or("an alias inside of what it stands for")?;
                self.put(value, 0, size)
            }
            Event::SequenceStart(anchor, _) => self.begin(Open::List { anchor, items: Vec::new() }),
            Event::MappingStart(anchor, _) => {
                self.begin(Open::Mapping { anchor, entries: Map::new(), merged: Vec::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            _ => Ok(()),
        }
    }

    fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Open::Mapping { key: None, .. }))
    }

    fn begin(&mut self, open: Open) -> Result<(), String> {
        if self.wants_key() {
            return Err("a key that is no text".into());
        }
        if self.open.len() >= DEEPEST {
            return Err(format!("more than {DEEPEST} levels"));
        }
        self.open.push(open);
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        match self.open.pop() {
            Some(Open::List { anchor, items }) => self.put(Value::Array(items), anchor, 1),
            Some(Open::Mapping { anchor, mut entries, merged, .. }) => {
                // What stands in the mapping itself goes before what is merged into it, and earlier before later.
                for (key, value) in merged.into_iter().flat_map(maps).flatten() {
                    entries.entry(key).or_insert(value);
                }
                self.put(Value::Object(entries), anchor, 1)
            }
            None => Err("an end without a beginning".into()),
        }
    }

    /// Puts a finished value where it belongs. `size` is how many values it adds.
    fn put(&mut self, value: Value, anchor: usize, size: usize) -> Result<(), String> {
        self.values += size;
        if self.values > MOST_VALUES {
            return Err(format!("more than {MOST_VALUES} values"));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, (value.clone(), count(&value)));
        }
        match self.open.last_mut() {
            None => self.root = Some(value),
            Some(Open::List { items, .. }) => items.push(value),
            Some(Open::Mapping { entries, merged, key, .. }) => match (key.take(), value) {
                (None, Value::String(text)) => *key = Some(text),
                (None, _) => return Err("a key that is no text".into()),
                (Some(name), value) if name == "<<" && !value.is_string() => merged.push(value),
                (Some(name), value) => {
                    if entries.insert(name, value).is_some() {
                        return Err("a key that is there twice".into());
                    }
                }
            },
        }
        Ok(())
    }
}

fn maps(value: Value) -> Vec<Map<String, Value>> {
    match value {
        Value::Object(map) => vec![map],
        Value::Array(list) => list.into_iter().flat_map(maps).collect(),
        _ => Vec::new(),
    }
}

/// Depth is bounded by what was read.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(count).sum::<usize>(),
        Value::Object(map) => 1 + map.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use serde_json::json;

    #[test]
    fn every_scalar_is_the_text_in_the_file() {
        let text =
            "a: 001234567890\nb: 0o17\nc: 1_2\nd: 1e5\ne: yes\nf: ~\ng:\nh: 'null'\n012: [x, \"y\"]\n~: k\n";
        assert_eq!(
            read(text).unwrap(),
            json!({"a": "001234567890", "b": "0o17", "c": "1_2", "d": "1e5", "e": "yes", "f": null, "g": null,
                   "h": "null", "012": ["x", "y"], "~": "k"})
        );
        assert_eq!(read("").unwrap(), json!(null));
        assert_eq!(read("# only this\n").unwrap(), json!(null));
        assert_eq!(read("a: 1\n---\nb: 2\n").unwrap(), json!({"a": "1"}), "the first document");
    }

    #[test]
    fn anchors_and_merge_keys_are_followed() {
        let text = "x: &base {Team: a, Kind: b}\ny: {<<: *base, Kind: c}\nz: *base\n";
        let base = json!({"Team": "a", "Kind": "b"});
        assert_eq!(read(text).unwrap(), json!({"x": base, "y": {"Team": "a", "Kind": "c"}, "z": base}));
    }

    #[test]
    fn what_would_not_end_is_refused() {
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..9 {
            let before = format!("*a{}, ", n - 1).repeat(10);
            let line = format!("a{n}: &a{n} [{}]\n", before.trim_end_matches(", "));
            laughs.push_str(&line);
        }
        assert!(read(&laughs).unwrap_err().contains("values"), "{:?}", read(&laughs));
        let deep = "[".repeat(100_000);
        assert!(read(&deep).is_err());
        let deep = (0..100).fold(String::new(), |deep, n| deep + &" ".repeat(n) + "a:\n");
        assert!(read(&deep).unwrap_err().contains("levels"));
        let deep = "- ".repeat(5_000);
        assert!(read(&deep).is_err());
        for bad in
            ["a: b: c", "a: [", "{a: 1, a: 2}", "a: *none", "a: &a [*a]", "? [x]\n: y", "\u{0}", "a\n b: c"]
        {
            assert!(read(bad).is_err(), "{bad}: {:?}", read(bad));
        }
    }
}
