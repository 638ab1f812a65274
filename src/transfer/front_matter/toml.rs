//! TOML front matter. The one place that names the crate toml, whose parser goes on after an error: a
//! value that is not valid does not affect the others.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Property, Value};

/// The most errors of a head that is read: with more it is no TOML.
const MOST_ERRORS: usize = 100;

/// Reads the names and values of a head, in order.
pub(super) fn properties(head: &str) -> Vec<Property> {
    let (table, errors) = DeTable::parse_recoverable(head);
    let errors: Vec<_> = errors.iter().filter_map(toml::de::Error::span).collect();
    if errors.len() > MOST_ERRORS {
        return Vec::new();
    }
    let mut properties = Vec::new();
    for (name, value) in table.get_ref() {
        let (lines, has_more) = lines(head, name.span().start, value.span().end);
        let is_broken = errors
            .iter()
            .any(|error| error.start < lines.end && error.end >= lines.start);
        properties.push(Property {
            name: name.get_ref().clone().into_owned(),
            value: if is_broken {
                Value::Unknown("not valid TOML".to_owned())
            } else {
                read_value(value, 1)
            },
            lines,
            line: 2,
            // The lines of a table below its header are those of other names.
            has_more: has_more || matches!(value.get_ref(), DeValue::Table(_)),
        });
    }
    properties.sort_by_key(|property| property.lines.start);
    let (mut line, mut at) = (2, 0);
    for property in &mut properties {
        let start = property.lines.start;
        line += head
            .get(at..start)
            .unwrap_or_default()
            .matches('\n')
            .count() as u64;
        property.line = line;
        at = start;
    }
    properties
}

/// Returns the whole lines of a name and its value, and true if they hold more.
fn lines(head: &str, name: usize, value_end: usize) -> (Range<usize>, bool) {
    let before = head.get(..name).unwrap_or_default();
    let after = head.get(value_end..).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = after.split_inclusive('\n').next().unwrap_or_default();
    let lead = before.get(start..).unwrap_or_default();
    let has_more = !rest.trim().is_empty() || !lead.trim_matches(['"', '\'', ' ', '\t']).is_empty();
    (start..value_end + rest.len(), has_more)
}

fn read_value(value: &Spanned<DeValue<'_>>, depth: usize) -> Value {
    match value.get_ref() {
        DeValue::Array(items) => {
            let items = items.iter().map(|item| scalar(item.get_ref()));
            match items.collect() {
                Some(items) => Value::List(items),
                None => Value::Unknown("neither a text nor a list of texts".to_owned()),
            }
        }
        DeValue::Table(table) if depth == 1 => {
            let values = table.iter().map(|(name, value)| {
                (
                    name.get_ref().clone().into_owned(),
                    read_value(value, depth + 1),
                )
            });
            Value::Map(values.collect())
        }
        value => match scalar(value) {
            Some(text) => Value::Text(text),
            None => Value::Unknown("neither a text nor a list of texts".to_owned()),
        },
    }
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}
