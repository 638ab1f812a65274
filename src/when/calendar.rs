//! Days, months and years of the calendar, and the moments at which they begin in a time zone.

use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::{
    DateTime, Datelike as _, Days, Month, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset as _,
    TimeDelta, TimeZone, Utc, Weekday,
};

/// The first and the last moment of a time; the same unless it is a day or longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) first: DateTime<Utc>,
    pub(crate) last: DateTime<Utc>,
}

/// One day or several in a row.
#[derive(Clone, Copy)]
pub(super) struct DateRange {
    pub(super) first: NaiveDate,
    /// The day after the last.
    end: NaiveDate,
}

impl Span {
    pub(super) fn moment(time: DateTime<Utc>) -> Self {
        Self {
            first: time,
            last: time,
        }
    }
}

impl DateRange {
    pub(super) fn day(first: NaiveDate) -> Option<Self> {
        let end = first.succ_opt()?;
        Some(Self { first, end })
    }

    /// Returns the week of a day, from Monday on.
    pub(super) fn week(day: NaiveDate) -> Option<Self> {
        let first = day.week(Weekday::Mon).checked_first_day()?;
        let end = first.checked_add_days(Days::new(7))?;
        Some(Self { first, end })
    }

    pub(super) fn month(year: i32, month: u32) -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        let end = first.checked_add_months(Months::new(1))?;
        Some(Self { first, end })
    }

    pub(super) fn year(year: i32) -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
        let end = first.checked_add_months(Months::new(12))?;
        Some(Self { first, end })
    }

    pub(super) fn span<Z: TimeZone>(self, zone: &Z) -> Option<Span> {
        let first = moment(self.first.and_time(NaiveTime::MIN), zone)?;
        let end = moment(self.end.and_time(NaiveTime::MIN), zone)?;
        let last = end - TimeDelta::nanoseconds(1);
        Some(Span { first, last })
    }

    /// Returns a time of day; `None` if there are several days.
    pub(super) fn at<Z: TimeZone>(self, time: NaiveTime, zone: &Z) -> Option<Span> {
        if self.first.succ_opt() != Some(self.end) {
            return None;
        }
        moment(self.first.and_time(time), zone).map(Span::moment)
    }
}

/// Returns the moment of a local time: the first of one that comes twice; for one that clocks skip, the
/// moment at which they go forward.
///
/// Only converts moments to local times: in the other direction, for a time that comes twice, chrono's
/// `Local` returns the second first.
pub(crate) fn moment<Z: TimeZone>(local: NaiveDateTime, zone: &Z) -> Option<DateTime<Utc>> {
    /// More than any offset and any change of it.
    const FAR: TimeDelta = TimeDelta::days(2);

    if !(0..=10_000).contains(&local.year()) {
        return None;
    }
    let near = local.and_utc();
    let offsets = [near - FAR, near + FAR].map(|time| time.with_timezone(zone).offset().fix());
    let times = offsets.map(|offset| near - TimeDelta::seconds(offset.local_minus_utc().into()));
    let times = times
        .iter()
        .filter(|time| time.with_timezone(zone).naive_local() == local);
    if let Some(time) = times.min() {
        return Some(*time);
    }
    let (mut before, mut after) = ((near - FAR).timestamp(), (near + FAR).timestamp());
    while after - before > 1 {
        let middle = i64::midpoint(before, after);
        let time = DateTime::from_timestamp(middle, 0)?;
        if time.with_timezone(zone).naive_local() < local {
            before = middle;
        } else {
            after = middle;
        }
    }
    DateTime::from_timestamp(after, 0)
}

/// Reads a date with its year: a day, which may have the name of its weekday, a month or a year.
pub(super) fn dated(words: &[&str]) -> Option<DateRange> {
    let (first, last) = (words.first(), words.last());
    let (weekday, date) = match (
        first.and_then(|it| weekday(it)),
        last.and_then(|it| weekday(it)),
    ) {
        (Some(weekday), _) => (weekday, words.get(1..)?),
        (None, Some(weekday)) => (weekday, words.get(..words.len() - 1)?),
        (None, None) => return undecorated(words),
    };
    let range = undecorated(date)?;
    let is_one_day = range.first.succ_opt() == Some(range.end);
    (is_one_day && range.first.weekday() == weekday).then_some(range)
}

fn weekday(name: &str) -> Option<Weekday> {
    name.parse().ok()
}

/// Reads a date without the name of a weekday.
fn undecorated(words: &[&str]) -> Option<DateRange> {
    match *words {
        [date] => numeric(date),
        [name, year] => DateRange::month(number(year, 4..=4)?, month(name)?),
        [first, second, year] => {
            let (day, name) = match month(first) {
                Some(_) => (second, first),
                None => (first, second),
            };
            let ordinals = ["st", "nd", "rd", "th"];
            let day = ordinals
                .iter()
                .find_map(|end| day.strip_suffix(end))
                .unwrap_or(day);
            let (year, day) = (number(year, 4..=4)?, number(day, 1..=2)?);
            DateRange::day(NaiveDate::from_ymd_opt(year, month(name)?, day)?)
        }
        _ => None,
    }
}

/// Reads `2026-01-15`, `2026/01/15`, `2026.01.15`, `20260115`, `2026-01` or `2026`.
///
/// The year comes first and has four digits: other orders are ambiguous.
fn numeric(text: &str) -> Option<DateRange> {
    /// Another number alone is more likely a time of day.
    const YEARS: RangeInclusive<i32> = 1900..=2099;

    let separator = text
        .find(['/', '.'])
        .and_then(|at| text.get(at..=at))
        .unwrap_or("-");
    let parts: Vec<&str> = text.split(separator).collect();
    let (year, month, day) = match *parts {
        [all] if all.len() == 8 => (all.get(..4)?, all.get(4..6)?, all.get(6..)?),
        [year, month, day] => (year, month, day),
        [year, month] if separator != "." => {
            return DateRange::month(number(year, 4..=4)?, number(month, 1..=2)?);
        }
        [year] => {
            let year = number(year, 4..=4).filter(|year| YEARS.contains(year))?;
            return DateRange::year(year);
        }
        _ => return None,
    };
    let (year, month, day) = (
        number(year, 4..=4)?,
        number(month, 1..=2)?,
        number(day, 1..=2)?,
    );
    DateRange::day(NaiveDate::from_ymd_opt(year, month, day)?)
}

/// Reads a number of this many digits.
pub(super) fn number<N: FromStr>(text: &str, length: RangeInclusive<usize>) -> Option<N> {
    let is_number = length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

fn month(name: &str) -> Option<u32> {
    let month: Month = name.parse().ok()?;
    Some(month.number_from_month())
}
