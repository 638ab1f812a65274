//! The table's bytes where the look matters, its widths wherever titles are hard to measure.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::*;
use crate::output::tests::{Full, TERMINAL, nasty, note, written};
use crate::timestamp;

const HARD_TITLES: [&str; 14] = [
    "Groceries",
    "A title that is much longer than any terminal of a sane width would ever show in one line, \
     and then some more of it",
    "買い物リスト：牛乳、卵、パン、そしてとても長い題名がここに続きます、さらに続きます",
    "🎉🎊🥳 party 🎉🎊🥳 party 🎉🎊🥳 party 🎉🎊🥳 party 🎉🎊🥳",
    "👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦 families 👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦",
    "👍🏽👍🏽👍🏽👍🏽👍🏽 🏳️‍🌈 🇨🇭🇯🇵🇧🇷 ❤️ ⌚︎ 1️⃣",
    "e\u{301}e\u{301}e\u{301} combining e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "قائمة المشتريات: لا لا لا لا لا لا لا لا لا لا لا",
    "ज़रूरी सामान की सूची क्‍ष",
    "می‌خواهم بنویسم",
    "tab\tnew\nline\r\x1b[31mred\x07\u{9b}1m\u{202e}desrever\u{feff}",
    "\u{e0041}\u{e0042}\u{e0043}",
    "",
    "ｆｕｌｌｗｉｄｔｈ ａｎｄ ﾊﾝｶｸ ｶﾞ",
];

fn wide(columns: u16) -> Stream {
    Stream {
        width: Some(columns),
        ..TERMINAL
    }
}

fn table_with(notes: &[Note], abbreviation: usize, stream: &Stream) -> String {
    let now = timestamp::parse("2024-01-18T10:30:00+00:00").unwrap();
    written(|out| NoteTable::new(abbreviation, updated(now)).write(out, notes, stream))
}

fn updated(now: DateTime<Utc>) -> ShownTime {
    let field = "updated_at";
    ShownTime { field, now }
}

fn table_of(notes: &[Note], columns: u16) -> String {
    table_with(notes, 8, &wide(columns))
}

/// The most that a terminal makes of the text: with ligatures, character by character, or with the
/// emoji apart that the table takes apart.
fn width(text: &str) -> usize {
    let apart = text.chars().map(|c| c.width().unwrap_or(1)).sum();
    text.width()
        .max(apart)
        .max(measurable(text).as_str().width())
}

fn example() -> Vec<Note> {
    [
        (
            "6f1c2d3e-0000",
            "Groceries",
            "milk\n\n  eggs\tbread",
            "2024-01-15T10:30:00+00:00",
        ),
        ("a1", "買い物リスト", "", "2024-01-18T10:29:59+00:00"),
        (
            "0123456789",
            "Long enough to be cut where the table is narrow",
            "text",
            "someday",
        ),
    ]
    .map(|(id, title, content, updated)| Note {
        id: id.into(),
        ..note(&[
            ("title", title),
            ("content", content),
            ("updated_at", updated),
        ])
    })
    .to_vec()
}

#[test]
fn a_wide_terminal_has_room_for_everything() {
    assert_eq!(
        table_of(&example(), 100),
        "\
ID        TITLE                                            UPDATED     CONTENT
6f1c2d3e  Groceries                                        3 days ago  milk eggs bread
a1        買い物リスト                                     just now
01234567  Long enough to be cut where the table is narrow  someday     text
"
    );
}

#[test]
fn the_time_is_the_one_sorted_by_and_tags_are_coloured() {
    let mut note = example().remove(0);
    note.set_field("created_at", "2024-01-17T10:30:00+00:00".into());
    note.set_field("content", "x #shop\n#a/b.".into());
    let stream = Stream {
        color: true,
        ..wide(80)
    };
    let time = ShownTime {
        field: "created_at",
        now: timestamp::parse("2024-01-18T10:30:00+00:00").unwrap(),
    };
    let text = written(|out| NoteTable::new(8, time).write(out, &[note], &stream));
    let [header, line] = text.lines().collect::<Vec<_>>()[..] else {
        panic!("{text}");
    };
    assert!(
        header.contains("CREATED") && line.contains("1 day ago"),
        "{text}"
    );
    assert!(
        line.ends_with("x \x1b[36m#shop\x1b[0m \x1b[36m#a/b\x1b[0m."),
        "{line:?}"
    );
}

#[test]
fn a_narrow_terminal_loses_the_content_then_the_age_then_the_title() {
    assert_eq!(
        table_of(&example(), 80),
        "\
ID        TITLE                                      UPDATED     CONTENT
6f1c2d3e  Groceries                                  3 days ago  milk eggs bread
a1        買い物リスト                               just now
01234567  Long enough to be cut where the table is…  someday     text
"
    );
    assert_eq!(
        table_of(&example(), 40),
        "\
ID        TITLE               UPDATED
6f1c2d3e  Groceries           3 days ago
a1        買い物リスト        just now
01234567  Long enough to be…  someday
"
    );
    assert_eq!(
        table_of(&example(), 20),
        "\
ID        TITLE
6f1c2d3e  Groceries
a1        買い物リ…
01234567  Long enou…
"
    );
    assert_eq!(table_of(&example(), 8), "ID\n6f1c2d3e\na1\n01234567\n");
}

#[test]
fn no_line_is_wider_than_the_terminal_however_hard_its_text_is_to_measure() {
    let notes: Vec<Note> = HARD_TITLES
        .iter()
        .enumerate()
        .flat_map(|(index, title)| {
            [*title, HARD_TITLES[(index + 1) % HARD_TITLES.len()]].map(|content| Note {
                id: format!("{index}{title}"),
                ..note(&[
                    ("title", title),
                    ("content", content),
                    ("updated_at", content),
                ])
            })
        })
        .collect();
    for columns in (2..20).chain(20..=120) {
        for notes in [&notes[..], &notes[..2], &notes[8..10]] {
            for line in table_of(notes, columns).lines() {
                assert!(width(line) <= usize::from(columns), "{columns}: {line:?}");
                assert_eq!(line.trim_end(), line);
                assert!(
                    !line.contains(BREAK) && !line.contains(SEPARATOR),
                    "{line:?}"
                );
            }
        }
    }
}

#[test]
fn the_same_column_starts_at_the_same_place_in_every_line() {
    let notes: Vec<Note> = HARD_TITLES
        .map(|title| {
            note(&[
                ("title", title),
                ("updated_at", "2024-01-18T10:30:00+00:00"),
            ])
        })
        .to_vec();
    for columns in [40, 60, 80, 200] {
        let table = table_of(&notes, columns);
        let starts = table.lines().skip(1).map(|line| {
            let (before, _) = line.split_once("just now").unwrap();
            width(before)
        });
        let starts: Vec<usize> = starts.collect();
        assert_eq!(starts.len(), HARD_TITLES.len());
        assert!(starts.iter().all(|start| *start == starts[0]), "{starts:?}");
    }
}

#[test]
fn joined_emoji_are_written_as_they_were_stored() {
    let title = "👨‍👩‍👧‍👦 👍🏽 لا ⌚︎";
    let table = table_of(&[note(&[("title", title)])], 80);
    assert!(table.contains(title), "{table}");
}

#[test]
fn text_of_others_is_made_safe() {
    assert_eq!(
        table_of(&nasty(), 60),
        "\
ID   TITLE                   UPDATED     CONTENT
a    Say \"hi\", 👩‍👧          2 days ago  one two three\\
b^A  ^[]0;x^G\\u{9b}\\u{202e}
"
    );
}

#[test]
fn colours_mark_the_header_the_id_and_the_age() {
    let stream = Stream {
        color: true,
        ..wide(80)
    };
    assert_eq!(
        table_with(&example()[..1], 8, &stream),
        "\x1b[1mID\x1b[0m        \x1b[1mTITLE\x1b[0m      \x1b[1mUPDATED\x1b[0m     \
         \x1b[1mCONTENT\x1b[0m\n\
         \x1b[33m6f1c2d3e\x1b[0m  Groceries  \x1b[2m3 days ago\x1b[0m  milk eggs bread\n"
    );
}

#[test]
fn ids_can_be_longer_but_not_shorter() {
    let line = |abbreviation| {
        let table = table_with(&example()[..1], abbreviation, &wide(80));
        table.lines().nth(1).unwrap().to_owned()
    };
    assert_eq!(
        line(12),
        "6f1c2d3e-000  Groceries  3 days ago  milk eggs bread"
    );
    assert!(line(0).starts_with("6f1c2d3e  "));
}

#[test]
fn notes_without_content_have_no_column_for_it() {
    let notes = [note(&[("title", "T"), ("content", " \n")])];
    let table = table_of(&notes, 80);
    assert_eq!(table, "ID  TITLE  UPDATED\na   T\n");
}

#[test]
fn no_notes_are_no_bytes() {
    assert_eq!(table_of(&[], 80), "");
}

#[test]
fn a_full_disk_is_an_error_of_that_kind() {
    for bytes in [0, 30, 100] {
        let mut disk = Full::after(bytes);
        let mut table = NoteTable::new(8, updated(DateTime::UNIX_EPOCH));
        let error = table.write(&mut disk, &example(), &wide(80)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}

#[test]
fn a_flood_of_marks_or_text_is_cut() {
    let flood = format!("e{}", "\u{301}".repeat(1_000_000));
    let long = "word ".repeat(1_000_000);
    let notes = [note(&[("title", &flood), ("content", &long)])];
    let table = table_of(&notes, 80);
    assert!(table.len() < 1000, "{}", table.len());
    assert!(table.contains("\u{301}…  "), "the cut is marked: {table}");
}

#[test]
fn marks_without_a_width_do_not_shorten_a_cell() {
    let title = "e\u{301}".repeat(200);
    let table = table_of(&[note(&[("title", &title)])], 40);
    let line = table.lines().nth(1).unwrap();
    assert!(line.ends_with("e\u{301}…"), "{line}");
    // Nothing but the empty age, 7 wide and 2 away, is left of the 40.
    assert_eq!(line.width(), 31);
}

#[test]
fn wide_ids_are_cut_where_the_line_ends() {
    let notes = [Note {
        id: "日本語日本語日本語".into(),
        ..note(&[("title", "T")])
    }];
    let first_cell = |columns| {
        let table = table_of(&notes, columns);
        let line = table.lines().nth(1).unwrap();
        line.split(' ').next().unwrap().to_owned()
    };
    assert_eq!(first_cell(80), "日本語日本語日本");
    assert_eq!(first_cell(12), "日本語日本…");
}

proptest! {
    #[test]
    fn any_text_fits_any_width(id: String, title: String, content: String, columns in 2..120_u16) {
        let notes = [Note { id, ..note(&[("title", &title), ("content", &content)]) }];
        for line in table_of(&notes, columns).lines() {
            prop_assert!(line.width() <= usize::from(columns), "{columns}: {line:?}");
        }
    }
}
