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
fn the_rest_of_front_matter_stays_above_the_text_below_the_heading() {
    let file =
        "---\ndate: 2024-01-15\naliases: [Second name]\n---\n\n# The real title\n\ntext [[x]]\n";
    let (title, content, _) = imported(file);
    assert_eq!(title, "The real title");
    assert_eq!(content, "---\naliases: [Second name]\n---\n\ntext [[x]]");
    for file in [
        "---\n\ntext\n\n---\nmore",
        "---\nauthor: me\n---\n# H",
        "---\nno end",
    ] {
        let (title, content, _) = imported(file);
        assert_eq!((title.as_str(), content.as_str()), ("name", file));
    }
}

// <https://docs.logseq.com/#/page/properties>
#[test]
fn properties_of_logseq_are_those_of_the_note() {
    let (title, content, created) = imported(
        "title:: A page\ntags:: work, [[to do]]\ndate:: [[Jan 15th, 2024]]\nicon:: x\n\n- a block\n  tags:: home\n",
    );
    assert_eq!(title, "A page");
    assert_eq!(
        content,
        "icon:: x\n\n- a block\n  tags:: home\n\n#work #to-do #home"
    );
    assert!(created.starts_with("2024-01-1"), "{created}");
}

// <https://www.notion.com/help/export-your-content>
#[test]
fn a_page_of_notion_has_its_id_in_the_name_and_its_properties_below_the_heading() {
    let folder = tempfile::tempdir().unwrap();
    let page = "# Meeting: plan\n\nCreated: January 15, 2024 10:30 AM\nTags: work, to do\nStatus: open\n\nNote: text\n";
    let id = |name: &str| {
        let path = folder
            .path()
            .join(format!("{name} 0123456789abcdef0123456789abcdef.md"));
        fs::write(&path, page).unwrap();
        let note = notes(entries(folder.path())).remove(0);
        fs::remove_file(path).unwrap();
        assert_eq!(note.title(), "Meeting: plan");
        assert_eq!(note.content(), "Status: open\n\nNote: text\n\n#work #to-do");
        assert!(note.created_at.unwrap().starts_with("2024-01-1"));
        note.id
    };
    assert_eq!(id("Meeting plan"), id("Another name"));
}

#[test]
fn an_id_alone_is_a_key_of_another_program() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let ids = || -> Vec<(String, String)> {
        let notes = notes(entries(folder.path())).into_iter();
        notes
            .map(|note| (note.id.clone(), note.title().to_owned()))
            .collect()
    };
    file(
        "root.md",
        "---\nid: root\ntitle: Home\ndesc: ''\nupdated: 1704204000000\n---\n\nThe first page.\n",
    );
    file("empty.md", "---\nid:\n---\nx\n");
    let first = ids();
    assert_eq!(first.len(), 2);
    fs::rename(folder.path().join("root.md"), folder.path().join("a.md")).unwrap();
    let renamed = ids();
    assert_eq!(
        renamed.iter().find(|(_, title)| title == "Home"),
        first.iter().find(|(_, title)| title == "Home")
    );
    let (title, content, _) =
        imported("---\nid: 1-K\naliases:\n  - B\ntags:\n  - c\n---\n\n# B\n\nflour\n");
    assert_eq!(title, "B");
    assert_eq!(content, "---\naliases:\n  - B\n---\n\nflour\n\n#c");
}

#[test]
fn of_a_file_and_its_copies_the_one_with_the_right_name_keeps_the_id() {
    let folder = tempfile::tempdir().unwrap();
    let own = "---\nid: 3f2a91c0\ntitle: Buy milk\ncreated_at: c\nupdated_at: u\n---\n";
    let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    file("Buy milk 1.md", &format!("{own}copy"));
    file("Buy milk.md", &format!("{own}first"));
    file("Copy of x.md", "---\nid: k\n---\n# x\nforeign copy");
    file("x.md", "---\nid: k\n---\n# x\nforeign");
    let first: Vec<_> = entries(folder.path())
        .map(|entry| entry.unwrap().unwrap())
        .collect();
    let mut found = Vec::new();
    for entry in &first {
        assert_eq!(entry.note.text("id").as_deref(), Some(&*entry.id));
        let content = entry.note.text("content").unwrap_or_default().into_owned();
        found.push((content, entry.notices.join("")));
    }
    let copied =
        |first| format!("the id is also in {first}; this file is imported as a note of its own");
    assert_eq!(
        found,
        [
            ("first".to_owned(), String::new()),
            ("foreign".to_owned(), String::new()),
            ("copy".to_owned(), copied("Buy milk.md")),
            ("foreign copy".to_owned(), copied("x.md")),
        ]
    );
    assert_eq!(first[0].id, "3f2a91c0");
    let again: Vec<_> = entries(folder.path())
        .map(|entry| entry.unwrap().unwrap().id)
        .collect();
    assert_eq!(
        again,
        first
            .iter()
            .map(|entry| entry.id.clone())
            .collect::<Vec<_>>()
    );
}

#[test]
fn front_matter_of_a_note_of_ones_own_must_be_right() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("a.md"),
        "---\nid: a\ntitle: [\nfields: '[]'\n---\n",
    )
    .unwrap();
    let (notes, unread) = read(entries(folder.path()));
    assert_eq!((notes.len(), unread.len()), (0, 1));
    assert!(
        unread[0].contains("a.md line 3: front matter: `title`"),
        "{unread:?}"
    );
}
