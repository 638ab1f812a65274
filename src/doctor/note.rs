//! What is wrong with one note, told from the bytes of its hash. No I/O.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Kind, Problem};
use crate::note::{FIELDS, RawNote};
use crate::store::keys;
use crate::timestamp;

/// How far the clocks of two writers may be apart.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(1);

/// The most characters of a value that a problem quotes.
const QUOTED: usize = 64;

/// What is wrong with the note with that id, read at `now`.
pub(super) fn problems(id: &str, note: &RawNote, now: DateTime<Utc>) -> Vec<Problem> {
    let key = keys::note(id);
    let mut problems = Vec::new();
    let mut found = |kind, field: &str, detail| {
        problems.push(Problem {
            field: Some(field.to_owned()),
            ..Problem::of_note(kind, id, detail)
        });
    };
    for name in FIELDS.into_iter().filter(|name| note.field(name).is_none()) {
        let detail = format!("{key} has no field {name}");
        found(Kind::MissingField, name, detail);
    }
    if let Some(other) = note.field("id").filter(|other| *other != id.as_bytes()) {
        let other = quoted(&String::from_utf8_lossy(other));
        let detail = format!("the field id of {key} says {other:?}");
        found(Kind::OtherId, "id", detail);
    }
    for (name, value) in &note.fields {
        // An `id` that is not UTF-8 is another id, and told of as that.
        let is_text = name == b"id" || str::from_utf8(value).is_ok();
        if !is_text || str::from_utf8(name).is_err() {
            let name = String::from_utf8_lossy(name);
            let detail = format!("{name} of {key} is not UTF-8");
            found(Kind::NotUtf8, &name, detail);
        }
    }
    let [created, updated] = ["created_at", "updated_at"].map(|name| {
        let text = str::from_utf8(note.field(name)?).ok()?;
        let (time, text) = (timestamp::parse(text), quoted(text));
        match time {
            None => {
                let detail = format!("{name} of {key} is no time: {text:?}");
                found(Kind::BadTime, name, detail);
            }
            Some(time) if time - now > CLOCK_SKEW => {
                let until = match name {
                    "updated_at" => "; until then `@` is this note",
                    _ => "",
                };
                let detail = format!("{name} of {key} has not come yet: {text}{until}");
                found(Kind::FutureTime, name, detail);
            }
            Some(_) => {}
        }
        time
    });
    if let (Some(created), Some(updated)) = (created, updated)
        && created - updated > CLOCK_SKEW
    {
        let detail = format!("updated_at of {key} is before its created_at");
        problems.push(Problem::of_note(Kind::TimesReversed, id, detail));
    }
    problems
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

    /// What is told of a good note with one field replaced or added.
    fn told(name: &[u8], value: Option<&[u8]>) -> Vec<(Kind, Option<String>)> {
        let now = timestamp::parse("2024-01-15T12:00:00Z").unwrap();
        let pair = |name: &[u8], value: &[u8]| (name.to_vec(), value.to_vec());
        let fields = GOOD
            .iter()
            .map(|(name, value)| (name.as_bytes(), *value))
            .filter(|(known, _)| *known != name)
            .chain(value.map(|value| (name, value)))
            .map(|(name, value)| pair(name, value))
            .collect();
        let note = RawNote {
            listed: true,
            fields,
        };
        let told = |problem: Problem| (problem.kind, problem.field);
        problems("n", &note, now).into_iter().map(told).collect()
    }

    #[test]
    fn a_note_as_it_should_be_has_no_problems() {
        assert_eq!(told(b"tag", Some(b"x")), []);
        assert_eq!(told(b"updated_at", Some(b"2024-01-15 12:01:00")), []);
        assert_eq!(told(b"updated_at", Some(b"2024-01-15T10:29:01Z")), []);
    }

    #[test]
    fn each_problem_is_told_with_its_field() {
        let day = "2024-01-15T";
        for (name, value, kind, field) in [
            ("id", None, Kind::MissingField, Some("id")),
            ("title", None, Kind::MissingField, Some("title")),
            ("content", None, Kind::MissingField, Some("content")),
            ("created_at", None, Kind::MissingField, Some("created_at")),
            ("updated_at", None, Kind::MissingField, Some("updated_at")),
            ("id", Some("m".to_owned()), Kind::OtherId, Some("id")),
            ("id", Some(String::new()), Kind::OtherId, Some("id")),
            (
                "created_at",
                Some(String::new()),
                Kind::BadTime,
                Some("created_at"),
            ),
            (
                "updated_at",
                Some("now".into()),
                Kind::BadTime,
                Some("updated_at"),
            ),
            (
                "updated_at",
                Some(format!("{day}12:01:01Z")),
                Kind::FutureTime,
                Some("updated_at"),
            ),
            (
                "updated_at",
                Some(format!("{day}10:28:59Z")),
                Kind::TimesReversed,
                None,
            ),
        ] {
            let value = value.as_deref().map(str::as_bytes);
            let expected = (kind, field.map(str::to_owned));
            assert_eq!(told(name.as_bytes(), value), [expected], "{name} {value:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_told_once() {
        let no_text = |field: &str| (Kind::NotUtf8, Some(field.to_owned()));
        assert_eq!(told(b"content", Some(b"\xff")), [no_text("content")]);
        assert_eq!(told(b"created_at", Some(b"\xff")), [no_text("created_at")]);
        assert_eq!(told(b"\xfftag", Some(b"x")), [no_text("\u{fffd}tag")]);
        let other_id = (Kind::OtherId, Some("id".to_owned()));
        assert_eq!(told(b"id", Some(b"\xff")), [other_id]);
    }

    #[test]
    fn a_long_value_is_quoted_in_part() {
        let long = "é".repeat(70);
        assert_eq!(quoted(&long), format!("{}…", "é".repeat(64)));
        assert_eq!(quoted("short"), "short");
    }
}
