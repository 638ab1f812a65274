//! `notes import` of the exports of each program: the format is told from the files, every note has its
//! title, text, times and tags, a second import changes nothing, and one `undo` takes all of it back.
//!
//! The samples of Joplin and Taskwarrior were written by these programs; the other files are made as the
//! documentation that is named here says, or as the program's source does.

mod lists;
mod small;
mod tables;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::Sandbox;
use crate::support::committed::repository;

/// Title, content, `created_at` and `updated_at` of a note.
type Expected<'a> = [&'a str; 4];

/// The time of a file that says none.
const ANY: &str = "any";

const MONDAY: &str = "2024-01-15T10:30:00+00:00";
const TUESDAY: &str = "2024-01-16T10:30:00+00:00";

/// Imports a path, and checks the notes in the order of their titles, and what is said before the summary.
#[track_caller]
fn assert_imported(
    sandbox: &Sandbox,
    path: impl AsRef<Path>,
    expected: &[Expected<'_>],
    said: &str,
) {
    let before = sandbox.contents();
    let path = path.as_ref().to_str().unwrap();
    let run = sandbox.notes(["import", path]).run();
    assert_eq!(run.stdout.lines().count(), expected.len(), "{run:?}");
    let (others, summary) = run
        .stderr
        .trim_end()
        .rsplit_once('\n')
        .unwrap_or(("", &run.stderr));
    assert_eq!(others, said, "{run:?}");
    let notes = if expected.len() == 1 { "note" } else { "notes" };
    let count = format!("imported {} {notes} (", expected.len());
    assert!(summary.starts_with(&count), "{run:?}");
    assert_eq!(run.code, i32::from(said.contains("notes: ")), "{run:?}");
    assert_notes(sandbox, expected);

    let stored = sandbox.contents();
    let second = sandbox
        .notes(["import", "--on-conflict", "replace", path])
        .run();
    assert_eq!(second.stdout, "", "{second:?}");
    assert_eq!(sandbox.contents(), stored);

    let undo = sandbox.notes(["undo"]).run();
    assert_eq!(undo.code, 0, "{undo:?}");
    assert_eq!(sandbox.contents(), before);
}

#[track_caller]
fn assert_notes(sandbox: &Sandbox, expected: &[Expected<'_>]) {
    let run = sandbox.notes(["export", "--sort", "title"]).run();
    let notes: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names = ["title", "content", "created_at", "updated_at"];
    let found: Vec<Expected<'_>> = notes
        .iter()
        .map(|note| names.map(|name| note[name].as_str().unwrap()))
        .collect();
    let mut expected = expected.to_vec();
    for (note, found) in expected.iter_mut().zip(&found) {
        for (text, found) in note.iter_mut().zip(found) {
            if *text == ANY {
                *text = found;
            }
        }
    }
    assert_eq!(found, expected);
}

/// Packs a directory.
fn pack(sandbox: &Sandbox, directory: &Path, name: &str) -> PathBuf {
    let archive = sandbox.file(name, "");
    let mut tar = Command::new("tar");
    tar.arg("cf")
        .arg(&archive)
        .arg("-C")
        .arg(directory)
        .arg(".");
    assert!(tar.status().unwrap().success());
    archive
}

#[test]
fn evernote_by_an_enex_file() {
    // https://evernote.com/blog/how-evernotes-xml-export-format-works
    let sandbox = Sandbox::with_redis();
    sandbox.file(
        "Home.enex",
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE en-export SYSTEM "http://xml.evernote.com/pub/evernote-export4.dtd">
<en-export export-date="20240117T103000Z" application="Evernote" version="10.56.9">
<note><title>Buy milk</title><created>20240115T103000Z</created><updated>20240116T103000Z</updated><tag>to do</tag><content><![CDATA[<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE en-note SYSTEM "http://xml.evernote.com/pub/enml2.dtd"><en-note><h1>Shops</h1><div>two <b>litres</b></div><div><en-todo checked="true"/>corner shop</div></en-note>]]></content></note>
<note><title>Plan</title><created>20240115T103000Z</created><content><![CDATA[<en-note><table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table><en-media type="application/pdf" hash="x"/></en-note>]]></content><resource><data encoding="base64">JVBERg==</data><mime>application/pdf</mime><resource-attributes><file-name>plan.pdf</file-name></resource-attributes></resource></note>
</en-export>
"#,
    );
    let expected = [
        [
            "Buy milk",
            "# Shops\n\ntwo **litres**\n- [x] corner shop\n\n#to-do",
            MONDAY,
            TUESDAY,
        ],
        [
            "Plan",
            "| a | b |\n| --- | --- |\n| 1 | 2 |\n\nAttachment: plan.pdf",
            MONDAY,
            MONDAY,
        ],
    ];
    assert_imported(&sandbox, "Home.enex", &expected, "");
}

#[test]
fn joplin_by_its_raw_directory_and_its_jex_file() {
    // Written by Joplin's terminal program, version 3.5.1.
    let sandbox = Sandbox::with_redis();
    let raw = repository().join("tests/it/samples/joplin");
    let expected = [
        [
            "Buy milk",
            "[a.txt](a.txt)\n\nAttachment: a.txt\n\n#errands #two-words",
            "2026-11-30T20:09:23.611000+00:00",
            "2026-11-30T20:10:34.022000+00:00",
        ],
        [
            "Call plumber",
            "- [x] Call plumber\n\nsee [[Buy milk]] and\nkey: value\n\n# heading",
            "2026-11-30T20:09:43.169000+00:00",
            "2026-11-30T20:10:42.138000+00:00",
        ],
    ];
    assert_imported(&sandbox, &raw, &expected, "left out 1 file: 1 .txt");
    let jex = pack(&sandbox, &raw, "notes.jex");
    assert_imported(&sandbox, &jex, &expected, "left out 1 file: 1 .txt");
}

#[test]
fn joplin_by_its_markdown_without_the_texts_that_are_attached() {
    // Written by Joplin's terminal program, version 3.5.1.
    let sandbox = Sandbox::with_redis();
    let head =
        "---\ntitle: Buy milk\nupdated: 2024-01-16 10:30:00Z\ncreated: 2024-01-15 10:30:00Z\n";
    let tags = "tags:\n  - errands\n  - two words\n---\n";
    let text = format!("{head}{tags}\n[a.txt](../_resources/a.txt)");
    sandbox.file("md/Home/Buy milk.md", text);
    sandbox.file("md/_resources/a.txt", "hello");
    let content = "[a.txt](../_resources/a.txt)\n\n#errands #two-words";
    let expected = ["Buy milk", content, MONDAY, TUESDAY];
    assert_imported(&sandbox, "md", &[expected], "left out 1 file: 1 .txt");
}

#[test]
fn joplin_names_what_is_encrypted_and_counts_the_trash() {
    // https://joplinapp.org/help/apps/import_export
    let sandbox = Sandbox::with_redis();
    let item = |number: u8, title: &str, body: &str, properties: &str| {
        let id = format!("0123456789abcdef0123456789abcd{number:02}");
        let times =
            "created_time: 2024-01-15T10:30:00.000Z\nupdated_time: 2024-01-16T10:30:00.000Z";
        let text = format!("{title}\n\n{body}\n\nid: {id}\n{times}\n{properties}\ntype_: 1");
        sandbox.file(&format!("raw/{id}.md"), text);
    };
    item(
        1,
        "Page",
        "<p>a <b>b</b></p>",
        "markup_language: 2\nsource_url: https://example.org/x",
    );
    item(2, "Twice", "mine", "is_conflict: 1");
    item(3, "", "", "encryption_applied: 1");
    item(4, "Gone", "", "deleted_time: 1705401000000");
    let expected = [
        [
            "Page",
            "a **b**\n\nSource: https://example.org/x",
            MONDAY,
            TUESDAY,
        ],
        ["Twice", "mine\n\n#conflict", MONDAY, TUESDAY],
    ];
    let said = "notes: raw/0123456789abcdef0123456789abcd03.md: an encrypted note; decrypt it in Joplin and \
                export it again\nleft out 1 note that is in the trash";
    assert_imported(&sandbox, "raw", &expected, said);
}

const STANDARD_NOTES: &str = r#"{
  "version": "004",
  "items": [
    {"uuid":"11111111-2222-4333-8444-555555555551","content_type":"Note","content":{"title":"Buy milk","text":"two litres","references":[],"appData":{"org.standardnotes.sn":{"client_updated_at":"2024-01-16T10:30:00.000Z","pinned":true}}},"created_at":"2024-01-15T10:30:00.000Z","updated_at":"2024-02-01T00:00:00.000Z"},
    {"uuid":"11111111-2222-4333-8444-555555555552","content_type":"Note","content":{"title":"Super","noteType":"super","text":"{\"root\":{\"type\":\"root\",\"children\":[{\"type\":\"heading\",\"tag\":\"h2\",\"children\":[{\"type\":\"text\",\"text\":\"A & B\",\"format\":0}]},{\"type\":\"list\",\"listType\":\"check\",\"children\":[{\"type\":\"listitem\",\"checked\":true,\"children\":[{\"type\":\"text\",\"text\":\"done\",\"format\":1}]}]},{\"type\":\"code\",\"children\":[{\"type\":\"code-highlight\",\"text\":\"a < b\"},{\"type\":\"linebreak\"},{\"type\":\"code-highlight\",\"text\":\"c\"}]},{\"type\":\"paragraph\",\"children\":[{\"type\":\"link\",\"url\":\"https://example.org\",\"children\":[{\"type\":\"text\",\"text\":\"here\",\"format\":2}]}]}]}}","references":[]},"created_at":"2024-01-15T10:30:00.000Z","updated_at":"2024-01-16T10:30:00.000Z"},
    {"uuid":"11111111-2222-4333-8444-555555555553","content_type":"Note","content":{"title":"Old","text":"","trashed":true,"references":[]},"created_at":"2024-01-15T10:30:00.000Z","updated_at":"2024-01-16T10:30:00.000Z"},
    {"uuid":"11111111-2222-4333-8444-555555555554","content_type":"Note","content":"004:abc","created_at":"2024-01-15T10:30:00.000Z","updated_at":"2024-01-16T10:30:00.000Z"},
    {"uuid":"11111111-2222-4333-8444-666666666661","content_type":"Tag","content":{"title":"home","references":[{"uuid":"11111111-2222-4333-8444-555555555551","content_type":"Note"}]},"created_at":"2024-01-15T10:30:00.000Z","updated_at":"2024-01-16T10:30:00.000Z"},
    {"uuid":"11111111-2222-4333-8444-666666666662","content_type":"Tag","content":{"title":"kitchen","references":[{"uuid":"11111111-2222-4333-8444-555555555551","content_type":"Note"},{"uuid":"11111111-2222-4333-8444-666666666661","content_type":"Tag","reference_type":"TagToParentTag"}]},"created_at":"2024-01-15T10:30:00.000Z","updated_at":"2024-01-16T10:30:00.000Z"}
  ]
}
"#;

#[test]
fn standard_notes_by_its_backup_and_not_by_the_texts_beside_it() {
    // https://standardnotes.com/help/14/how-do-i-create-and-import-backups-of-my-standard-notes-data
    let sandbox = Sandbox::with_redis();
    let backup = sandbox.file(
        "backup/Standard Notes Backup and Import File.txt",
        STANDARD_NOTES,
    );
    sandbox.file("backup/Items/Note/Buy milk-11111111.txt", "two litres");
    sandbox.file("backup/Items/Tag/home-66666666.txt", "{}");
    let expected = [
        [
            "Buy milk",
            "two litres\n\n#home #home/kitchen #pinned",
            MONDAY,
            TUESDAY,
        ],
        [
            "Super",
            "## A & B\n\n- [x] **done**\n\n```\na < b\nc\n```\n\n[*here*](https://example.org)",
            MONDAY,
            TUESDAY,
        ],
    ];
    let encrypted = format!(
        "notes: {}: 1 note is encrypted; make the backup again in Standard Notes as 'Decrypted'\n\
         left out 1 note that is in the trash",
        "backup/Standard Notes Backup and Import File.txt"
    );
    let said = format!("{encrypted}\nleft out 2 files: 2 .txt");
    assert_imported(&sandbox, "backup", &expected, &said);
    let archive = pack(&sandbox, &sandbox.home().join("backup"), "backup.tar");
    let run = sandbox
        .notes(["import", "--dry-run", archive.to_str().unwrap()])
        .run();
    assert_eq!(run.stdout.lines().count(), 2, "{run:?}");
    let other_name = sandbox.file("decrypted.txt", std::fs::read(backup).unwrap());
    let run = sandbox
        .notes(["import", "-q", other_name.to_str().unwrap()])
        .run();
    assert_eq!(run.stdout.lines().count(), 2, "{run:?}");
}

#[test]
fn day_one_by_its_journal() {
    // https://dayoneapp.com/guides/tips-and-tutorials/exporting-entries
    let sandbox = Sandbox::with_redis();
    sandbox.file(
        "export/Journal.json",
        r##"{
  "metadata" : { "version" : "1.0" },
  "entries" : [
    {
      "uuid" : "F4CF0509F3EA47D1B56F95D37F165F5E",
      "creationDate" : "2024-01-15T10:30:00Z",
      "modifiedDate" : "2024-01-16T10:30:00Z",
      "timeZone" : "Europe\/Berlin",
      "starred" : true,
      "tags" : ["at home"],
      "location" : { "latitude" : 52.5, "longitude" : 13.4 },
      "photos" : [ { "identifier" : "ABC", "md5" : "0cc175b9c0f1b6a831c399e269772661", "type" : "jpeg" } ],
      "richText" : "{}",
      "text" : "# A day\\.\n\n1\\. text \\(mine\\)\n\n![](dayone-moment:\/\/ABC)\n\n```\na\\.b\n```"
    }
  ]
}"##,
    );
    sandbox.file("export/photos/0cc175b9c0f1b6a831c399e269772661.jpeg", "x");
    let expected = [[
        "A day.",
        "1. text (mine)\n\n![](0cc175b9c0f1b6a831c399e269772661.jpeg)\n\n```\na\\.b\n```\n\n\
         Attachment: 0cc175b9c0f1b6a831c399e269772661.jpeg\n\n#at-home #starred",
        MONDAY,
        TUESDAY,
    ]];
    assert_imported(&sandbox, "export", &expected, "left out 1 file: 1 .jpeg");
    assert_imported(&sandbox, "export/Journal.json", &expected, "");
}
