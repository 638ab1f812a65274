//! Imports of a folder of Markdown or text files.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::transfer::foreign::tests::{notes, read};
use crate::transfer::{DEEPEST_DIRECTORY, Entries, Format, InputFormat, open, open_as};

fn entries(folder: &Path) -> Entries<'static> {
    let format = Some(InputFormat::Own(Format::Markdown));
    open(folder, format).unwrap().unwrap().entries
}

#[test]
fn a_text_file_is_titled_by_its_heading_or_its_name_and_loses_no_text() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir_all(folder.path().join("b/c")).unwrap();
    fs::create_dir_all(folder.path().join(".git")).unwrap();
    file("a.md", "\u{feff}\n# A heading\n\n text\n");
    file("b/c/Shopping list.TXT", "- milk\n# not a title\n");
    file("b/empty.markdown", "");
    file("b/image.png", "");
    file(".git/x.md", "");
    let notes = notes(entries(folder.path()));
    let texts: Vec<_> = notes
        .iter()
        .map(|note| (note.title(), note.content()))
        .collect();
    assert_eq!(
        texts,
        [
            ("A heading", " text"),
            ("Shopping list", "- milk\n# not a title"),
            ("empty", ""),
        ]
    );
    let again: Vec<_> = entries(folder.path())
        .map(|entry| entry.unwrap().unwrap().id)
        .collect();
    assert_eq!(
        notes
            .iter()
            .map(|note| note.id.as_str())
            .collect::<Vec<_>>(),
        again
    );
}

#[test]
fn a_folder_is_not_left_by_links_and_not_read_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("d/".repeat(DEEPEST_DIRECTORY + 1));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("x.txt"), "x").unwrap();
    fs::write(folder.path().join("latin.txt"), b"caf\xe9").unwrap();
    symlink("/etc/hostname", folder.path().join("link.txt")).unwrap();
    symlink(folder.path(), folder.path().join("loop")).unwrap();
    let (notes, unread) = read(entries(folder.path()));
    assert_eq!(notes.len(), 0);
    let unread: Vec<_> = unread
        .iter()
        .map(|line| line.rsplit_once('/').unwrap().1)
        .collect();
    assert_eq!(
        unread,
        [
            "d: more than 32 directories deep",
            "latin.txt: not UTF-8 at byte 4; convert it, for example with `iconv -f WINDOWS-1252 -t UTF-8`",
        ]
    );
}

#[test]
fn a_file_has_an_id_of_its_own_among_those_of_its_name_in_other_folders() {
    let root = tempfile::tempdir().unwrap();
    let id = |folder: &str, name: &str| {
        let folder = root.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), "x").unwrap();
        let mut notes = notes(entries(&folder));
        fs::remove_file(folder.join(name)).unwrap();
        notes.remove(0).id
    };
    let first = id("a", "README.md");
    assert_eq!(first, id("b/../a/", "README.md"));
    assert_ne!(first, id("b", "README.md"));
    assert_ne!(first, id("a", "README.txt"));
    // A directory above it, and the file alone, are the same place.
    fs::write(root.path().join("a/README.md"), "x").unwrap();
    assert_eq!(first, notes(entries(root.path()))[0].id);
    assert_eq!(
        first,
        notes(entries(&root.path().join("a/README.md")))[0].id
    );
    let open_as = |name| {
        let path = root.path().join("a");
        let source = open_as(&path, None, Some(name)).unwrap().unwrap();
        notes(source.entries).remove(0).id
    };
    // Pinned: another id would make every later import a second copy.
    assert_eq!(open_as("mine"), "7443296d-adb6-5328-9650-54527cca757c");
}

/// Title, content and when it was made, of a file of that text.
fn imported(file: &str) -> (String, String, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("name.md"), file).unwrap();
    let note = notes(entries(folder.path())).remove(0);
    let created = note.created_at.clone().unwrap();
    (note.title().to_owned(), note.content().to_owned(), created)
}

#[test]
fn front_matter_gives_title_tags_and_dates() {
    let (title, content, created) =
        imported("---\ntitle: 'A: b'\ndate: 2024-01-15\ntags:\n  - to do\n  - x\n---\n\n# H\n");
    assert_eq!(title, "A: b");
    assert_eq!(content, "# H\n\n#to-do #x");
    assert_eq!(created, "2024-01-15T00:00:00+00:00");
}

#[test]
fn front_matter_with_more_than_a_note_has_a_place_for_stays_in_the_text() {
    for head in [
        "author: me",
        "date: some day",
        "# a comment",
        "title: again",
        "nested:\n  a: 1",
        "not: [closed",
        "id2: &a x",
    ] {
        let file = format!("---\ntitle: T\n{head}\n---\n# H\n");
        let (_, content, _) = imported(&file);
        assert_eq!(content, file.trim_end(), "{head}");
    }
}

#[test]
fn front_matter_of_a_note_of_ones_own_must_be_right() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.md"), "---\nid: a\ntitle: [\n---\n").unwrap();
    let (notes, unread) = read(entries(folder.path()));
    assert_eq!((notes.len(), unread.len()), (0, 1));
    assert!(unread[0].contains("a.md line "), "{unread:?}");
}
