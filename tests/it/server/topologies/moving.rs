//! `export` and `import`.

use std::fs;

use super::{COUNT, Store, ids, lines};

pub(super) fn works(store: &Store<'_>) {
    store.fill();
    let filled = store.contents();
    let oldest_first = ["export", "--reverse"];
    store.notes(&oldest_first).gives(0, &lines(), "");
    store
        .notes(&["export", "--tag", "rare", "--format", "csv"])
        .gives(
            0,
            "id,title,content,created_at,updated_at\n[..]\n[..]\n[..]\n",
            "",
        );
    store.notes(&["undo", "-q"]).gives(0, &ids(), "");
    let dry = store
        .notes(&["import", "-", "--dry-run"])
        .stdin(lines())
        .run();
    assert_eq!(dry.code, 0, "{dry:?}");
    assert_eq!(dry.stdout.matches("create\t").count(), COUNT);
    assert_eq!(store.contents(), "");
    store.notes(&["import", "-"]).stdin(lines()).gives(
        0,
        &ids(),
        "imported 300 notes (300 created); `notes undo` undoes it\n",
    );
    assert_eq!(store.contents(), filled);
    store
        .notes(&["import", "-"])
        .stdin(lines())
        .gives(0, "", "imported 0 notes (300 unchanged)\n");
    for format in ["json", "csv", "md"] {
        let path = format!("all.{format}");
        store
            .notes(&["export", "-o", &path, "--format", format])
            .gives(0, "", &format!("exported 300 notes to {path}\n"));
        store
            .notes(&["rm", "-qy", "-"])
            .stdin(ids())
            .gives(0, &ids(), "");
        assert_eq!(store.contents(), "");
        let run = store.notes(&["import", "-q", &path]).run();
        assert_eq!(
            (run.code, run.stdout.lines().count()),
            (0, COUNT),
            "{run:?}"
        );
        assert_eq!(store.contents(), filled);
    }
    conflicts_are_decided(store);
}

fn conflicts_are_decided(store: &Store<'_>) {
    let filled = store.contents();
    let other = lines().replace("text ", "other ");
    fs::write(store.sandbox.home().join("other.jsonl"), other).unwrap();
    let import = |how| store.notes(&["import", "other.jsonl", "--on-conflict", how]);
    import("skip").gives(
        0,
        "",
        "skipped n000-not Note 0: a different version is stored; [..]\n...\nskipped 290 more\nimported 0 notes (300 skipped)\n",
    );
    let run = import("fail").run();
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run:?}");
    assert_eq!(store.contents(), filled);
    import("replace").gives(
        0,
        &ids(),
        "imported 300 notes (300 replaced); `notes undo` undoes it\n",
    );
    assert_eq!(store.contents(), filled.replace("text ", "other "));
    store.notes(&["undo", "-q"]).gives(0, &ids(), "");
    assert_eq!(store.contents(), filled);
}
