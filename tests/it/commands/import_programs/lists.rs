//! Bundles, tasks, graphs, memos, and the notes of Keep.

use super::*;

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
    let archive = pack(&sandbox, &sandbox.home().join("b"), "backup.bear2bk");
    assert_imported(
        &sandbox,
        archive,
        &expected,
        "left out 1 note that is in the trash",
    );
    let bundle = sandbox.home().join("b/Shopping list.textbundle");
    let archive = pack(&sandbox, &bundle, "Shopping list.textpack");
    assert_imported(&sandbox, archive, &expected[..1], "");
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
