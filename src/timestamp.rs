//! Times as the notes carry them: the text of Python's `datetime.now(timezone.utc).isoformat()`.
//!
//! That is RFC 3339 in UTC with an offset of `+00:00` and six digits of fraction, or none where the
//! fraction is exactly zero. The clock is read by `now` alone; everything else takes the time as
//! a value. What people call a time is read here too, by the one place that names interim.

use chrono::{
    DateTime, Days, Local, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat,
    SubsecRound as _, TimeDelta, TimeZone, Timelike as _, Utc,
};
use interim::{Dialect, parse_date_string};

/// The time now, cut to the microseconds that the notes carry.
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

/// Reads a time as another writer may have left it: with any offset, or none (then it is UTC), a
/// `T` or a space between date and time, and any number of digits in the fraction.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|pattern| NaiveDateTime::parse_from_str(text, pattern).ok())
        .map(|time| time.and_utc())
}

/// The same time where the user is, by `TZ` or the system.
pub(crate) fn local(time: DateTime<Utc>) -> DateTime<Local> {
    time.with_timezone(&Local)
}

/// The first and the last moment of what a person calls a time: `2026-01-15`, `2d`, `yesterday`,
/// `last monday`, or RFC 3339. They differ where it is a day.
///
/// What has no offset is meant in the zone of `now`. What could be ahead or past is past: `2d` is
/// two days ago, and `monday` the last one.
pub(crate) fn span<Z: TimeZone<Offset: Copy>>(
    text: &str,
    now: &DateTime<Z>,
) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some((time.to_utc(), time.to_utc()));
    }
    let text = &plain(text)?;
    let read = |text: &str| parse_date_string(text, *now, Dialect::Uk).ok();
    let mut time = read(text)?;
    if time > *now {
        let past = [format!("{text} ago"), format!("last {text}")];
        let past = past.iter().filter_map(|text| read(text));
        time = past.into_iter().find(|past| past <= now).unwrap_or(time);
    }
    let is_day = ["today", "yesterday", "tomorrow"].contains(&text.as_str());
    if !is_day && time.time() != NaiveTime::MIN {
        return Some((time.to_utc(), time.to_utc()));
    }
    let day = time.date_naive();
    let begin = |day: NaiveDate| {
        let midnight = day.and_time(NaiveTime::MIN);
        // Where clocks go forward at midnight the day begins an hour later.
        let times = [midnight, midnight + TimeDelta::hours(1)];
        let mut times = times
            .iter()
            .map(|time| now.timezone().from_local_datetime(time));
        Some(times.find_map(LocalResult::earliest)?.to_utc())
    };
    let end = begin(day.checked_add_days(Days::new(1))?)?;
    Some((begin(day)?, end - TimeDelta::nanoseconds(1)))
}

/// The text as interim can be given it: it panics at a capital or a long word after an hour.
fn plain(text: &str) -> Option<String> {
    /// No word and no number of a date is longer.
    const LONGEST: usize = 9;

    let text = text.to_lowercase();
    let mut parts = text.split(|c: char| !c.is_alphanumeric());
    // Which of 1/2 is the month depends on the country.
    if text.contains('/') || !text.is_ascii() || parts.any(|part| part.len() > LONGEST) {
        return None;
    }
    if let Some((before, _)) = text.split_once(':') {
        // interim counts hours from 24 on into the next day.
        let hour = before.rsplit(|c: char| !c.is_ascii_digit()).next()?;
        hour.parse().ok().filter(|hour: &u8| *hour < 24)?;
    }
    match text.split_once('t') {
        Some((date, time)) if date.ends_with(|c: char| c.is_ascii_digit()) => {
            Some(format!("{date} {time}"))
        }
        _ => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_words_lies_in_the_past_and_a_day_has_two_ends() {
        let now = DateTime::parse_from_rfc3339("2026-11-25T14:30:05+01:00").unwrap();
        let ends = |text: &str| {
            let (from, to) = span(text, &now)?;
            let local = |time: DateTime<Utc>| time.with_timezone(&now.timezone());
            let form = "%m-%d %H:%M:%S";
            Some(format!(
                "{} {}",
                local(from).format(form),
                local(to).format(form)
            ))
        };
        let day = |day: &str| Some(format!("{day} 00:00:00 {day} 23:59:59"));
        let moment = |time: &str| Some(format!("{time} {time}"));
        assert_eq!(ends("2026-01-15"), day("01-15"));
        assert_eq!(ends("15 Jan"), day("01-15"));
        assert_eq!(ends("Yesterday"), day("11-24"));
        assert_eq!(ends("today"), day("11-25"));
        assert_eq!(ends("last monday"), day("11-23"));
        assert_eq!(ends("monday"), day("11-23"), "no monday to come");
        assert_eq!(ends("2d"), moment("11-23 14:30:05"));
        assert_eq!(ends(" 3 hours ago "), moment("11-25 11:30:05"));
        assert_eq!(ends("2026-01-15 10:30"), moment("01-15 10:30:00"));
        assert_eq!(ends("2026-01-15T10:30"), moment("01-15 10:30:00"));
        assert_eq!(ends("9AM"), moment("11-25 09:00:00"));
        assert_eq!(ends("2026-01-15T00:00:00Z"), moment("01-15 01:00:00"));
        for text in [
            "",
            "soon",
            "2026-13-01",
            "1/2/2026",
            "99999999999 years ago",
            "4 II",
            "9 abcdefghijklmnopqrstuvwxyz",
            "é",
            "25:00",
            "yesterday 24:00",
            "2026-01-15T25:00:00Z",
        ] {
            assert_eq!(ends(text), None, "{text}");
        }
    }

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
