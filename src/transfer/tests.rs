//! Every note is read back to the byte, whatever it holds; a bad entry of a hostile file costs itself
//! alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use tempfile::TempDir;

use super::*;
use crate::test_support::any_notes::{self, any_notes};

fn raw(notes: BTreeMap<String, any_notes::Fields>) -> Vec<(String, RawNote)> {
    let raw = |fields: any_notes::Fields| RawNote {
        listed: true,
        fields: fields.into_iter().collect(),
    };
    let notes = notes.into_iter();
    notes.map(|(id, fields)| (id, raw(fields))).collect()
}

/// Every format of one file.
fn encoders(notes: &[(String, RawNote)]) -> [(Encoder, &'static str); 3] {
    let mut columns = Columns::default();
    for (id, note) in notes {
        columns.admit(id, note);
    }
    [
        (Format::Jsonl, "jsonl"),
        (Format::Json, "json"),
        (Format::Csv, "csv"),
    ]
    .map(|(format, name)| (Encoder::new(format, columns.clone()), name))
}

fn encoded(encoder: &mut Encoder, notes: &[(String, RawNote)]) -> Vec<u8> {
    let mut file = encoder.start();
    for (id, note) in notes {
        file.extend(encoder.encode(id, note).expect("there is room for it"));
    }
    file.extend(encoder.end());
    file
}

/// Returns the notes of a file or directory, sorted by id.
fn read(path: &Path) -> Vec<Result<(String, RawNote), String>> {
    let source = open(path, None).unwrap().unwrap();
    let read = source.entries.map(|entry| match entry {
        Ok(entry) => Ok(entry.map(|entry| (entry.id, entry.note)).unwrap()),
        Err(unread) => Err(unread.to_string()),
    });
    read.collect()
}

fn file(directory: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = directory.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// Returns the entries of a file with that name and text.
fn messages(name: &str, text: &str) -> Vec<Result<String, String>> {
    let directory = tempfile::tempdir().unwrap();
    let path = file(&directory, name, text.as_bytes());
    without_directory(&directory, &path)
}

/// The ids that are read, and the messages without the directory.
fn without_directory(directory: &TempDir, path: &Path) -> Vec<Result<String, String>> {
    let prefix = format!("{}/", directory.path().display());
    let read = read(path).into_iter();
    read.map(|note| match note {
        Ok((id, _)) => Ok(id),
        Err(message) => Err(message.replace(&prefix, "")),
    })
    .collect()
}

/// Returns the entries of a directory with these files.
fn messages_of(files: &[(&str, &str)]) -> Vec<Result<String, String>> {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    without_directory(&directory, directory.path())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn what_is_written_is_read_again_to_the_byte(notes in any_notes()) {
        prop_assume!(!notes.is_empty());
        let directory = tempfile::tempdir().unwrap();
        let notes = raw(notes);
        let expected: Vec<_> = notes.iter().cloned().map(Ok).collect();
        for (mut encoder, extension) in encoders(&notes) {
            let bytes = encoded(&mut encoder, &notes);
            let path = file(&directory, &format!("notes.{extension}"), &bytes);
            prop_assert_eq!(read(&path), expected.clone(), "{}", String::from_utf8_lossy(&bytes));
        }
        let path = directory.path().join("md");
        let mut target = NewDirectory::create(&path, &Unfinished::default()).unwrap();
        for (id, note) in &notes {
            target.add(id, note, &markdown::encode(id, note)).unwrap();
        }
        target.finish().unwrap();
        let mut found = read(&path);
        found.sort_by_key(|note| note.clone().map(|(id, _)| id));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn whatever_a_file_holds_is_read_or_refused(
        notes in any_notes(),
        damage in vec((any::<Index>(), any::<u8>()), 0..4),
        end in any::<Index>(),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let notes = raw(notes);
        let encoders = encoders(&notes);
        let files = encoders.map(|(mut encoder, name)| (encoded(&mut encoder, &notes), name));
        let markdown = notes.iter().map(|(id, note)| (markdown::encode(id, note), "md"));
        for (mut bytes, extension) in files.into_iter().chain(markdown) {
            if bytes.is_empty() {
                continue;
            }
            for (place, byte) in &damage {
                let place = place.index(bytes.len());
                bytes[place] = *byte;
            }
            bytes.truncate(end.index(bytes.len() * 2));
            // That it ends is what is tested.
            let _ = read(&file(&directory, &format!("x.{extension}"), &bytes));
        }
    }
}

/// Makes results of the names of notes and of messages.
fn results(expected: &[&str]) -> Vec<Result<String, String>> {
    let result = |text: &&str| match text.split_once(": ") {
        Some(_) => Err((*text).to_owned()),
        None => Ok((*text).to_owned()),
    };
    expected.iter().map(result).collect()
}

#[test]
fn a_bad_line_of_jsonl_costs_itself_alone() {
    let text = "{\"id\":\"a\"}\n\nnonsense\n{\"title\":\"T\"}\n{\"id\":\"b\",\"n\":1}\n\
        {\"id\":\"c\",\"n\":{\"hex\":\"f\"}}\n{\"id\":\"d\",\"fields\":[[1]]}\n\
        {\"id\":\"e\",\"fields\":[[\"id\",null]]}\n{\"id\":\"f\",\"n\":null}";
    let expected = [
        "a",
        "x.jsonl line 3: not valid JSON (expected ident)",
        "x.jsonl line 4: an object without an `id`, which is a string",
        "x.jsonl line 5: the field `n` of note b is not a string",
        "x.jsonl line 6: the field `n` of note c is not a string",
        "x.jsonl line 7: `fields` of note d: data did not match any variant of untagged enum JsonBytes",
        "x.jsonl line 8: a note without any field",
        "f",
    ];
    assert_eq!(messages("x.jsonl", text), results(&expected));
}

#[test]
fn json_may_be_an_array_or_objects_and_must_be_whole() {
    let both = ["a", "b"];
    for text in [
        "[{\"id\":\"a\"},\n{\"id\":\"b\"}]\n",
        "{\n  \"id\": \"a\"\n}\n{\n  \"id\": \"b\"\n}\n",
        "\u{feff}[{\"id\":\"a\"},{\"id\":\"b\"}]",
        "[{\"id\":\"a\"}]\n[]\n[{\"id\":\"b\"}]",
    ] {
        assert_eq!(messages("x.json", text), results(&both), "{text}");
        assert_eq!(messages("x", text), results(&both), "{text}");
    }
    for (text, message) in [
        (
            "[{\"id\":\"a\"},\n",
            "x.json line 2: the file ends within the array",
        ),
        (
            "[{\"id\":\"a\"}\n,3]",
            "x.json line 2: neither an object nor an array of objects",
        ),
        (
            "[{\"id\":\"a\"},{\"id\":\n",
            "x.json line 2: not valid JSON (EOF while parsing a value)",
        ),
    ] {
        assert_eq!(messages("x.json", text), results(&["a", message]));
    }
    let deep = format!("[{{\"id\":\"a\"}},{{\"b\":{}", "[".repeat(100_000));
    let message = "x.json line 1: not valid JSON (recursion limit exceeded)";
    assert_eq!(messages("x.json", &deep), results(&["a", message]));
}

#[test]
fn a_bad_row_of_csv_costs_itself_alone() {
    let text = "id,title,fields\na,\"T\n\",\nb,T\nc,T,nonsense\nd,T,\n";
    let expected = [
        "a",
        "x.csv line 4: 2 cells where the header has 3",
        "x.csv line 5: `fields` must be JSON pairs of a name and a value, as export writes them: \
         expected ident at line 1 column 2",
        "d",
    ];
    assert_eq!(messages("x.csv", text), results(&expected));
    for text in ["a,b\nT,U\n", ""] {
        let message = "x.csv line 1: the header has no column for a title (title, name, subject, heading) or a \
                       content (content, text, body, note, notes, description)";
        assert_eq!(messages("x.csv", text), results(&[message]), "{text}");
    }
    for text in [
        "title;id\n\"one, two; three\";a\n",
        "\"x;y\",id,fields\nT,a,\n",
    ] {
        assert_eq!(messages("x.csv", text), results(&["a"]), "{text}");
    }
    let twice = "x.csv line 2: the field `title` is there twice";
    assert_eq!(
        messages("x.csv", "id,title,title\na,b,c\n"),
        results(&[twice])
    );
}

#[test]
fn a_directory_of_markdown_is_read_file_by_file() {
    let own = |id: &str, more: &str| {
        format!("---\nid: {id}\n{more}created_at: c\nupdated_at: u\n---\ntext")
    };
    let crlf = own("d", "").replace('\n', "\r\n");
    let read = messages_of(&[
        ("1.md", &own("a", "other: [x, y]\n# a comment\nnone: ~\n")),
        ("2.md", "---\nid: b\nfields: '[]'\n---\n"),
        ("3.md", &own("c", "nested: {a: {b: c}}\n")),
        ("4.md", &own("&x b", "title: T\n")),
        ("5.md", &own("e", "title: \"b\n")),
        ("6.md", &own("f", "title: {a: b}\n")),
        ("7.md", "---\nid: g\nfields: x\n---\n"),
        (".hidden/6.md", &own("g", "")),
        ("deeper/7.md", &crlf),
        ("deeper/other.txt", &own("h", "")),
    ]);
    let expected = [
        "4.md line 2: front matter: `id`: neither a text nor a list of texts",
        "5.md line 3: front matter: `title`: while scanning a quoted scalar, found unexpected end of stream",
        "6.md line 3: front matter: `title`: neither a text nor a list of texts",
        "7.md: `fields` must be JSON pairs of a name and a value, as export writes them: expected value at line 1 column 1",
        "a",
        "b",
        "c",
        "d",
        "h",
    ];
    let mut read = read;
    read.sort_by_key(|note| note.clone().unwrap_or_else(|message| message));
    assert_eq!(read, results(&expected));
}

/// Returns the note of a file.
fn own(file: &str) -> RawNote {
    markdown::entry(file.as_bytes()).unwrap().unwrap().note
}

#[test]
fn front_matter_written_by_hand_is_understood() {
    let text = "---\r\nid: 3f2a\r\ntitle: 'It''s'\r\nlist:\r\n  - x\r\n  - y\r\nlong: |\r\n  one\r\n  two\r\n\
        created_at: c\r\nupdated_at: u\r\n---\r\n\r\nbody\r\n---\r\n";
    let note = own(text);
    for (name, value) in [
        ("id", "3f2a"),
        ("title", "It's"),
        ("list", "x, y"),
        ("long", "one\ntwo\n"),
        ("content", "\r\nbody\r\n---\r\n"),
    ] {
        assert_eq!(note.text(name).as_deref(), Some(value), "{name}");
    }
}

#[test]
fn what_another_program_adds_to_front_matter_of_ours_is_kept() {
    let file = |more: &str| {
        format!("---\nid: a\ntitle: T\ncreated_at: c\nupdated_at: u\n{more}---\nsome #x text\n")
    };
    for (more, content) in [
        ("aliases: [T]\n", "some #x text\n"),
        ("tags: [x]\n", "some #x text\n"),
        ("tags:\n  - X\n  - to do\n", "some #x text\n\n#to-do"),
        ("tags: y\n", "some #x text\n\n#y"),
        ("tags:\n", "some #x text\n"),
        ("# c\n", "---\n# c\n---\nsome #x text\n"),
        ("tags: {a: b}\n", "---\ntags: {a: b}\n---\nsome #x text\n"),
    ] {
        let note = own(&file(more));
        assert_eq!(note.text("content").as_deref(), Some(content), "{more}");
        assert_eq!(note.fields.len(), 5, "{more}");
    }
    let note = own(&file("aliases: [T, Old title, T2]\n"));
    assert_eq!(note.text("aliases").as_deref(), Some("Old title, T2"));
    let again = String::from_utf8(markdown::encode("a", &note)).unwrap();
    assert!(
        again.contains("\naliases: [\"T\", \"Old title\", \"T2\"]\n"),
        "{again}"
    );
    assert_eq!(own(&again), note);
}

#[test]
fn links_and_what_is_no_file_are_not_followed() {
    let directory = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    file(&outside, "x.md", b"---\nid: a\n---\n");
    std::os::unix::fs::symlink(outside.path(), directory.path().join("link")).unwrap();
    let link = directory.path().join("y.md");
    std::os::unix::fs::symlink(outside.path().join("x.md"), link).unwrap();
    file(&directory, "z.md", b"---\nid: z\nfields: '[]'\n---\n");
    assert_eq!(
        without_directory(&directory, directory.path()),
        results(&["z"])
    );
}

#[test]
fn a_note_that_is_too_large_is_refused_and_the_next_one_read() {
    let large = "x".repeat(LARGEST_NOTE);
    let text = format!("{{\"id\":\"a\",\"content\":\"{large}\"}}\n{{\"id\":\"b\"}}\n");
    let message = "x.jsonl line 1: a note of more than 16 MiB";
    assert_eq!(messages("x.jsonl", &text), results(&[message, "b"]));
}

#[test]
fn a_note_with_many_odd_fields_is_read_in_time() {
    let fields: Vec<_> = (0..100_000).map(|i| format!("[\"{i}\",\"\"]")).collect();
    let text = format!("{{\"id\":\"a\",\"fields\":[{}]}}", fields.join(","));
    assert_eq!(messages("x.jsonl", &text), results(&["a"]));
}
