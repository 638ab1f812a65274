//! Imports of other programs' exports: jrnl's is a real one, the others are made from the source and the
//! documentation of their programs.

mod damaged;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use chrono::{FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset as _, TimeZone, Utc};
use uuid::Uuid;

use super::{ForeignNote, Importer, jrnl, memos};
use crate::note::Note;
use crate::transfer::{Entries, InputFormat, LARGEST_NOTE, bounded, open};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/samples")
        .join(name)
}

/// The notes, and what does not go in.
pub(super) fn read(entries: Entries<'_>) -> (Vec<Note>, Vec<String>) {
    let (mut notes, mut unread) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Ok(None) => unread.push("in the trash".to_owned()),
            Ok(Some(entry)) => {
                assert!(entry.note.listed);
                assert_eq!(entry.note.text("id").unwrap(), entry.id);
                notes.push(entry.note.to_note(&entry.id));
            }
            Err(error) => unread.push(format!("{}: {}", error.origin, error.message)),
        }
    }
    (notes, unread)
}

/// The notes of which each goes in.
pub(super) fn notes(entries: Entries<'_>) -> Vec<Note> {
    let (notes, unread) = read(entries);
    assert_eq!(unread, [""; 0]);
    notes
}

#[track_caller]
pub(super) fn assert_note(note: &Note, title: &str, content: &str, created: &str, updated: &str) {
    assert_eq!(note.title(), title);
    assert_eq!(note.content(), content);
    assert_eq!(note.created_at.as_deref(), Some(created));
    assert_eq!(note.updated_at.as_deref(), Some(updated));
    assert_eq!(Uuid::parse_str(&note.id).unwrap().get_version_num(), 5);
}

fn journal(zone: impl TimeZone + 'static) -> Vec<Note> {
    let file = File::open(sample("jrnl.json")).unwrap();
    notes(jrnl::entries(file, zone).unwrap())
}

#[test]
fn a_real_journal_of_jrnl_comes_in() {
    let notes = journal(FixedOffset::east_opt(3_600).unwrap());
    assert_eq!(notes.len(), 6);
    let time = "2024-01-15T09:30:00+00:00";
    assert_note(
        &notes[0],
        "Planted the tomatoes. In the south bed, twelve of them.",
        "Water every second day. @garden\n\n#garden",
        time,
        time,
    );
    let body = "Keys on Friday.\n\n- measure the windows\n- order curtains @home #moving";
    assert_eq!(notes[1].content(), format!("{body}\n\n#home #starred"));
    assert_eq!(notes[2].content(), "");
    assert_eq!(
        notes[3].title(),
        "Frühstück in 東京 🍜. Ramen mit \"Ei\" & Zwiebeln"
    );
    assert_eq!(
        notes[3].content(),
        "– 1 200 ¥. @reisen/japan\n\n#reisen/japan"
    );
}

#[test]
fn a_note_has_the_same_id_in_every_import_and_none_has_that_of_another() {
    let ids = |zone| -> Vec<String> { journal(zone).into_iter().map(|note| note.id).collect() };
    let first = ids(FixedOffset::east_opt(0).unwrap());
    // The last two entries differ in nothing.
    let mut different = first.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 6);
    assert_eq!(first, ids(FixedOffset::west_opt(3_600).unwrap()));
    // Pinned: another id would make every later import a second copy.
    assert_eq!(first[0], "ff9c4ddb-0064-5c81-b462-4da1c45fd27d");
}

/// Central European time around the last Sunday of March and of October 2024.
#[derive(Clone)]
struct Summer;

impl TimeZone for Summer {
    type Offset = FixedOffset;

    fn from_offset(_: &FixedOffset) -> Self {
        Self
    }

    fn offset_from_local_date(&self, _: &NaiveDate) -> MappedLocalTime<FixedOffset> {
        MappedLocalTime::None
    }

    fn offset_from_local_datetime(&self, _: &NaiveDateTime) -> MappedLocalTime<FixedOffset> {
        MappedLocalTime::None
    }

    fn offset_from_utc_date(&self, _: &NaiveDate) -> FixedOffset {
        hours(1)
    }

    fn offset_from_utc_datetime(&self, time: &NaiveDateTime) -> FixedOffset {
        let is_summer = ("03-31 01".."10-27 01").contains(&&*time.format("%m-%d %H").to_string());
        hours(if is_summer { 2 } else { 1 })
    }
}

fn hours(hours: i32) -> FixedOffset {
    FixedOffset::east_opt(hours * 3_600).unwrap().fix()
}

#[test]
fn a_local_time_that_never_came_or_came_twice_is_still_a_time() {
    for (local, expected) in [
        (
            r#""2024-03-31","time":"02:30""#,
            "2024-03-31T01:00:00+00:00",
        ),
        (
            r#""2024-10-27","time":"02:30""#,
            "2024-10-27T00:30:00+00:00",
        ),
        (
            r#""2024-07-01","time":"12:00""#,
            "2024-07-01T10:00:00+00:00",
        ),
    ] {
        let text = format!(r#"{{"entries":[{{"title":"T","date":{local}}}]}}"#);
        let notes = notes(jrnl::entries(text.as_bytes(), Summer).unwrap());
        assert_eq!(notes[0].updated_at.as_deref(), Some(expected), "{local}");
    }
}

#[test]
fn what_cannot_be_read_is_named_with_its_line_and_the_others_go_in() {
    let text = r#"{"entries": [
  {"title": "a", "date": "2024-01-15", "time": "10:30"},
  {"title": "b", "date": "2024-13-15", "time": "10:30"},
  {
    "title": "c",
    "date": 5, "time": "10:30"
  },
  {"title": "d", "date": "2024-01-15", "time": "10:30", "unknown": [{}]},
  {"title": "e", "date": "9999-12-31", "time": "23:59"}
]}"#;
    let (notes, unread) = read(jrnl::entries(text.as_bytes(), hours(-1)).unwrap());
    let titles: Vec<_> = notes.iter().map(Note::title).collect();
    assert_eq!(titles, ["a", "d"]);
    assert_eq!(
        unread,
        [
            "standard input line 3: no date and time as in 2024-01-31 23:59: 2024-13-15 10:30",
            "standard input line 6: invalid type: integer `5`, expected a string",
            "standard input line 9: its date is out of range",
        ]
    );
}

#[test]
fn a_document_that_is_broken_as_a_whole_is_named() {
    let cut = "{\"entries\": [\n {\"title\": \"a\"";
    for (bytes, message) in [
        (
            cut.as_bytes(),
            "standard input line 2: EOF while parsing an object",
        ),
        (b"{}", "standard input line 1: missing field `entries`"),
        (
            b"\"\xff\"",
            "standard input: not UTF-8 at byte 2; convert it, for example with `iconv -f WINDOWS-1252 -t UTF-8`",
        ),
        (b"", "standard input line 1: EOF while parsing a value"),
    ] {
        let unread = jrnl::entries(bytes, Utc).err().unwrap();
        assert_eq!(unread.to_string(), message);
    }
}

#[test]
fn notes_of_simplenote_come_in_and_those_in_the_trash_are_counted() {
    let (notes, unread) = read(
        open(&sample("simplenote.json"), None)
            .unwrap()
            .unwrap()
            .entries,
    );
    assert_eq!(unread, ["in the trash"]);
    assert_eq!(notes.len(), 3);
    assert_note(
        &notes[0],
        "Packing list",
        "- passport\n- 充電器 🔌\n\nSee #travel\n\n#packing-lists #pinned",
        "2023-05-04T06:07:08+00:00",
        "2024-01-15T10:30:00.123000+00:00",
    );
    let time = "2022-12-31T23:59:59.999000+00:00";
    assert_note(&notes[1], "One line", "", time, time);
    assert_eq!(notes[2].title(), "Untitled");
}

#[test]
fn notes_of_memos_come_in() {
    let notes = notes(open(&sample("memos.json"), None).unwrap().unwrap().entries);
    assert_eq!(notes.len(), 2);
    assert_note(
        &notes[0],
        "Reading list",
        "- [ ] Cien años de soledad\n- [x] 雪国\n\n#books/novels\n\nAttachment: shelf.jpg\n\n#pinned",
        "2025-03-01T08:00:00+00:00",
        "2025-03-02T09:30:15.123456+00:00",
    );
    assert_eq!(notes[1].title(), "#errand call the plumber");
    assert_eq!(notes[1].content(), "#archived");
}

#[test]
fn notes_of_an_old_version_of_memos_come_in() {
    let notes = notes(
        open(&sample("memos-old.json"), None)
            .unwrap()
            .unwrap()
            .entries,
    );
    assert_eq!(notes.len(), 1);
    assert_note(
        &notes[0],
        "Happy new year",
        "and a second line",
        "2023-01-01T00:00:00+00:00",
        "2023-01-02T00:00:00+00:00",
    );
}

#[test]
fn pages_of_memos_may_follow_each_other_and_a_missing_one_is_told() {
    let page = |id: u8, next: &str| {
        let memo =
            format!(r#"{{"name":"memos/{id}","content":"c","createTime":"2025-03-01T08:00:00Z"}}"#);
        format!("{{\"memos\":[{memo}],\"nextPageToken\":\"{next}\"}}\n")
    };
    let whole = page(1, "more") + &page(2, "");
    assert_eq!(notes(memos::entries(whole.as_bytes()).unwrap()).len(), 2);
    let cut = page(1, "more");
    let (notes, unread) = read(memos::entries(cut.as_bytes()).unwrap());
    assert_eq!((notes.len(), unread.len()), (1, 1));
    assert!(
        unread[0].starts_with("standard input: memos has more notes"),
        "{unread:?}"
    );
}

#[test]
fn notes_of_google_keep_come_in_and_those_in_the_trash_are_counted() {
    let (notes, unread) = read(open(&sample("keep"), None).unwrap().unwrap().entries);
    assert_eq!(unread, ["in the trash"]);
    assert_eq!(notes.len(), 2);
    let time = "2023-08-16T12:25:30.123000+00:00";
    assert_note(
        &notes[0],
        "Read https://example.org/a",
        "before the meeting\n\nExample Domain https://example.com/\n\nAttachment: 18a0c1.jpg\n\n#archived",
        time,
        time,
    );
    assert_note(
        &notes[1],
        "Groceries",
        "- [ ] milk\n- [x] brød\n\n#Home #Ideas-plans #pinned",
        "2024-01-01T00:00:00+00:00",
        "2024-01-15T10:30:00.123456+00:00",
    );
}

#[test]
fn a_file_that_is_no_note_of_google_keep_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    file("a.json", r#"{"title": "T"}"#);
    file("b.json", "{\n\"title\": 5}");
    file(
        "c.json",
        r#"{"textContent": "x", "userEditedTimestampUsec": "1692188730123000"}"#,
    );
    file("d.json", r#"{"createdTimestampUsec": 9223372036854775807}"#);
    let (notes, unread) = read(
        open(folder.path(), Some(InputFormat::Keep))
            .unwrap()
            .unwrap()
            .entries,
    );
    assert_eq!(notes.len(), 1);
    assert_eq!(
        notes[0].updated_at.as_deref(),
        Some("2023-08-16T12:25:30.123000+00:00")
    );
    let unread: Vec<_> = unread
        .iter()
        .map(|line| line.rsplit_once('/').unwrap().1)
        .collect();
    assert_eq!(
        unread,
        [
            "a.json line 1: not a note of Google Keep: it has no date",
            "b.json line 2: invalid type: integer `5`, expected a string",
            "d.json line 1: no date: 9223372036854775807",
        ]
    );
}

#[test]
fn what_is_too_large_is_not_taken() {
    let mut note = ForeignNote {
        title: "T".into(),
        updated: Some(crate::timestamp::now()),
        ..ForeignNote::default()
    };
    let mut importer = Importer::new("test");
    assert!(importer.entry(&note).is_ok());
    note.content = "x".repeat(LARGEST_NOTE);
    let error = importer.entry(&note).unwrap_err();
    assert_eq!(error.message, "a note of more than 16 MiB");
    assert_eq!(bounded::bytes(&b"abc"[..], 3), Ok(b"abc".into()));
    assert!(bounded::bytes(&b"abcd"[..], 3).is_err());
}

#[test]
fn a_label_becomes_a_tag_unless_the_text_has_it() {
    let note = |content: &str, label: &str| {
        let note = ForeignNote {
            title: "T #home.".into(),
            content: content.into(),
            tags: vec![label.into(), label.into()],
            updated: Some(crate::timestamp::now()),
            ..ForeignNote::default()
        };
        let entry = Importer::new("test").entry(&note).unwrap();
        entry.note.text("content").unwrap().into_owned()
    };
    for (content, label, expected) in [
        ("c", "HOME", "c"),
        ("c\n", "at work", "c\n\n#at-work"),
        ("(#work) c", "work", "(#work) c\n\n#work"),
        ("", "C++ & co.", "#Cplusplus-co"),
        ("", "C#", "#Csharp"),
        ("", "#work", "#work"),
        ("", "2024", "#t2024"),
        ("", "2024/01", "#t2024/01"),
        ("", "/a/b/", "#a/b"),
        ("", "🏠", "#🏠"),
        ("", " ", ""),
    ] {
        assert_eq!(note(content, label), expected, "{content:?} {label:?}");
    }
}

#[test]
fn the_order_of_the_tags_of_jrnl_changes_nothing() {
    let journal = |tags: &str| {
        let text = format!(
            r#"{{"entries":[{{"title":"T","body":"","date":"2024-03-01","time":"09:00","tags":[{tags}]}}]}}"#
        );
        notes(jrnl::entries(text.as_bytes(), Utc).unwrap()).remove(0)
    };
    let note = journal(r#""@alpha","@beta""#);
    assert_eq!(note.content(), "#alpha #beta");
    assert_eq!(note, journal(r#""@beta","@alpha""#));
}

#[test]
fn a_label_that_got_a_letter_is_reported_once() {
    let note = ForeignNote {
        title: "T".into(),
        tags: vec!["2024".into(), "work".into()],
        updated: Some(crate::timestamp::now()),
        ..ForeignNote::default()
    };
    let mut importer = Importer::new("test");
    let notices = importer.entry(&note).unwrap().notices;
    assert_eq!(
        notices,
        ["the tag `2024` became #t2024: digits alone are no tag"]
    );
    assert_eq!(importer.entry(&note).unwrap().notices, [""; 0]);
}

#[test]
fn a_note_of_which_nothing_is_seen_keeps_its_text_below_a_title() {
    let note = ForeignNote {
        identity: "blank".to_owned(),
        title: "\u{200b}".to_owned(),
        content: "\u{feff}\u{200b}".to_owned(),
        created: Some(Utc::now()),
        ..ForeignNote::default()
    };
    let entry = Importer::new("test").entry(&note).unwrap();
    assert_eq!(entry.note.text("title").as_deref(), Some("Untitled"));
    let content = entry.note.text("content").unwrap();
    assert_eq!(content, "\u{feff}\u{200b}");
}
