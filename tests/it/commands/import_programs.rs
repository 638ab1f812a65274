//! `notes import` of the exports of each program: the format is told from the files, every note has its
//! title, text, times and tags, a second import changes nothing, and one `undo` takes all of it back.
//!
//! The samples of Joplin and Taskwarrior were written by these programs; the other files are made as the
//! documentation that is named here says, or as the program's source does.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::Sandbox;
use crate::support::committed::repository;

/// Title, content, `created_at` and `updated_at` of a note.
type Expected<'a> = [&'a str; 4];

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
    assert_eq!(found, expected);
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
    let jex = sandbox.file("notes.jex", "");
    let tar = Command::new("tar")
        .arg("cf")
        .arg(&jex)
        .arg("-C")
        .arg(&raw)
        .arg(".")
        .status();
    assert!(tar.unwrap().success());
    assert_imported(&sandbox, &jex, &expected, "left out 1 file: 1 .txt");
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

#[test]
fn textbundles_and_the_backup_of_bear() {
    // https://textbundle.org/spec/
    let sandbox = Sandbox::with_redis();
    let bundle = |name: &str, text: &str, bear: &str| {
        let info = format!(
            r#"{{"version":2,"type":"net.daringfireball.markdown","creatorIdentifier":"net.shinyfrog.bear"{bear}}}"#
        );
        sandbox.file(&format!("{name}/text.md"), text);
        sandbox.file(&format!("{name}/info.json"), info);
        sandbox.file(&format!("{name}/assets/notes.md"), "no note");
    };
    let times =
        r#""creationDate":"2024-01-15T10:30:00Z","modificationDate":"2024-01-16T10:30:00Z""#;
    let bear = |rest: &str| format!(r#","net.shinyfrog.bear":{{{times},{rest}}}"#);
    bundle(
        "b/Shopping list.textbundle",
        "milk ![](assets/milk.png)\n#to do list# #home/kitchen and #1",
        &bear(r#""trashed":0,"archived":1,"pinned":0,"uniqueIdentifier":"A1""#),
    );
    bundle("b/Old.textbundle", "# Old\n", &bear(r#""trashed":1"#));
    bundle(
        "b/Trip.textbundle",
        "# Trip to Rome\npack",
        &bear(r#""trashed":0,"pinned":1"#),
    );
    let expected = [
        [
            "Shopping list",
            "milk ![](assets/milk.png)\n#to-do-list #home/kitchen and #1\n\nAttachment: milk.png\n\n#archived",
            MONDAY,
            TUESDAY,
        ],
        ["Trip to Rome", "pack\n\n#pinned", MONDAY, TUESDAY],
    ];
    assert_imported(
        &sandbox,
        "b",
        &expected,
        "left out 1 note that is in the trash",
    );
    sandbox.file("v/own.md", "x");
    sandbox.file("v/A.textbundle/text.txt", "y");
    let run = sandbox.notes(["import", "-q", "v"]).run();
    assert_eq!((run.code, run.stdout.lines().count()), (0, 2), "{run:?}");
}

#[test]
fn taskwarrior_by_its_array_or_its_lines() {
    // Written by Taskwarrior 2.6.2.
    let sandbox = Sandbox::with_redis();
    let array = repository().join("tests/it/samples/taskwarrior.json");
    let text = std::fs::read_to_string(&array).unwrap();
    let lines: Vec<_> = text.lines().filter(|line| line.len() > 1).collect();
    let lines = sandbox.file("tasks.txt", lines.join("\n"));
    let expected = [
        [
            "Buy milk",
            "- [ ] Buy milk\n\nDue: 2026-12-24\nEstimate: 2h\nPriority: H\nProject: House.Kitchen\n\n\
             - 2026-11-30 20:06: two litres, see https://example.org\n\n#home",
            "2026-11-30T20:06:09+00:00",
            "2026-11-30T20:06:09+00:00",
        ],
        [
            "gone",
            "- [x] gone",
            "2026-11-30T20:06:09+00:00",
            "2026-11-30T20:16:54+00:00",
        ],
        [
            "Pay",
            "- [ ] Pay\n\nDepends: [[Buy milk]]",
            "2026-11-30T20:16:54+00:00",
            "2026-11-30T20:16:54+00:00",
        ],
        [
            "weekly review",
            "- [ ] weekly review\n\nDue: 2026-12-06 23:59\nRecur: weekly",
            "2026-11-30T20:06:10+00:00",
            "2026-11-30T20:06:10+00:00",
        ],
    ];
    for file in [array, lines] {
        assert_imported(
            &sandbox,
            file,
            &expected,
            "left out 1 note that is in the trash",
        );
    }
}

#[test]
fn logseq_by_its_graph_without_what_is_its_own() {
    // https://docs.logseq.com/#/page/file%20structure
    let sandbox = Sandbox::with_redis();
    sandbox.file("graph/logseq/config.edn", "{}");
    sandbox.file("graph/logseq/bak/pages/a/2024.md", "old");
    sandbox.file("graph/logseq/.recycle/pages_b.md", "old");
    sandbox.file("graph/journals/2024_01_15.md", "- a day");
    sandbox.file("graph/pages/work___plan%3F.md", "- one");
    let run = sandbox.notes(["import", "-q", "graph"]).run();
    assert_eq!((run.code, &*run.stderr), (0, ""), "{run:?}");
    let list = sandbox
        .notes(["list", "--sort", "title", "--json=title"])
        .run();
    assert_eq!(
        list.stdout,
        "[{\"title\":\"2024-01-15\"},{\"title\":\"work/plan?\"}]\n"
    );
}

#[test]
fn memos_in_every_shape_of_its_answers() {
    // https://www.usememos.com/docs/api
    let new = r#"{"name":"memos/abc","state":"ARCHIVED","creator":"users/1","createTime":"2024-01-15T10:30:00Z","updateTime":"2024-01-16T10:30:00Z","content":"Plain memo #work","visibility":"PRIVATE","tags":["work"],"pinned":false,"attachments":[{"filename":"a.png"}]}"#;
    let old = r#"{"id":7,"rowStatus":"ARCHIVED","creatorId":1,"createdTs":1705314600,"updatedTs":1705401000,"content":"Plain memo #work","visibility":"PRIVATE","pinned":false,"resourceList":[{"filename":"a.png"}]}"#;
    let expected = [
        "Plain memo #work",
        "Attachment: a.png\n\n#archived",
        MONDAY,
        TUESDAY,
    ];
    for text in [
        new.to_owned(),
        format!("[{new}]"),
        format!("[\n  {new}\n]\n"),
        format!("{{\"memos\":[{new}],\"nextPageToken\":\"\"}}"),
        format!("{{\"nextPageToken\":\"\",\n\"memos\":[{new}]}}"),
        old.to_owned(),
        format!("[{old}]"),
        format!("{{\"data\":[{old}]}}"),
        format!("{{\"data\": {old}}}"),
        format!("{{\"memos\":[]}}\n{{\"memos\":[{old}]}}"),
    ] {
        let sandbox = Sandbox::with_redis();
        sandbox.file("memos.json", &text);
        assert_imported(&sandbox, "memos.json", &[expected], "");
        sandbox.file("memos.jsonl", &text);
        assert_imported(&sandbox, "memos.jsonl", &[expected], "");
    }
    let sandbox = Sandbox::with_redis();
    let other = new
        .replace("memos/abc", "memos/def")
        .replace("Plain", "Second");
    sandbox.file("lines.jsonl", format!("{new}\n{other}\n"));
    let second = ["Second memo #work", expected[1], MONDAY, TUESDAY];
    assert_imported(&sandbox, "lines.jsonl", &[expected, second], "");
}

#[test]
fn a_note_of_keep_stays_the_same_one_when_it_is_edited() {
    let sandbox = Sandbox::with_redis();
    let note = |folder: &str, name: &str, title: &str, text: &str, edited: u64| {
        let text = format!(
            r#"{{"color":"DEFAULT","isTrashed":false,"isPinned":false,"isArchived":false,"textContent":"{text}","textContentHtml":"<p>no</p>","title":"{title}","sharees":[{{"isOwner":true,"type":"WRITER","email":"me@example.org"}}],"userEditedTimestampUsec":{edited},"createdTimestampUsec":1705314600000000}}"#
        );
        sandbox.file(&format!("{folder}/Keep/{name}.json"), text);
    };
    note("first", "Trip", "Trip", "pack", 1_705_314_600_000_000);
    note(
        "later",
        "Trip to Rome",
        "Trip to Rome",
        "pack more",
        1_705_401_000_000_000,
    );
    assert_imported(&sandbox, "first", &[["Trip", "pack", MONDAY, MONDAY]], "");
    let first = sandbox.notes(["import", "-q", "first"]).run();
    let later = sandbox
        .notes(["import", "-q", "--on-conflict", "newer", "later"])
        .run();
    assert_eq!(first.stdout, later.stdout, "{later:?}");
    assert_notes(&sandbox, &[["Trip to Rome", "pack more", MONDAY, TUESDAY]]);
    // Two notes of the same microsecond are told apart by their files.
    note("both", "a", "", "one", 1_705_314_600_000_000);
    note("both", "b", "", "two", 1_705_314_600_000_000);
    let both = sandbox.notes(["import", "-q", "both"]).run();
    assert_eq!((both.code, both.stdout.lines().count()), (0, 2), "{both:?}");
}

#[test]
fn a_list_of_keep_without_a_title_keeps_all_its_items() {
    let sandbox = Sandbox::with_redis();
    sandbox.file(
        "Keep/list.json",
        r#"{"isTrashed":false,"isPinned":false,"isArchived":false,"listContent":[{"text":"milk","isChecked":true},{"text":"bread","isChecked":false}],"title":"","userEditedTimestampUsec":1705401000000000,"createdTimestampUsec":1705314600000000}"#,
    );
    let expected = ["milk", "- [x] milk\n- [ ] bread", MONDAY, TUESDAY];
    assert_imported(&sandbox, "Keep", &[expected], "");
}

#[test]
fn a_table_as_spreadsheets_write_it() {
    let row =
        "Buy milk;\"two\r\nlitres\";home,errands;2024-01-15 10:30:00Z;2024-01-16T10:30:00Z;aisle 3";
    let header = "Name;Text;Tags;Created;Last modified;Where";
    let expected = [
        "Buy milk",
        "two\nlitres\n\nWhere: aisle 3\n\n#home #errands",
        MONDAY,
        TUESDAY,
    ];
    let excel = format!("\u{feff}{header}\r\n{row}\r\n;;;;;\r\n");
    let tabs = format!("{header}\n{row}\n").replace(';', "\t");
    let commas = format!("{header}\n{row}\n")
        .replace(',', "/")
        .replace(';', ",");
    let utf16: Vec<u8> = excel.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, text) in [
        ("excel.csv", excel.clone().into_bytes()),
        (
            "sep.csv",
            format!("sep=;\r\n{header}\r\n{row}").into_bytes(),
        ),
        ("tabs.csv", tabs.into_bytes()),
        ("utf16.csv", utf16),
        (
            "commas.csv",
            commas.replace("home/errands", "home errands").into_bytes(),
        ),
    ] {
        let sandbox = Sandbox::with_redis();
        sandbox.file(name, text);
        assert_imported(&sandbox, name, &[expected], "");
    }
}

#[test]
fn a_row_without_an_id_is_known_by_its_text_and_a_new_one_is_new() {
    let sandbox = Sandbox::with_redis();
    let table = |rows: &str| sandbox.file("t.csv", format!("title,content\n{rows}"));
    table("Buy milk,two litres\nBuy milk,one litre\nBuy milk,one litre\n");
    let first = sandbox.notes(["import", "-q", "t.csv"]).run();
    assert_eq!(
        (first.code, first.stdout.lines().count()),
        (0, 3),
        "{first:?}"
    );
    table("New,\nBuy milk,one litre\nBuy milk,one litre\nBuy milk,two litres\n");
    let stored = sandbox.notes(["import", "t.csv"]).run();
    assert_eq!(stored.stdout.lines().count(), 1, "{stored:?}");
    let id = stored.stdout.trim();
    assert_eq!(sandbox.field(id, "title"), "New");
}

#[test]
fn a_table_of_another_program_has_ids_of_its_own() {
    let sandbox = Sandbox::with_redis();
    for table in ["a.csv", "b.csv"] {
        sandbox.file(table, "ID,Title,Body,State\n1,One,text,open\n");
        let run = sandbox.notes(["import", "-q", table]).run();
        assert_eq!((run.code, run.stdout.len()), (0, 37), "{run:?}");
        sandbox.file(table, "ID,Title,Body,State\n1,One,edited,open\n");
        let again = sandbox
            .notes(["import", "-q", "--on-conflict", "replace", table])
            .run();
        assert_eq!(again.stdout, run.stdout);
        assert_eq!(
            sandbox.field(run.stdout.trim(), "content"),
            "edited\n\nState: open"
        );
    }
    sandbox.file(
        "own.csv",
        "\u{feff}ID;Title;Content;Created_At;Updated_At\r\nx1;One;;a;b\r\n;;;;\r\n",
    );
    let own = sandbox.notes(["import", "-q", "own.csv"]).run();
    assert_eq!((own.code, &*own.stdout), (0, "x1\n"), "{own:?}");
    assert_eq!(sandbox.field("x1", "updated_at"), "b");
    sandbox.file("none.csv", "a,b\n1,2\n");
    let none = sandbox.notes(["import", "none.csv"]).run();
    let message = "notes: none.csv line 1: the header has no column for a title (title, name, subject, heading) \
                   or a content (content, text, body, note, notes, description)\n";
    assert_eq!(none.code, 1);
    assert!(none.stderr.starts_with(message), "{none:?}");
    let piped = sandbox
        .notes(["import", "-q", "-"])
        .stdin("Title,Text\nPiped,x\n")
        .run();
    assert_eq!(
        (piped.code, piped.stdout.lines().count()),
        (0, 1),
        "{piped:?}"
    );
}
