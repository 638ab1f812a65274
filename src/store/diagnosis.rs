//! What is odd about one note, told from the bytes of its hash. No I/O.

use chrono::{DateTime, TimeDelta, Utc};

use super::fault::Fault;
use crate::note::FIELDS;
use crate::timestamp;

/// How far the clocks of two writers may be apart.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(1);

/// The most characters of a value that a fault quotes.
const QUOTED: usize = 64;

/// The names and values of a hash.
pub(super) type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// The value of a field.
pub(super) fn field<'a>(fields: &'a Fields, name: &str) -> Option<&'a [u8]> {
    fields
        .iter()
        .find(|(known, _)| known == name.as_bytes())
        .map(|(_, value)| value.as_slice())
}

/// What is odd about the note with that id, read at `now`.
pub(super) fn faults(id: &str, fields: &Fields, now: DateTime<Utc>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for name in FIELDS {
        if field(fields, name).is_none() {
            faults.push(Fault::MissingField {
                id: id.to_owned(),
                field: name,
            });
        }
    }
    if let Some(found) = field(fields, "id").filter(|found| *found != id.as_bytes()) {
        faults.push(Fault::OtherId {
            id: id.to_owned(),
            found: quoted(&String::from_utf8_lossy(found)),
        });
    }
    for (name, value) in fields {
        // An `id` that is not UTF-8 is another id, and told of as that.
        let is_text = name == b"id" || str::from_utf8(value).is_ok();
        if !is_text || str::from_utf8(name).is_err() {
            faults.push(Fault::NotUtf8 {
                id: id.to_owned(),
                field: String::from_utf8_lossy(name).into_owned(),
            });
        }
    }
    let [created, updated] =
        ["created_at", "updated_at"].map(|name| time(id, name, fields, now, &mut faults));
    if let (Some(created), Some(updated)) = (created, updated)
        && created - updated > CLOCK_SKEW
    {
        faults.push(Fault::TimesReversed { id: id.to_owned() });
    }
    faults
}

/// The time in a field, if there is one that can be read; a fault if it cannot, or has not come.
fn time(
    id: &str,
    name: &'static str,
    fields: &Fields,
    now: DateTime<Utc>,
    faults: &mut Vec<Fault>,
) -> Option<DateTime<Utc>> {
    let text = str::from_utf8(field(fields, name)?).ok()?;
    let (id, found) = (id.to_owned(), quoted(text));
    let time = timestamp::parse(text);
    match time {
        None => faults.push(Fault::BadTime {
            id,
            field: name,
            found,
        }),
        Some(time) if time - now > CLOCK_SKEW => faults.push(Fault::FutureTime {
            id,
            field: name,
            found,
        }),
        Some(_) => {}
    }
    time
}

fn quoted(text: &str) -> String {
    let mut quoted: String = text.chars().take(QUOTED).collect();
    if quoted.len() < text.len() {
        quoted.push('…');
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &[u8]); 5] = [
        ("id", b"n"),
        ("title", b"T"),
        ("content", b""),
        ("created_at", b"2024-01-15T10:30:00+00:00"),
        ("updated_at", b"2024-01-15T10:30:00.5+00:00"),
    ];

    /// What is told of a good note with one field replaced or added, as key words.
    fn told(name: &[u8], value: Option<&[u8]>) -> Vec<(&'static str, Option<String>)> {
        let now = timestamp::parse("2024-01-15T12:00:00Z").unwrap();
        let mut fields: Fields = GOOD
            .iter()
            .map(|(name, value)| (name.as_bytes().to_vec(), value.to_vec()))
            .filter(|(known, _)| known != name)
            .collect();
        fields.extend(value.map(|value| (name.to_vec(), value.to_vec())));
        let told = |fault: Fault| (fault.kind().word, fault.field().map(str::to_owned));
        faults("n", &fields, now).into_iter().map(told).collect()
    }

    #[test]
    fn a_note_as_it_should_be_has_no_faults() {
        assert_eq!(told(b"tag", Some(b"x")), []);
        assert_eq!(told(b"updated_at", Some(b"2024-01-15 12:01:00")), []);
        assert_eq!(told(b"updated_at", Some(b"2024-01-15T10:29:01Z")), []);
    }

    #[test]
    fn each_fault_is_told_with_its_field() {
        let day = "2024-01-15T";
        for (name, value, word, field) in [
            ("id", None, "missing_field", Some("id")),
            ("title", None, "missing_field", Some("title")),
            ("content", None, "missing_field", Some("content")),
            ("created_at", None, "missing_field", Some("created_at")),
            ("updated_at", None, "missing_field", Some("updated_at")),
            ("id", Some("m".to_owned()), "other_id", Some("id")),
            ("id", Some(String::new()), "other_id", Some("id")),
            (
                "created_at",
                Some(String::new()),
                "bad_time",
                Some("created_at"),
            ),
            (
                "updated_at",
                Some("now".into()),
                "bad_time",
                Some("updated_at"),
            ),
            (
                "updated_at",
                Some(format!("{day}12:01:01Z")),
                "future_time",
                Some("updated_at"),
            ),
            (
                "updated_at",
                Some(format!("{day}10:28:59Z")),
                "times_reversed",
                None,
            ),
        ] {
            let value = value.as_deref().map(str::as_bytes);
            let expected = (word, field.map(str::to_owned));
            assert_eq!(told(name.as_bytes(), value), [expected], "{name} {value:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_told_once() {
        let no_text = |field: &str| ("not_utf8", Some(field.to_owned()));
        assert_eq!(told(b"content", Some(b"\xff")), [no_text("content")]);
        assert_eq!(told(b"created_at", Some(b"\xff")), [no_text("created_at")]);
        assert_eq!(told(b"\xfftag", Some(b"x")), [no_text("\u{fffd}tag")]);
        let other_id = ("other_id", Some("id".to_owned()));
        assert_eq!(told(b"id", Some(b"\xff")), [other_id]);
    }

    #[test]
    fn a_long_value_is_quoted_in_part() {
        let long = "é".repeat(70);
        assert_eq!(quoted(&long), format!("{}…", "é".repeat(64)));
        assert_eq!(quoted("short"), "short");
    }
}
