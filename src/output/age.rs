//! The age of a time, in words.

use std::time::Duration;

use chrono::{DateTime, Utc};
use timeago::{Formatter, TimeUnit};

use crate::note::Note;
use crate::timestamp;

/// The time of notes that people see in a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShownTime {
    /// `created_at` or `updated_at`.
    pub(crate) field: &'static str,
    pub(crate) now: DateTime<Utc>,
}

impl ShownTime {
    pub(super) fn heading(self) -> &'static str {
        match self.field {
            "created_at" => "CREATED",
            _ => "UPDATED",
        }
    }

    /// Describes the age of this time of a note.
    pub(super) fn describe(self, note: &Note) -> String {
        describe(note.field(self.field).unwrap_or_default(), self.now)
    }
}

/// Describes the age of a stored time; text that is no time is returned as it is.
pub(super) fn describe(stored: &str, now: DateTime<Utc>) -> String {
    timestamp::parse(stored).map_or_else(|| stored.to_owned(), |time| in_words(time, now))
}

/// Describes the distance of `time` from `now`, to one unit: `just now` (under a minute, in either
/// direction, since clocks differ), `3 days ago`, `in 2 hours`.
pub(super) fn in_words(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let mut formatter = Formatter::new();
    formatter.min_unit(TimeUnit::Minutes).too_low("just now");
    let ago = now.signed_duration_since(time);
    if let Ok(past) = ago.to_std() {
        return formatter.convert(past);
    }
    let ahead = (-ago).to_std().unwrap_or(Duration::MAX);
    if ahead < TimeUnit::Minutes.min_duration() {
        formatter.convert(ahead)
    } else {
        formatter.ago("");
        format!("in {}", formatter.convert(ahead))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_long_ago_to_one_unit() {
        let now = timestamp::parse("2024-03-10T12:00:00+00:00").unwrap();
        for (time, words) in [
            ("2024-03-10T12:00:00+00:00", "just now"),
            ("2024-03-10T11:59:00.5+00:00", "just now"),
            ("2024-03-10T11:59:00+00:00", "1 minute ago"),
            ("2024-03-10T10:00:00+00:00", "2 hours ago"),
            ("2024-03-07T12:00:00+00:00", "3 days ago"),
            ("2024-02-10T12:00:00+00:00", "4 weeks ago"),
            ("2023-12-01T12:00:00+00:00", "3 months ago"),
            ("1970-01-01T00:00:00+00:00", "54 years ago"),
            ("2024-03-10T12:00:59+00:00", "just now"),
            ("2024-03-10T12:01:00+00:00", "in 1 minute"),
            ("2024-03-12T12:00:00+00:00", "in 2 days"),
        ] {
            assert_eq!(
                in_words(timestamp::parse(time).unwrap(), now),
                words,
                "{time}"
            );
        }
    }

    #[test]
    fn the_ends_of_time_have_words_too() {
        let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        assert!(in_words(first, last).ends_with("years ago"));
        assert!(in_words(last, first).starts_with("in "));
    }
}
