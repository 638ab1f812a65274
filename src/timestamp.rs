//! The times of notes: the text of Python's `datetime.now(timezone.utc).isoformat()`.
//!
//! That is RFC 3339 in UTC with the offset `+00:00` and six digits of fraction, or none if the fraction
//! is zero. Only `now` reads the clock.

use chrono::{DateTime, Local, NaiveDateTime, SecondsFormat, SubsecRound as _, Timelike as _, Utc};

/// Returns the current time, cut to the microseconds that notes have.
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// Writes a time as Python's `isoformat()` does.
pub(crate) fn format(time: DateTime<Utc>) -> String {
    let fraction = match time.nanosecond() / 1_000 {
        0 => SecondsFormat::Secs,
        _ => SecondsFormat::Micros,
    };
    time.to_rfc3339_opts(fraction, false)
}

/// Reads a time of any program: with any offset, or none (then it is UTC), a `T` or a space between date
/// and time, and any number of digits in the fraction.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|pattern| NaiveDateTime::parse_from_str(text, pattern).ok())
        .map(|time| time.and_utc())
}

/// Converts a time to the user's time zone, by `TZ` or the system.
pub(crate) fn local(time: DateTime<Utc>) -> DateTime<Local> {
    time.with_timezone(&Local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_python_writes() {
        for text in [
            "2024-01-15T10:30:00.123456+00:00",
            "2024-01-15T10:30:00.120000+00:00",
            "2024-01-15T10:30:00+00:00",
        ] {
            assert_eq!(format(parse(text).unwrap()), text);
        }
    }

    #[test]
    fn reads_what_other_writers_leave() {
        let expected = parse("2024-01-15T10:30:00.5+00:00").unwrap();
        for text in [
            "2024-01-15T11:30:00.5+01:00",
            "2024-01-15T10:30:00.5Z",
            "2024-01-15T10:30:00.500",
            "2024-01-15 10:30:00.5",
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        for text in ["", "yesterday", "2024-13-01T00:00:00+00:00", "1705314600"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
