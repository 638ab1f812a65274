//! WHEN of `--since` and `--until`: phrases at a time and in a zone that `faketime` and `TZ` give.

use std::collections::BTreeSet;

use chrono::{FixedOffset, NaiveDateTime, TimeDelta};

use crate::support::{Run, Sandbox, program};

/// The time of the table: a Monday.
const NOW: &str = "2026-11-30 15:00:00";

/// Phrases, and the first and the last second that they mean, in local time.
#[rustfmt::skip]
const PHRASES: &[(&str, &str, &str)] = &[
    ("2026-11-23T10:00:00", "2026-11-23 10:00:00", "2026-11-23 10:00:00"),
    ("2026-01-15", "2026-01-15 00:00:00", "2026-01-15 23:59:59"),
    ("2026-1-15", "2026-01-15 00:00:00", "2026-01-15 23:59:59"),
    ("20260115", "2026-01-15 00:00:00", "2026-01-15 23:59:59"),
    ("2026-01-15 10:30", "2026-01-15 10:30:00", "2026-01-15 10:30:00"),
    ("2026-01-15T10:30", "2026-01-15 10:30:00", "2026-01-15 10:30:00"),
    ("2026-01-15 10:30:15", "2026-01-15 10:30:15", "2026-01-15 10:30:15"),
    ("2026/01/15", "2026-01-15 00:00:00", "2026-01-15 23:59:59"),
    ("2026-01", "2026-01-01 00:00:00", "2026-01-31 23:59:59"),
    ("2025-02", "2025-02-01 00:00:00", "2025-02-28 23:59:59"),
    ("2025", "2025-01-01 00:00:00", "2025-12-31 23:59:59"),
    ("10:30", "2026-11-30 10:30:00", "2026-11-30 10:30:00"),
    ("15:00", "2026-11-30 15:00:00", "2026-11-30 15:00:00"),
    ("21:30", "2026-11-29 21:30:00", "2026-11-29 21:30:00"),
    ("9:30pm", "2026-11-29 21:30:00", "2026-11-29 21:30:00"),
    ("3pm", "2026-11-30 15:00:00", "2026-11-30 15:00:00"),
    ("4 PM", "2026-11-29 16:00:00", "2026-11-29 16:00:00"),
    ("9am", "2026-11-30 09:00:00", "2026-11-30 09:00:00"),
    ("12am", "2026-11-30 00:00:00", "2026-11-30 00:00:00"),
    ("noon", "2026-11-30 12:00:00", "2026-11-30 12:00:00"),
    ("midnight", "2026-11-30 00:00:00", "2026-11-30 00:00:00"),
    ("now", "2026-11-30 15:00:00", "2026-11-30 15:00:00"),
    ("2d", "2026-11-28 15:00:00", "2026-11-28 15:00:00"),
    ("2h30m", "2026-11-30 12:30:00", "2026-11-30 12:30:00"),
    ("1w", "2026-11-23 15:00:00", "2026-11-23 15:00:00"),
    ("36h", "2026-11-29 03:00:00", "2026-11-29 03:00:00"),
    ("3 hrs", "2026-11-30 12:00:00", "2026-11-30 12:00:00"),
    ("3 hours ago", "2026-11-30 12:00:00", "2026-11-30 12:00:00"),
    ("90 minutes ago", "2026-11-30 13:30:00", "2026-11-30 13:30:00"),
    ("1 day 2 hours ago", "2026-11-29 13:00:00", "2026-11-29 13:00:00"),
    ("an hour ago", "2026-11-30 14:00:00", "2026-11-30 14:00:00"),
    ("a week ago", "2026-11-23 15:00:00", "2026-11-23 15:00:00"),
    ("one week ago", "2026-11-23 15:00:00", "2026-11-23 15:00:00"),
    ("two weeks ago", "2026-11-16 15:00:00", "2026-11-16 15:00:00"),
    ("9 months ago", "2026-02-28 15:00:00", "2026-02-28 15:00:00"),
    ("1 year ago", "2025-11-30 15:00:00", "2025-11-30 15:00:00"),
    ("Today", "2026-11-30 00:00:00", "2026-11-30 23:59:59"),
    ("yesterday", "2026-11-29 00:00:00", "2026-11-29 23:59:59"),
    ("day before yesterday", "2026-11-28 00:00:00", "2026-11-28 23:59:59"),
    ("yesterday 10:30", "2026-11-29 10:30:00", "2026-11-29 10:30:00"),
    ("yesterday at 9am", "2026-11-29 09:00:00", "2026-11-29 09:00:00"),
    ("monday", "2026-11-30 00:00:00", "2026-11-30 23:59:59"),
    ("friday", "2026-11-27 00:00:00", "2026-11-27 23:59:59"),
    ("tue", "2026-11-24 00:00:00", "2026-11-24 23:59:59"),
    ("last monday", "2026-11-23 00:00:00", "2026-11-23 23:59:59"),
    ("last friday", "2026-11-27 00:00:00", "2026-11-27 23:59:59"),
    ("monday 10:30", "2026-11-30 10:30:00", "2026-11-30 10:30:00"),
    ("monday 21:30", "2026-11-23 21:30:00", "2026-11-23 21:30:00"),
    ("this week", "2026-11-30 00:00:00", "2026-12-06 23:59:59"),
    ("last week", "2026-11-23 00:00:00", "2026-11-29 23:59:59"),
    ("this month", "2026-11-01 00:00:00", "2026-11-30 23:59:59"),
    ("last month", "2026-10-01 00:00:00", "2026-10-31 23:59:59"),
    ("this year", "2026-01-01 00:00:00", "2026-12-31 23:59:59"),
    ("last year", "2025-01-01 00:00:00", "2025-12-31 23:59:59"),
    ("november", "2026-11-01 00:00:00", "2026-11-30 23:59:59"),
    ("last november", "2025-11-01 00:00:00", "2025-11-30 23:59:59"),
    ("december", "2025-12-01 00:00:00", "2025-12-31 23:59:59"),
    ("april 2026", "2026-04-01 00:00:00", "2026-04-30 23:59:59"),
    ("15 Jan", "2026-01-15 00:00:00", "2026-01-15 23:59:59"),
    ("15 January 2026", "2026-01-15 00:00:00", "2026-01-15 23:59:59"),
    ("Jan 15, 2026", "2026-01-15 00:00:00", "2026-01-15 23:59:59"),
    ("Thursday, January 15th, 2026", "2026-01-15 00:00:00", "2026-01-15 23:59:59"),
    ("2026-01-15 Thu", "2026-01-15 00:00:00", "2026-01-15 23:59:59"),
    ("2026.01.15", "2026-01-15 00:00:00", "2026-01-15 23:59:59"),
    ("jan 15th", "2026-01-15 00:00:00", "2026-01-15 23:59:59"),
    ("15 dec", "2025-12-15 00:00:00", "2025-12-15 23:59:59"),
    ("29 feb", "2024-02-29 00:00:00", "2024-02-29 23:59:59"),
    // Only what names its year can lie ahead.
    ("2026-12-24 18:00", "2026-12-24 18:00:00", "2026-12-24 18:00:00"),
];

/// The phrases that are not understood, or understood in more than one way.
const REFUSED: &[&str] = &[
    "",
    " ",
    "30.11",
    "10.11",
    "1.12",
    "12",
    "30",
    "3",
    "2130",
    "10 monkeys",
    "4 horses",
    "3 weird",
    "2 mondays ago",
    "1/2/2026",
    "1/2",
    "12-01-15",
    "25:00",
    "24:00",
    "13pm",
    "yesterday 24:00",
    "today 21:30",
    "2026-13-01",
    "2026-02-30",
    "30 feb",
    "friday, january 15, 2026",
    "2026.01",
    "2026-01 10:30",
    "this week 10:30",
    "10:30 10:30",
    "week",
    "ago",
    "2d ago ago",
    "soon",
    "now or never",
    "tomorrow",
    "next week",
    "in 3 days",
    "99999999999 years ago",
    "9999 years ago",
    "é",
];

/// `notes` at a local time of a zone, on a clock that stands still.
struct Clock<'a> {
    sandbox: &'a Sandbox,
    zone: &'static str,
    now: &'static str,
}

impl Clock<'_> {
    fn notes(&self, arguments: &[&str]) -> Run {
        let mut command = self.sandbox.command_by("faketime");
        command
            .env("TZ", self.zone)
            .args(["--exclude-monotonic", "-f", self.now])
            .arg(program())
            .args(arguments);
        command
            .output()
            .expect("faketime can be run; `sh .ci/deps faketime` installs it")
            .into()
    }

    /// The id of the note that a list begins with.
    fn first(&self, arguments: &[&str]) -> String {
        let list = ["list", "--ids", "--sort", "created", "-n1"];
        let run = self.notes(&[&list, arguments].concat());
        assert_eq!((run.code, &*run.stderr), (0, ""), "{arguments:?}: {run:?}");
        run.stdout.trim_end().to_owned()
    }

    /// The first and the last microsecond of a phrase in local time, read from notes of all times
    /// that may be.
    fn ends(&self, phrase: &str) -> [String; 2] {
        [
            self.first(&["--reverse", "--since", phrase]),
            self.first(&["--until", phrase]),
        ]
    }
}

/// The first and the last microsecond as the table gives them by seconds.
fn microseconds(first: &str, last: &str) -> [String; 2] {
    let fraction = if first == last { "000000" } else { "999999" };
    [format!("{first}.000000"), format!("{last}.{fraction}")]
}

/// The offset of a zone at a time that is not within March.
fn offset(zone: &str, local: NaiveDateTime) -> FixedOffset {
    let day = local.format("%m-%d").to_string();
    let is_summer = |end| day.as_str() >= "04-01" && day.as_str() < end;
    let minutes = match zone {
        "Europe/Berlin" if is_summer("10-25") => 120,
        "Europe/Berlin" => 60,
        "America/New_York" if is_summer("11-01") => -240,
        "America/New_York" => -300,
        "Asia/Kolkata" => 330,
        other => panic!("no offsets of {other}"),
    };
    FixedOffset::east_opt(minutes * 60).expect("less than a day")
}

/// Adds a note at each of these local times, and one a microsecond before and after it. Its id is
/// its local time.
fn add_notes_at(sandbox: &Sandbox, zone: &str, times: &BTreeSet<String>) {
    let script = r"for i = 1, #ARGV, 2 do
            local id, time = ARGV[i], ARGV[i + 1]
            redis.call('HSET', 'note:' .. id, 'id', id, 'title', 'T', 'content', '',
                'created_at', time, 'updated_at', time)
            redis.call('SADD', 'notes:ids', id)
        end";
    let mut command: Vec<String> = ["EVAL", script, "0"].map(str::to_owned).into();
    for time in times {
        let local = NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M:%S%.f").unwrap();
        for beside in [-1, 0, 1] {
            let local = local + TimeDelta::microseconds(beside);
            let utc = local
                .and_local_timezone(offset(zone, local))
                .unwrap()
                .to_utc();
            command.push(local.format("%Y-%m-%d %H:%M:%S%.6f").to_string());
            command.push(utc.format("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string());
        }
    }
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    sandbox.redis_cli(&command);
}

/// Compares what every phrase of the table means in a zone.
fn check_table(zone: &'static str) {
    let sandbox = Sandbox::with_redis();
    let expected = PHRASES
        .iter()
        .map(|(_, first, last)| microseconds(first, last));
    add_notes_at(&sandbox, zone, &expected.flatten().collect());
    let clock = Clock {
        sandbox: &sandbox,
        zone,
        now: NOW,
    };
    let wrong = PHRASES.iter().filter_map(|(phrase, first, last)| {
        let (is, expected) = (clock.ends(phrase), microseconds(first, last));
        (is != expected).then(|| format!("{phrase}: {is:?} instead of {expected:?}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{zone}:\n{}", wrong.join("\n"));
}

#[test]
fn a_phrase_means_in_berlin_what_the_table_says() {
    check_table("Europe/Berlin");
}

#[test]
fn a_phrase_means_in_new_york_what_the_table_says() {
    check_table("America/New_York");
}

#[test]
fn a_phrase_means_in_kolkata_what_the_table_says() {
    check_table("Asia/Kolkata");
}

#[test]
fn what_is_not_wholly_understood_is_refused_with_the_forms_there_are() {
    let sandbox = Sandbox::with_redis();
    let clock = Clock {
        sandbox: &sandbox,
        zone: "Europe/Berlin",
        now: NOW,
    };
    for phrase in REFUSED {
        let run = clock.notes(&["list", "--since", phrase]);
        assert_eq!((run.code, &*run.stdout), (2, ""), "{phrase}: {run:?}");
        let message = format!(
            "notes: '{phrase}' is not a date or time: write 2026-01-15, '2026-01-15 10:30', 2026-01, \
             10:30, 2d, '3 hours ago', yesterday, 'last monday' or 'this week'\n"
        );
        assert_eq!(run.stderr, message);
    }
}

/// A zone, a local time of it, a phrase, and the moment in UTC at which that begins.
#[rustfmt::skip]
const CHANGES: &[(&str, &str, &str, &str)] = &[
    // 02:30 of the day before was left out: clocks went from 02:00 to 03:00.
    ("Europe/Berlin", "2026-03-30 02:30:00", "yesterday", "2026-03-28T23:00:00"),
    ("Europe/Berlin", "2026-03-30 02:30:00", "1d", "2026-03-29T01:00:00"),
    ("Europe/Berlin", "2026-03-30 02:30:00", "24h", "2026-03-29T00:30:00"),
    ("Europe/Berlin", "2026-03-30 02:30:00", "yesterday 02:30", "2026-03-29T01:00:00"),
    ("Europe/Berlin", "2026-03-30 02:30:00", "2026-03-29 02:30", "2026-03-29T01:00:00"),
    ("Europe/Berlin", "2026-03-30 02:30:00", "02:45", "2026-03-29T01:00:00"),
    ("Europe/Berlin", "2026-04-05 02:30:00", "1w", "2026-03-29T01:00:00"),
    ("Europe/Berlin", "2026-04-29 02:30:00", "1 month ago", "2026-03-29T01:00:00"),
    // 02:30 came twice: clocks went from 03:00 back to 02:00.
    ("Europe/Berlin", "2026-10-26 02:30:00", "1d", "2026-10-25T00:30:00"),
    ("Europe/Berlin", "2026-10-26 02:30:00", "24h", "2026-10-25T01:30:00"),
    ("Europe/Berlin", "2026-10-26 12:00:00", "2026-10-25 02:30", "2026-10-25T00:30:00"),
    ("Europe/Berlin", "2026-10-26 12:00:00", "2026-10-25 02:00", "2026-10-25T00:00:00"),
    ("Europe/Berlin", "2026-10-26 12:00:00", "2026-10-25 03:00", "2026-10-25T02:00:00"),
    ("America/New_York", "2026-03-09 02:30:00", "1d", "2026-03-08T07:00:00"),
    ("America/New_York", "2026-11-02 01:30:00", "1d", "2026-11-01T05:30:00"),
    // The day before began at 01:00.
    ("Africa/Cairo", "2026-04-25 00:30:00", "yesterday", "2026-04-23T22:00:00"),
    ("Africa/Cairo", "2026-04-25 00:30:00", "2026-04-24", "2026-04-23T22:00:00"),
    ("Africa/Cairo", "2026-04-25 00:30:00", "friday", "2026-04-23T22:00:00"),
    ("Africa/Cairo", "2026-04-25 00:30:00", "1d", "2026-04-23T22:00:00"),
    ("Africa/Cairo", "2026-04-25 00:30:00", "yesterday midnight", "2026-04-23T22:00:00"),
    // A whole day was left out.
    ("Pacific/Apia", "2012-01-05 12:00:00", "2011-12-30", "2011-12-30T10:00:00"),
    ("Pacific/Apia", "2011-12-31 12:00:00", "1d", "2011-12-30T10:00:00"),
];

#[test]
fn a_change_of_clocks_makes_no_phrase_fail_or_lie_ahead() {
    let sandbox = Sandbox::with_redis();
    for (_, _, _, utc) in CHANGES {
        let at = NaiveDateTime::parse_from_str(utc, "%Y-%m-%dT%H:%M:%S").unwrap();
        let before = at - TimeDelta::microseconds(1);
        for time in [at, before] {
            let time = time.format("%Y-%m-%dT%H:%M:%S%.f").to_string();
            let stored = format!("{time}+00:00");
            let times = [("created_at", &*stored), ("updated_at", &*stored)];
            let texts = [("id", &*time), ("title", "T"), ("content", "")];
            sandbox.foreign(&time, &[&texts[..], &times].concat());
        }
    }
    for (zone, now, phrase, utc) in CHANGES {
        let clock = Clock {
            sandbox: &sandbox,
            zone,
            now,
        };
        let first = clock.first(&["--reverse", "--since", phrase]);
        assert_eq!(first, *utc, "{phrase} at {now} in {zone}");
    }
}
