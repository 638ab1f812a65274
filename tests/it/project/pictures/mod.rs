//! `docs/*.svg`: screenshots for README, made by the real program on a terminal.
//!
//! The name of the test contains `generated`, so that `make generate` makes them too.

mod drawing;

use std::collections::BTreeMap;

use chrono::{SecondsFormat, TimeDelta, Utc};

use crate::support::Sandbox;
use crate::support::committed::Committed;
use crate::support::terminal::styled;

use drawing::{drawn, moving};

/// A home directory to show instead of that of the test.
const HOME: &str = "/home/ada";

/// An id to show instead of a random one.
const ID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

/// A time to show instead of one that depends on the day.
const TIME: &str = "2026-03-09 10:30";

/// A note with the constructs that are styled.
const MARKDOWN: &str = "\
## Before we go

- [x] Book the night train, see <https://www.cp.pt>
- [ ] Ask *Ana* for the keys: her number is in [[Addresses]], and she is at home on every evening \
but Tuesday
- [ ] Pack the **charger** and ~~two~~ three books #travel

> The water in the flat is turned off. The tap is behind the second door.

On the day before:

    notes export --tag travel -o ~/phone/travel.md
";

/// Stores the notes of the screenshots, with fixed ids and ages.
fn write_notes(sandbox: &Sandbox) {
    for (id, minutes, title, content) in [
        (
            "3f2a9c1e-8f4b-4f57-9d0e-5b2f6a7c8d90",
            210,
            "Release checklist",
            "1. Tag the commit\n2. Build on a clean machine\n3. Tell the others",
        ),
        (
            "b81d04e6-1c3a-4f0b-8a52-90c7de5f4a13",
            60 * 30,
            "買い物リスト",
            "牛乳、パン、たまご",
        ),
        (
            "5e0c7a42-6d19-4c8e-b3f1-27a9046bd8c5",
            60 * 24 * 4,
            "Party 🎉 on Saturday",
            "Bring: music, lemonade, chairs",
        ),
        (
            "d94f11b7-02ea-4b6d-9c35-e8127f60a3db",
            60 * 24 * 16,
            "Why the build was slow",
            "The cache was keyed by the date, so every night it began from nothing",
        ),
    ] {
        write_note(sandbox, id, minutes, title, content);
    }
}

/// Stores a note of this age in minutes.
fn write_note(sandbox: &Sandbox, id: &str, minutes: i64, title: &str, content: &str) {
    // None is near the end of its unit, so a slow machine shows the same age.
    let age = TimeDelta::minutes(minutes);
    let time = (Utc::now() - age).to_rfc3339_opts(SecondsFormat::Secs, false);
    sandbox.foreign(
        id,
        &[
            ("id", id),
            ("title", title),
            ("content", content),
            ("created_at", &time),
            ("updated_at", &time),
        ],
    );
}

/// The first note on a machine without configuration, and what `health` prints then.
fn first_note() -> [(&'static str, String); 2] {
    let sandbox = Sandbox::bare();
    let home = sandbox.home().to_str().unwrap();
    let added = sandbox.screen(&["add", "Buy", "milk", "-c", "two litres"], &[]);
    let id = sandbox.notes(["list", "--ids"]).run().stdout;
    let (id, short) = (id.trim_end(), &id[..8]);
    let added = added
        .replace(home, HOME)
        .replace(id, ID)
        .replace(short, &ID[..8]);
    let health = sandbox.screen(&["health"], &[]).replace(home, HOME);
    let health = with_value(&health, "server      ", "Redis 7.0.15");
    let health = with_value(&health, "round trip  ", "0.08 ms");
    [
        ("notes add Buy milk -c 'two litres'", added),
        ("notes health", health),
    ]
}

/// The text with a fixed value after a name.
fn with_value(text: &str, name: &str, value: &str) -> String {
    let (before, after) = text.split_once(name).expect("the name is there");
    let (_, after) = after.split_once('\n').expect("a line ends");
    [before, name, value, "\n", after].concat()
}

/// The output of `show` of a note of this age with fixed times.
fn with_fixed_times(text: &str, age: &str) -> String {
    let text = ["created: ", "updated: "]
        .iter()
        .fold(text.to_owned(), |text, name| {
            let (before, after) = text.split_once(name).expect("the name is there");
            let (_date, after) = after.split_once(' ').expect("a date");
            let (_time, zone) = after.split_once(' ').expect("a time and its zone");
            [before, name, TIME, " ", zone].concat()
        });
    let age = format!(" ({age} ago)");
    assert_eq!(text.matches(&age).count(), 2, "{text}");
    text
}

/// The picker on its screen, when something has been typed.
fn picker(sandbox: &Sandbox) -> String {
    let size = (80, 12);
    let mut terminal = sandbox.full_screen(size, &["show"], &[]);
    terminal.see(" 4/4");
    terminal.type_keys("ch");
    terminal.see(" 3/4");
    terminal.type_keys("\u{1b}");
    let (screen, _, code) = terminal.end_of_screen(size);
    assert_eq!(code, 130);
    let mut text = styled(&screen);
    for name in ["updated", "created"] {
        let (before, date) = text
            .split_once(&format!("{name} 3 hours ago, "))
            .expect("a time");
        let rest = date.get(TIME.len()..).expect("a date and a time");
        text = format!("{before}{name} 3 hours ago, {TIME}{rest}");
    }
    text
}

/// A note from its beginning to its return, as scenes of the moving picture.
fn tour(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let add = ["add", "Buy", "milk", "-c", "two litres"];
    let added = sandbox.screen(&add, &[]);
    let id = sandbox.notes(["list", "--ids", "-n1"]).run().stdout;
    let id = id.trim_end();
    let added = added.replace(&id[..8], &ID[..8]);
    sandbox.redis_cli(&["DEL", &format!("note:{id}")]);
    sandbox.redis_cli(&["SREM", "notes:ids", id]);
    write_note(sandbox, ID, 5, "Buy milk", "two litres");
    let mut scenes = vec![("notes add Buy milk -c 'two litres'", added)];
    for (command, arguments) in [
        ("notes list", vec!["list"]),
        ("notes search build", vec!["search", "build"]),
        ("notes rm --yes 'buy milk'", vec!["rm", "--yes", "buy milk"]),
        ("notes undo", vec!["undo"]),
        ("notes show milk", vec!["show", "milk"]),
    ] {
        scenes.push((command, sandbox.screen(&arguments, &[("TZ", "UTC")])));
    }
    let shown = &mut scenes.last_mut().expect("there are scenes").1;
    *shown = with_fixed_times(shown, "5 minutes");
    scenes
}

#[test]
fn the_generated_pictures_are_what_the_program_prints() {
    let sandbox = Sandbox::with_redis();
    write_notes(&sandbox);
    let [(add, added), (health, answer)] = first_note();
    let help = sandbox.screen(&["-h"], &[]);
    let list = sandbox.screen(&["list"], &[]);
    let search = sandbox.screen(&["search", "the"], &[]);
    let picker = picker(&sandbox);
    let tour = tour(&sandbox);
    let id = "c4a7f5d0-93be-4e1d-a6f2-5b8e21d7c09f";
    write_note(&sandbox, id, 210, "A week in Lisbon", MARKDOWN);
    let show = with_fixed_times(
        &sandbox.screen(&["show", "lisbon"], &[("TZ", "UTC")]),
        "3 hours",
    );
    let pictures = BTreeMap::from([
        ("add.svg".to_owned(), drawn(add, &added)),
        ("health.svg".to_owned(), drawn(health, &answer)),
        ("help.svg".to_owned(), drawn("notes -h", &help)),
        ("list.svg".to_owned(), drawn("notes list", &list)),
        ("picker.svg".to_owned(), drawn("notes show", &picker)),
        ("search.svg".to_owned(), drawn("notes search the", &search)),
        ("show.svg".to_owned(), drawn("notes show lisbon", &show)),
        ("tour.svg".to_owned(), moving(&tour)),
    ]);
    let committed = Committed {
        directory: "docs",
        ending: ".svg",
        test: "generated",
    };
    committed.assert_is(&pictures);
}
