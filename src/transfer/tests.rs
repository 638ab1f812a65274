//! What is written is read again to the byte, whatever a note holds; and what a stranger writes costs
//! itself alone.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::note::FIELDS;

/// Every format of one file.
fn encoders(notes: &[(String, RawNote)]) -> [(Encoder, &'static str); 3] {
    let mut columns = Columns::default();
    for (id, note) in notes {
        columns.admit(id, note);
    }
    [
        (Encoder::Jsonl, "jsonl"),
        (Encoder::Json { count: 0 }, "json"),
        (Encoder::Csv(columns), "csv"),
    ]
}

fn encoded(encoder: &mut Encoder, notes: &[(String, RawNote)]) -> Vec<u8> {
    let mut file = encoder.start();
    for (id, note) in notes {
        file.extend(encoder.note(id, note).expect("there is room for it"));
    }
    file.extend(encoder.end());
    file
}

/// What is read of a file or directory, in the order of the ids.
fn read(path: &Path) -> Vec<Result<(String, RawNote), String>> {
    let source = open(path, None).unwrap();
    let read = source.entries.map(|entry| match entry {
        Ok(entry) => Ok((entry.id, entry.note)),
        Err(unread) => Err(unread.to_string()),
    });
    read.collect()
}

fn file(directory: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = directory.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// What is read of a file of that name and text; messages are without the directory.
fn messages(name: &str, text: &str) -> Vec<Result<String, String>> {
    let directory = tempfile::tempdir().unwrap();
    let path = file(&directory, name, text.as_bytes());
    let prefix = format!("{}/", directory.path().display());
    let read = read(&path).into_iter();
    read.map(|note| match note {
        Ok((id, _)) => Ok(id),
        Err(message) => Err(message.replace(&prefix, "")),
    })
    .collect()
}

/// Some bytes: text that formats must mind, any text, or what is no text.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let hard = [
        "",
        "\"",
        "\n",
        "\r\n",
        "---\n",
        "a,b",
        "~",
        "null",
        "\0",
        "\u{85}\u{2028}\u{feff}\u{7f}",
        "a\r",
        "- x: y",
        "[]",
        "{\"hex\":\"00\"}",
        "#tag",
        " lead",
        "trail ",
        "\t",
        "'",
        "\\n",
    ];
    prop_oneof![
        4 => proptest::sample::select(hard.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        3 => any::<String>().prop_map(String::into_bytes),
        2 => "[a-z]{0,12}".prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..12),
    ]
}

fn names() -> impl Strategy<Value = Vec<u8>> {
    let known = FIELDS.into_iter().chain(["fields", "tags", "yes", "hex"]);
    let known: Vec<_> = known.map(|name| name.as_bytes().to_vec()).collect();
    prop_oneof![2 => proptest::sample::select(known), 1 => bytes()]
}

/// Notes as any writer may have left them.
fn store() -> impl Strategy<Value = Vec<(String, RawNote)>> {
    let usual = (vec(bytes(), 5), vec(any::<bool>(), 5), any::<bool>());
    let note = (usual, btree_map(names(), bytes(), 0..4));
    let store = btree_map("[a-z0-9-]{4,12}|\\PC{0,6}", note, 0..6);
    store.prop_map(|store| {
        let notes = store
            .into_iter()
            .map(|(id, ((values, there, own), other))| {
                let usual = FIELDS.into_iter().zip(values).zip(there);
                let usual = usual.filter(|(_, there)| *there);
                let mut fields: std::collections::BTreeMap<Vec<u8>, Vec<u8>> = usual
                    .map(|((name, value), _)| (name.as_bytes().to_vec(), value))
                    .chain(other)
                    .collect();
                if own || fields.is_empty() {
                    fields.insert(b"id".to_vec(), id.as_bytes().to_vec());
                }
                let note = RawNote {
                    listed: true,
                    fields: fields.into_iter().collect(),
                };
                (id, note)
            });
        notes.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn what_is_written_is_read_again_to_the_byte(notes in store()) {
        let directory = tempfile::tempdir().unwrap();
        let expected: Vec<_> = notes.iter().cloned().map(Ok).collect();
        for (mut encoder, extension) in encoders(&notes) {
            let bytes = encoded(&mut encoder, &notes);
            let path = file(&directory, &format!("notes.{extension}"), &bytes);
            prop_assert_eq!(read(&path), expected.clone(), "{}", String::from_utf8_lossy(&bytes));
        }
        let path = directory.path().join("md");
        let target = NewDirectory::create(&path).unwrap();
        for (id, note) in &notes {
            target.add(&markdown_names(id, note), &markdown(id, note)).unwrap();
        }
        target.finish().unwrap();
        let mut found = read(&path);
        found.sort_by_key(|note| note.clone().map(|(id, _)| id));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..200), head in "(---\n|\\[|\\{|id,|)") {
        let directory = tempfile::tempdir().unwrap();
        let bytes = [head.as_bytes(), &bytes].concat();
        for extension in ["jsonl", "json", "csv", "md"] {
            let path = file(&directory, &format!("x.{extension}"), &bytes);
            let _ = read(&path);
        }
    }
}
