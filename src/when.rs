//! Times as people type them: `2d`, `last monday`, `yesterday 10:30`, `2026-01`.
//!
//! They are read in a time zone, relative ones from a given moment. A text with no meaning, or several,
//! is rejected.

mod calendar;
#[cfg(test)]
mod tests;

use chrono::{
    DateTime, Datelike as _, Days, FixedOffset, Months, NaiveDate, NaiveTime, Offset as _,
    TimeDelta, TimeZone, Utc, Weekday,
};

use self::calendar::{DateRange, dated, number};
pub(crate) use self::calendar::{Span, moment};

/// A time of day, with its offset if the text has one.
#[derive(Clone, Copy)]
struct Clock {
    time: NaiveTime,
    offset: Option<FixedOffset>,
}

/// Reads a time; `None` if it is not understood.
///
/// Only a date with its year can lie ahead of `now`: `2d` is two days ago, and `monday`, `november`
/// and `10:30` are the latest that have begun. A time without an offset is local.
pub(crate) fn span<Z>(text: &str, now: &DateTime<Z>) -> Option<Span>
where
    Z: TimeZone<Offset: Copy>,
{
    if let Some(span) = date(text, &now.timezone()) {
        return Some(span);
    }
    let text = normalize(text);
    let words: Vec<&str> = text.split(' ').collect();
    if words == ["now"] {
        return Some(Span::moment(now.to_utc()));
    }
    ago(&words, now).or_else(|| recent(&words, now))
}

/// Reads a date with its year, alone or with a time of day. It does not depend on the current time.
pub(crate) fn date<Z: TimeZone>(text: &str, zone: &Z) -> Option<Span> {
    let text = text.trim();
    let with_offset =
        DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
    if let Ok(time) = with_offset {
        return Some(Span::moment(time.to_utc()));
    }
    let text = normalize(text);
    let words: Vec<&str> = text.split(' ').collect();
    let (day, clock) = split_clock(&words);
    let dates = dated(day)?;
    match clock {
        None => dates.span(zone),
        Some(Clock { time, offset: None }) => dates.at(time, zone),
        Some(Clock {
            time,
            offset: Some(offset),
        }) => dates.at(time, &offset),
    }
}

/// Reads a duration before now: `2d`, `2h30m`, `3 hours ago`, `a week ago`.
fn ago<Z: TimeZone>(words: &[&str], now: &DateTime<Z>) -> Option<Span> {
    let words = words.strip_suffix(&["ago"]).unwrap_or(words);
    let mut parts = Vec::new();
    for word in words {
        for part in word
            .as_bytes()
            .chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit())
        {
            parts.push(str::from_utf8(part).ok()?);
        }
    }
    if parts.is_empty() {
        return None;
    }
    let (mut months, mut days, mut seconds) = (0_u64, 0_u64, 0_u64);
    for pair in parts.chunks(2) {
        let &[number, unit] = pair else {
            return None;
        };
        let number = parse_count(number)?;
        match unit {
            "s" | "sec" | "secs" | "second" | "seconds" => seconds += number,
            "m" | "min" | "mins" | "minute" | "minutes" => seconds += 60 * number,
            "h" | "hr" | "hrs" | "hour" | "hours" => seconds += 3600 * number,
            "d" | "day" | "days" => days += number,
            "w" | "wk" | "wks" | "week" | "weeks" => days += 7 * number,
            "month" | "months" => months += number,
            "y" | "yr" | "yrs" | "year" | "years" => months += 12 * number,
            _ => return None,
        }
    }
    let mut time = now.to_utc();
    if months > 0 || days > 0 {
        let day = now
            .naive_local()
            .checked_sub_months(Months::new(months.try_into().ok()?))?
            .checked_sub_days(Days::new(days))?;
        time = moment(day, &now.timezone())?;
    }
    let seconds = TimeDelta::try_seconds(seconds.try_into().ok()?)?;
    time.checked_sub_signed(seconds).map(Span::moment)
}

/// Reads a day or a time of day that has no year: the latest that has begun.
fn recent<Z: TimeZone>(words: &[&str], now: &DateTime<Z>) -> Option<Span> {
    let (day, clock) = split_clock(words);
    if day.is_empty() && clock.is_none() {
        return None;
    }
    let today = now.date_naive();
    if let Some(dates) = relative(day, today) {
        return begun(dates, clock, now);
    }
    // If the time of day is still to come, the last such day is the one before.
    begun(recurring(day, today)?, clock, now)
        .or_else(|| begun(recurring(day, today.pred_opt()?)?, clock, now))
}

/// Returns the time of day in those days, or all of them without one, if it has begun.
fn begun<Z: TimeZone>(dates: DateRange, clock: Option<Clock>, now: &DateTime<Z>) -> Option<Span> {
    let span = match clock {
        None => dates.span(&now.timezone()),
        Some(Clock { time, offset: None }) => dates.at(time, &now.timezone()),
        Some(_) => None,
    };
    span.filter(|span| span.first <= now.to_utc())
}

/// Reads days that words name relative to today.
fn relative(words: &[&str], today: NaiveDate) -> Option<DateRange> {
    match *words {
        ["today"] => DateRange::day(today),
        ["yesterday"] => DateRange::day(today.pred_opt()?),
        ["day", "before", "yesterday"] | ["the", "day", "before", "yesterday"] => {
            DateRange::day(today.checked_sub_days(Days::new(2))?)
        }
        ["this", "week"] => DateRange::week(today),
        ["last", "week"] => DateRange::week(today.checked_sub_days(Days::new(7))?),
        ["this", "month"] => DateRange::month(today.year(), today.month()),
        ["last", "month"] => {
            let day = today.checked_sub_months(Months::new(1))?;
            DateRange::month(day.year(), day.month())
        }
        ["this", "year"] => DateRange::year(today.year()),
        ["last", "year"] => DateRange::year(today.year() - 1),
        ["last", name] if name.parse::<Weekday>().is_ok() => recurring(&[name], today.pred_opt()?),
        ["last", name] => recurring(&[name], today.with_day(1)?.pred_opt()?),
        _ => None,
    }
}

/// Reads a weekday, month or day of a year, the latest up to the given day.
fn recurring(words: &[&str], up_to: NaiveDate) -> Option<DateRange> {
    /// The most years between two 29ths of February.
    const LEAP_YEARS_APART: i32 = 8;

    if words.is_empty() {
        return DateRange::day(up_to);
    }
    if let &[name] = words
        && let Ok(weekday) = name.parse::<Weekday>()
    {
        let days = up_to.weekday().days_since(weekday);
        return DateRange::day(up_to.checked_sub_days(Days::new(days.into()))?);
    }
    for back in 0..=LEAP_YEARS_APART {
        let year = (up_to.year() - back).to_string();
        let dates = dated(&[words, &[&*year]].concat());
        if let Some(dates) = dates.filter(|dates| dates.first <= up_to) {
            return Some(dates);
        }
    }
    None
}

/// Splits a time of day off the end of the words: `10:30`, `at 9pm`, `10:30:00 +0100`.
fn split_clock<'a, 'b>(words: &'a [&'b str]) -> (&'a [&'b str], Option<Clock>) {
    let (day, clock) = match words {
        [day @ .., time, offset] if is_offset(offset) => {
            (day, parse_clock(&format!("{time}{offset}")))
        }
        [day @ .., time] => (day, parse_clock(time)),
        [] => (words, None),
    };
    match (day, clock) {
        (_, None) => (words, None),
        ([day @ .., "at"] | day, clock) => (day, clock),
    }
}

fn is_offset(word: &str) -> bool {
    word.starts_with(['+', '-', 'z']) || word.starts_with("utc") || word.starts_with("gmt")
}

fn parse_clock(text: &str) -> Option<Clock> {
    let zones = [
        text.find(['+', '-', 'z']),
        text.find("utc"),
        text.find("gmt"),
    ];
    let (time, offset) = match zones.into_iter().flatten().min() {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let offset = match offset {
        "" => None,
        "z" | "utc" | "gmt" => Some(Utc.fix()),
        offset => Some(parse_offset(offset)?),
    };
    let time = match time {
        "noon" => NaiveTime::from_hms_opt(12, 0, 0),
        "midnight" => Some(NaiveTime::MIN),
        time if time.ends_with("am") || time.ends_with("pm") => {
            let (time, half) = time.split_at(time.len() - 2);
            let minutes = if time.contains(':') { "" } else { ":00" };
            NaiveTime::parse_from_str(&format!("{time}{minutes}{half}"), "%I:%M%p").ok()
        }
        time => NaiveTime::parse_from_str(time, "%H:%M")
            .or_else(|_| NaiveTime::parse_from_str(time, "%H:%M:%S%.f"))
            .ok(),
    };
    time.map(|time| Clock { time, offset })
}

/// Reads `+01:00`, `+0100`, `+01` or `GMT+0100`.
fn parse_offset(text: &str) -> Option<FixedOffset> {
    let text = text
        .strip_prefix("gmt")
        .or(text.strip_prefix("utc"))
        .unwrap_or(text);
    let minutes = if text.len() == 3 { "00" } else { "" };
    format!("{text}{minutes}").parse().ok()
}

/// Reads a count, in digits or as a word.
fn parse_count(text: &str) -> Option<u64> {
    const WORDS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];

    if ["a", "an"].contains(&text) {
        return Some(1);
    }
    match (1..).zip(WORDS).find(|(_, word)| *word == text) {
        Some((count, _)) => Some(count),
        None => number(text, 1..=9),
    }
}

/// Returns the text in lower case, with one space between words and before a time of day.
fn normalize(text: &str) -> String {
    let text = text.to_lowercase().replace(',', " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ").replace(" am", "am").replace(" pm", "pm");
    match text.split_once('t') {
        Some((date, time))
            if date.ends_with(|c: char| c.is_ascii_digit())
                && time.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            format!("{date} {time}")
        }
        _ => text,
    }
}
