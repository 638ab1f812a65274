//! WHEN in zones whose clocks change, and for any text.

use std::fmt;

use chrono::{LocalResult, NaiveDateTime, Offset, Utc};
use proptest::prelude::*;

use super::*;

/// A zone whose clocks change once: at midnight of 25 October in UTC.
#[derive(Clone, Copy, Debug)]
struct Zone {
    before: FixedOffset,
    after: FixedOffset,
}

/// An offset of a [`Zone`], which remembers the zone.
#[derive(Clone, Copy, Debug)]
struct ZoneOffset {
    zone: Zone,
    offset: FixedOffset,
}

impl Zone {
    /// With these offsets in hours.
    fn new([before, after]: [i32; 2]) -> Self {
        let [before, after] =
            [before, after].map(|hours| FixedOffset::east_opt(hours * 3600).unwrap());
        Self { before, after }
    }

    fn with(self, offset: FixedOffset) -> ZoneOffset {
        ZoneOffset { zone: self, offset }
    }

    /// Local 2026-10-25 00:00 or, where that does not exist, the time after it.
    fn change() -> NaiveDateTime {
        "2026-10-25T00:00:00".parse().unwrap()
    }
}

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        self.offset
    }
}

impl fmt::Display for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.offset.fmt(f)
    }
}

impl TimeZone for Zone {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Self {
        offset.zone
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> LocalResult<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_time(NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> LocalResult<ZoneOffset> {
        let is_before = *local - self.before < Self::change();
        let is_after = *local - self.after >= Self::change();
        match (is_before, is_after) {
            (true, true) => LocalResult::Ambiguous(self.with(self.before), self.with(self.after)),
            (true, false) => LocalResult::Single(self.with(self.before)),
            (false, true) => LocalResult::Single(self.with(self.after)),
            (false, false) => LocalResult::None,
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_from_utc_datetime(&utc.and_time(NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        if *utc < Self::change() {
            self.with(self.before)
        } else {
            self.with(self.after)
        }
    }
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse::<NaiveDateTime>().unwrap().and_utc()
}

fn first(text: &str, now: &DateTime<impl TimeZone<Offset: Copy>>) -> Option<String> {
    let span = span(text, now)?;
    Some(span.first.format("%Y-%m-%dT%H:%M:%S").to_string())
}

#[test]
fn an_offset_counts_and_a_time_without_one_is_local() {
    let now = DateTime::parse_from_rfc3339("2026-11-25T14:30:05+01:00").unwrap();
    for text in [
        "2024-01-02T10:00:00.000+01:00",
        "2024-01-02T09:00Z",
        "2024-01-02 10:00",
        "2024-01-02 10:00:00 +0100",
        "2024-01-02 10:00:00 +01:00",
        "2024-01-02T10:00:00+0100",
        "2024-01-02 04:00 -05:00",
        "2024-01-02 10:00:00 +01",
        "2024-01-02 09:00:00 UTC",
        "Tue Jan 02 2024 10:00:00 GMT+0100",
        "2 January 2024 10am",
        "Tue, 2 Jan 2024 10:00:00 +0100",
    ] {
        let expected = Some("2024-01-02T09:00:00".to_owned());
        assert_eq!(first(text, &now), expected, "{text}");
    }
    for text in [
        "10:30 +0100",
        "yesterday 10:30Z",
        "2024-01-02 +0100",
        "2024-01-02 10:00 +99:00",
        "2024-01-02 10:00 europe/berlin",
    ] {
        assert_eq!(first(text, &now), None, "{text}");
    }
}

#[test]
fn a_time_that_clocks_leave_out_is_the_moment_after_and_one_that_comes_twice_the_first() {
    // From 02:00 to 03:00.
    let forward = Zone::new([2, 3]);
    let now = utc("2026-10-26T12:00:00").with_timezone(&forward);
    for (text, expected) in [
        ("2026-10-25 01:59:59", "2026-10-24T23:59:59"),
        ("2026-10-25 02:00", "2026-10-25T00:00:00"),
        ("2026-10-25 02:30:30.5", "2026-10-25T00:00:00"),
        ("2026-10-25 03:00", "2026-10-25T00:00:00"),
    ] {
        assert_eq!(first(text, &now).as_deref(), Some(expected), "{text}");
    }
    // From 02:00 back to 01:00.
    let back = Zone::new([2, 1]);
    let now = utc("2026-10-26T12:00:00").with_timezone(&back);
    assert_eq!(
        first("2026-10-25 01:30", &now).as_deref(),
        Some("2026-10-24T23:30:00")
    );
}

#[test]
fn a_time_of_day_is_the_latest_that_was() {
    // The clocks went from 02:00 back to 01:00, and it is 01:15 for the second time.
    let now = utc("2026-10-25T00:15:00").with_timezone(&Zone::new([2, 1]));
    for (text, expected) in [
        ("01:15", "2026-10-24T23:15:00"),
        ("01:30", "2026-10-24T23:30:00"),
        ("02:30", "2026-10-24T00:30:00"),
        ("1h", "2026-10-24T23:15:00"),
        ("today", "2026-10-24T22:00:00"),
    ] {
        assert_eq!(first(text, &now).as_deref(), Some(expected), "{text}");
    }
}

/// The offsets of zones before and after the change: the clocks stand, go forward or back, over
/// midnight, and over a whole day.
fn zone() -> impl Strategy<Value = Zone> {
    let offsets = [
        [0, 0],
        [1, 2],
        [2, 1],
        [0, 1],
        [1, 0],
        [-5, -4],
        [-4, -5],
        [-10, 14],
        [14, -10],
    ];
    prop::sample::select(offsets.to_vec()).prop_map(Zone::new)
}

/// A time within three days of the change, of which some are on the hour.
fn now() -> impl Strategy<Value = DateTime<Utc>> {
    let minutes = prop_oneof![
        -72_i64 * 60..72 * 60,
        (-72_i64..72).prop_map(|hour| hour * 60)
    ];
    minutes.prop_map(|minutes| (Zone::change() + TimeDelta::minutes(minutes)).and_utc())
}

/// Texts of the words that are known, most of them without a meaning.
fn words() -> impl Strategy<Value = String> {
    let word = "today|yesterday|day before yesterday|now|noon|midnight|this|last|week|month|year|ago\
                |at|a|one|[0-9]{1,5}|[0-9]{1,5} ?(s|m|h|d|w|y|months)|monday|sun|october|feb|tomorrow|next\
                |[0-2]?[0-9]:[0-5][0-9]|1?[0-9](am| pm)|[+-][0-9]{4}|[0-9]{1,2}(st|th)?";
    prop::collection::vec(word, 1..4).prop_map(|words| words.join(" "))
}

/// Phrases that have a meaning at any time.
fn phrase() -> impl Strategy<Value = String> {
    let clock =
        "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|(1[0-2]|[1-9])(:30)?(am|pm)|noon|midnight";
    let timed = ("yesterday|monday|last sun|15 oct", "(at )?", clock);
    prop_oneof![
        "([1-9][0-9]?(s|m|h|d|w|y| months| hrs)){1,3}( ago)?",
        "(a|an|two) (day|week|month|year) ago",
        "today|yesterday|(last )?(monday|tue|wednesday|sun)|(this|last) (week|month|year)",
        "(last )?(october|feb)|[12]?[1-9](th)? (oct|feb)|feb 29",
        "2[0-9]{3}-(0[1-9]|1[0-2])(-[0-2][1-8])?|(19|20)[0-9]{2}",
        clock,
        timed.prop_map(|(day, at, clock)| format!("{day} {at}{clock}")),
    ]
}

/// A date with its year, and this alone, may lie ahead.
fn has_year(text: &str) -> bool {
    let digits = text
        .as_bytes()
        .chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit());
    digits
        .into_iter()
        .any(|run| run.len() >= 4 && run[0].is_ascii_digit())
}

proptest! {
    #[test]
    fn nothing_but_a_date_with_its_year_lies_ahead(
        text in prop_oneof![words(), phrase(), any::<String>()],
        zone in zone(), now in now(),
    ) {
        if let Some(Span { first, last }) = span(&text, &now.with_timezone(&zone)) {
            prop_assert!(first <= now || has_year(&text), "{first}");
            prop_assert!(first <= last, "{first} {last}");
        }
    }

    #[test]
    fn a_phrase_is_understood_whatever_the_clocks_do(
        text in phrase(), zone in zone(), now in now(),
    ) {
        prop_assert!(span(&text, &now.with_timezone(&zone)).is_some());
    }
}
