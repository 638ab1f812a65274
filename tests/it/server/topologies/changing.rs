//! `add`, `edit`, `rm`, `undo` and `log`.

use super::{COUNT, Store, ids};

pub(super) fn works(store: &Store<'_>) {
    store.fill();
    let filled = store.contents();
    one_note(store);
    many_notes(store);
    notes_by_title(store);
    assert_ne!(store.contents(), filled);
    // Everything is undone, step by step, and the import at last.
    let log = store.notes(&["log", "--json=step,by,state"]).run().json();
    let steps = log.as_array().unwrap();
    let made = steps.iter().filter(|step| step["state"] == "made");
    let made = made.filter(|step| !step["by"].as_str().unwrap().starts_with("undo"));
    for _ in 1..made.count() {
        let run = store.notes(&["undo", "-q"]).run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    }
    assert_eq!(store.contents(), filled);
    store.notes(&["undo", "-q"]).gives(0, &ids(), "");
    assert_eq!(store.contents(), "");
    let nothing = store.notes(&["undo"]);
    nothing.gives(3, "", "notes: nothing to undo on [..]\n");
}

/// Notes that are made by their titles, with a task and a link.
fn notes_by_title(store: &Store<'_>) {
    let today = store.notes(&["today", "--append", "- [ ] task", "-q", "--json"]);
    let today = today.run().json();
    let id = today["id"].as_str().unwrap();
    for arguments in [
        &["tasks", "--tick", &format!("{id}:1")][..],
        &["edit", id, "--replace", "task", "[[Linked]]"],
        &["edit", "--create", "Linked", "--tag", "x"],
        &["edit", "Linked", "-t", "Renamed", "--links"],
    ] {
        let run = store.notes(&[arguments, &["-q"]].concat()).run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    }
    assert_eq!(store.field(id, "content"), "- [x] [[Renamed]]");
    store
        .notes(&["links", id])
        .gives(0, "to\t[..]\tRenamed\tRenamed\n", "");
    store
        .notes(&["list", "--links-to", "Renamed", "--ids"])
        .gives(0, &format!("{id}\n"), "");
}

fn one_note(store: &Store<'_>) {
    let run = store.notes(&["add", "New", "note", "-c", "one"]);
    let run = run.gives(0, "[..]\n", "added [..] New note\n");
    let id = run.stdout.trim_end();
    let (line, short) = (run.stdout.as_str(), &id[..8]);
    store
        .notes(&["show", "@", "--raw"])
        .gives(0, "New note\none", "");
    let piped = store
        .notes(&["add", "-q"])
        .stdin("Piped\n\nkept as it is \n");
    let piped = piped.gives(0, "[..]\n", "");
    let show = ["show", piped.stdout.trim_end(), "--raw"];
    store.notes(&show).gives(0, "Piped\n\nkept as it is \n", "");

    let editor = store
        .sandbox
        .script("editor", "printf 'U\\n\\nthree\\n' > \"$1\"");
    for (options, title, content) in [
        (&["-c", "two"][..], "New note", "two"),
        (&["--append", "more"], "New note", "two\nmore"),
        (&["-t", "T", "-f", "-"], "T", "from stdin"),
        (&[], "U", "three"),
    ] {
        let edit = store.notes(&[&["edit", id], options].concat());
        let edit = edit.stdin("from stdin").env("EDITOR", &editor);
        edit.gives(0, line, &format!("changed {short} {title}\n"));
        assert_eq!(store.field(id, "title"), title);
        assert_eq!(store.field(id, "content"), content);
    }
    store.notes(&["undo"]).gives(
        0,
        line,
        &format!("changed back {short} T\nundid step 7 (edit); `notes undo 8` redoes it\n"),
    );
    assert_eq!(store.field(id, "content"), "from stdin");

    store
        .notes(&["rm", "-n", id])
        .gives(0, line, &format!("would delete {short} T\n"));
    store.notes(&["rm", "-y", id]).gives(
        0,
        line,
        &format!("deleted {short} T\n`notes undo` brings it back\n"),
    );
    assert_eq!(store.field(id, "id"), "");
    store
        .notes(&["show", id])
        .gives(3, "", &format!("notes: no note '{id}'; [..]\n"));
    store.notes(&["undo", "9", "-q"]).gives(0, line, "");
    assert_eq!(store.field(id, "title"), "T");
    store.notes(&["log", "-n", "3"]).gives(
        0,
        &format!(
            "10\t[..]\tundo 9\tmade\t{id}\tT\n\
             9\t[..]\trm\tundone\t{id}\tT\n\
             8\t[..]\tundo 7\tmade\t{id}\tT\n"
        ),
        "",
    );
}

fn many_notes(store: &Store<'_>) {
    let before = store.contents();
    let count = store.count();
    let edit = store.notes(&["edit", "-qy", "--append", "more", "-"]);
    edit.stdin(ids()).gives(0, &ids(), "");
    let edited = store.contents();
    assert_eq!(edited.matches("\\nmore\"\n").count(), COUNT);
    let rm = store.notes(&["rm", "-qy", "-"]);
    rm.stdin(ids()).gives(0, &ids(), "");
    assert_eq!(store.count(), "2");
    store.notes(&["undo", "-q"]).gives(0, &ids(), "");
    assert_eq!(store.contents(), edited);
    assert_eq!(store.count(), count);
    store.notes(&["undo", "-q"]).gives(0, &ids(), "");
    assert_eq!(store.contents(), before);
    let log = store.notes(&["log", "-n", "1", "--json"]).run().json();
    let step = log[0]["step"].to_string();
    store.notes(&["undo", "-q", &step]).gives(0, &ids(), "");
    assert_eq!(store.contents(), edited);
}
