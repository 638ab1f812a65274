//! Checks one note, given the bytes of its hash. No I/O.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Problem, ProblemKind};
use crate::note::{FIELDS, RawNote};
use crate::store::keys;
use crate::timestamp;

/// The largest difference between the clocks of two writers that is no problem.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(1);

/// The most characters of a value that a problem quotes.
const QUOTED: usize = 64;

/// Returns the problems of a note, read at `now`.
pub(super) fn problems(id: &str, note: &RawNote, now: DateTime<Utc>) -> Vec<Problem> {
    let key = keys::of_note(id);
    let mut problems = Vec::new();
    for name in FIELDS.into_iter().filter(|name| note.field(name).is_none()) {
        let detail = format!("{key} has no field {name}");
        problems.push(in_field(ProblemKind::MissingField, id, name, detail));
    }
    if let Some(other) = note.field("id").filter(|other| *other != id.as_bytes()) {
        let other = quoted(&String::from_utf8_lossy(other));
        let detail = format!("the field id of {key} says {other:?}");
        problems.push(in_field(ProblemKind::OtherId, id, "id", detail));
    }
    for (name, value) in &note.fields {
        // An `id` that is not UTF-8 is reported as another id.
        let is_text = name == b"id" || str::from_utf8(value).is_ok();
        if !is_text || str::from_utf8(name).is_err() {
            let name = String::from_utf8_lossy(name);
            let detail = format!("{name} of {key} is not UTF-8");
            problems.push(in_field(ProblemKind::NotUtf8, id, &name, detail));
        }
    }
    for name in ["created_at", "updated_at"] {
        problems.extend(time_problem(id, note, name, now));
    }
    if let (Some(created), Some(updated)) = (time(note, "created_at"), time(note, "updated_at"))
        && created - updated > CLOCK_SKEW
    {
        let detail = format!("updated_at of {key} is before its created_at");
        problems.push(Problem::of_note(ProblemKind::TimesReversed, id, detail));
    }
    problems
}

/// Checks a time. One that is missing or not UTF-8 is a problem of its own.
fn time_problem(id: &str, note: &RawNote, name: &str, now: DateTime<Utc>) -> Option<Problem> {
    let key = keys::of_note(id);
    let text = quoted(str::from_utf8(note.field(name)?).ok()?);
    let Some(time) = time(note, name) else {
        let detail = format!("{name} of {key} is no time: {text:?}");
        return Some(in_field(ProblemKind::BadTime, id, name, detail));
    };
    if time - now <= CLOCK_SKEW {
        return None;
    }
    let until = match name {
        "updated_at" => "; until then `@` is this note",
        _ => "",
    };
    let detail = format!("{name} of {key} has not come yet: {text}{until}");
    Some(in_field(ProblemKind::FutureTime, id, name, detail))
}

fn time(note: &RawNote, name: &str) -> Option<DateTime<Utc>> {
    timestamp::parse(str::from_utf8(note.field(name)?).ok()?)
}

fn in_field(kind: ProblemKind, id: &str, field: &str, detail: String) -> Problem {
    Problem {
        field: Some(field.to_owned()),
        ..Problem::of_note(kind, id, detail)
    }
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

    /// Returns the problems of a good note after one field of it was replaced or added.
    fn found(name: &[u8], value: Option<&[u8]>) -> Vec<(ProblemKind, Option<String>)> {
        let now = timestamp::parse("2024-01-15T12:00:00Z").unwrap();
        let fields = GOOD
            .iter()
            .map(|(name, value)| (name.as_bytes(), *value))
            .filter(|(known, _)| *known != name)
            .chain(value.map(|value| (name, value)))
            .map(|(name, value)| (name.to_vec(), value.to_vec()))
            .collect();
        let note = RawNote {
            listed: true,
            fields,
        };
        problems("n", &note, now)
            .into_iter()
            .map(|problem| (problem.kind, problem.field))
            .collect()
    }

    #[test]
    fn a_note_as_it_should_be_has_no_problems() {
        assert_eq!(found(b"tag", Some(b"x")), []);
        assert_eq!(found(b"updated_at", Some(b"2024-01-15 12:01:00")), []);
        assert_eq!(found(b"updated_at", Some(b"2024-01-15T10:29:01Z")), []);
    }

    #[test]
    fn each_problem_is_told_with_its_field() {
        let day = "2024-01-15T";
        for (name, value, kind, field) in [
            ("id", None, ProblemKind::MissingField, Some("id")),
            ("title", None, ProblemKind::MissingField, Some("title")),
            ("content", None, ProblemKind::MissingField, Some("content")),
            (
                "created_at",
                None,
                ProblemKind::MissingField,
                Some("created_at"),
            ),
            (
                "updated_at",
                None,
                ProblemKind::MissingField,
                Some("updated_at"),
            ),
            ("id", Some("m".to_owned()), ProblemKind::OtherId, Some("id")),
            ("id", Some(String::new()), ProblemKind::OtherId, Some("id")),
            (
                "created_at",
                Some(String::new()),
                ProblemKind::BadTime,
                Some("created_at"),
            ),
            (
                "updated_at",
                Some("now".into()),
                ProblemKind::BadTime,
                Some("updated_at"),
            ),
            (
                "updated_at",
                Some(format!("{day}12:01:01Z")),
                ProblemKind::FutureTime,
                Some("updated_at"),
            ),
            (
                "updated_at",
                Some(format!("{day}10:28:59Z")),
                ProblemKind::TimesReversed,
                None,
            ),
        ] {
            let value = value.as_deref().map(str::as_bytes);
            let expected = (kind, field.map(str::to_owned));
            assert_eq!(
                found(name.as_bytes(), value),
                [expected],
                "{name} {value:?}"
            );
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_reported_once() {
        let no_text = |field: &str| (ProblemKind::NotUtf8, Some(field.to_owned()));
        assert_eq!(found(b"content", Some(b"\xff")), [no_text("content")]);
        assert_eq!(found(b"created_at", Some(b"\xff")), [no_text("created_at")]);
        assert_eq!(found(b"\xfftag", Some(b"x")), [no_text("\u{fffd}tag")]);
        let other_id = (ProblemKind::OtherId, Some("id".to_owned()));
        assert_eq!(found(b"id", Some(b"\xff")), [other_id]);
    }

    #[test]
    fn a_long_value_is_quoted_in_part() {
        let long = "é".repeat(70);
        assert_eq!(quoted(&long), format!("{}…", "é".repeat(64)));
        assert_eq!(quoted("short"), "short");
    }
}
