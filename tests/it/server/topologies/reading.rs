//! `show`, `list`, `search`, `tags`, the picker and completion.

use super::{COUNT, Store, id, ids, lines, time};

pub(super) fn works(store: &Store<'_>) {
    for nothing in [&["list"][..], &["search", "x"], &["tags"], &["export"]] {
        store.notes(nothing).gives(0, "", "");
    }
    store.fill();
    shows(store);
    lists(store);
    finds(store);
    picks(store);
    completes(store);
}

fn shows(store: &Store<'_>) {
    let (forty_two, time) = (id(42), time(42));
    store.notes(&["show", &forty_two]).gives(
        0,
        &format!("Note 42\nid: {forty_two}\ncreated: {time}\nupdated: {time}\n\ntext 42 #third\n"),
        "",
    );
    for (note, number) in [
        ("n042", 42),
        ("N042-NOTE", 42),
        ("note 42", 42),
        ("@", 299),
        ("@300", 0),
    ] {
        let expected = format!("{}\n", id(number));
        let show = ["show", note, "--field", "id"];
        store.notes(&show).gives(0, &expected, "");
    }
    let several = [
        &["show", "--json=title", "n000", "n001", "none"],
        &["n002", "n003", "n004"][..],
    ];
    let titles = [0, 1, 2, 3, 4].map(|number| format!("{{\"title\":\"Note {number}\"}}\n"));
    store.notes(&several.concat()).gives(
        3,
        &titles.concat(),
        "{\"error\":{\"code\":\"not_found\",\"message\":\"no note 'none'; near it: Note 2, Note 1, Note 0\",\"id\":\"none\"}}\n",
    );
    let all = store.notes(&["show", "-", "--field", "id"]);
    all.stdin(ids()).gives(0, &ids(), "");
    store.notes(&["show", "n04-"]).gives(
        3,
        "",
        "notes: no note 'n04-'; `notes list` shows what there is\n",
    );
}

fn lists(store: &Store<'_>) {
    let newest_first: String = (0..COUNT).rev().map(|number| id(number) + "\n").collect();
    for (options, stdout) in [
        (&["--ids"][..], newest_first.as_str()),
        (&["--ids", "--reverse"], &ids()),
        (&["--ids", "--sort", "updated"], &newest_first),
        (
            &["--ids", "--sort", "title", "-n", "2"],
            "n000-note\nn001-note\n",
        ),
        (&["--jsonl", "--reverse"], &lines()),
        (
            &["-n", "1"],
            &format!("n299-note\tNote 299\t{}\ttext 299\n", time(299)),
        ),
        (&["--json=title", "-n1"], "[{\"title\":\"Note 299\"}]\n"),
        (
            &["--csv", "--json=id,content", "-n", "2", "-r"],
            "id,content\nn000-note,text 0 #third #rare\nn001-note,text 1\n",
        ),
        (
            &["--ids", "--tag", "rare"],
            "n200-note\nn100-note\nn000-note\n",
        ),
        (&["--ids", "--tag", "third", "-n", "1"], "n297-note\n"),
    ] {
        store
            .notes(&[&["list"], options].concat())
            .gives(0, stdout, "");
    }
    store.notes(&["tags"]).gives(0, "third\t100\nrare\t3\n", "");
}

fn finds(store: &Store<'_>) {
    for (query, stdout) in [
        (
            &["text", "--tag", "rare"][..],
            "n200-note\nn100-note\nn000-note\n",
        ),
        (&["title:note", "content:t 17", "-n", "1"], "n179-note\n"),
        (&["--regex", "^text 1?7$"], "n017-note\nn007-note\n"),
        (&["--since", &time(298)], "n299-note\nn298-note\n"),
        (&["nowhere"], ""),
    ] {
        for command in ["search", "list"] {
            let arguments = [&[command, "--ids"], query].concat();
            store.notes(&arguments).gives(0, stdout, "");
        }
    }
    store
        .notes(&["search", "--exit-status", "nowhere"])
        .gives(1, "", "");
}

fn picks(store: &Store<'_>) {
    let show = ["show", "--field", "id"];
    let mut terminal = store.sandbox.full_screen((100, 20), &show, &[]);
    terminal.see(&format!(" {COUNT}/{COUNT}"));
    terminal.type_keys("text 217\r");
    let (_, text, code) = terminal.end_of_screen((100, 20));
    assert_eq!((text.as_str(), code), ("n217-note\n", 0));
}

fn completes(store: &Store<'_>) {
    let complete = |words: &[&str], stdout: &str| {
        let words = [&["__complete", "words", "notes"], words].concat();
        let run = store.notes(&words).env("NOTES_COMPLETION_TIMEOUT", "60");
        run.gives(0, stdout, "");
    };
    complete(&["show", "n123"], "n123-note\tNote 123\n");
    complete(&["list", "--tag", "ra"], "rare\t\n");
}
