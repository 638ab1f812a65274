//! `notes tasks`

use std::thread;

use crate::support::{Sandbox, eventually};

#[test]
fn open_tasks_are_listed_with_their_notes() {
    let sandbox = Sandbox::with_redis();
    let home = sandbox.add(
        "Home #h",
        "- [ ] buy\tmilk\n- [x] eggs\n\n```\n- [ ] code\n```",
    );
    let work = sandbox.add("Work", "text\n* [ ] call");
    sandbox.add("None", "- no task");
    let open = format!("{work}:2\topen\tcall\tWork\n{home}:1\topen\tbuy\\tmilk\tHome #h\n");
    sandbox.notes(["tasks"]).gives(0, &open, "");
    let done = format!("{home}:1\topen\tbuy\\tmilk\tHome #h\n{home}:2\tdone\teggs\tHome #h\n");
    sandbox
        .notes(["tasks", "--tag", "h", "--done"])
        .gives(0, &done, "");
    sandbox.notes(["tasks", "nothing"]).gives(0, "", "");
    sandbox.notes(["tasks", "call", "--json"]).gives(
        0,
        &format!(
            "[{{\"note\":\"{work}\",\"line\":2,\"done\":false,\"text\":\"call\",\"title\":\"Work\"}}]\n"
        ),
        "",
    );
    sandbox
        .notes(["tasks", "--json=line,done", "--done", "tag:h"])
        .gives(
            0,
            "[{\"line\":1,\"done\":false},{\"line\":2,\"done\":true}]\n",
            "",
        );
    sandbox
        .notes(["tasks", "nothing", "--json"])
        .gives(0, "[]\n", "");
    let run = sandbox.notes(["tasks", "--json=x"]).run();
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn a_task_is_ticked_by_its_note_and_line() {
    let sandbox = Sandbox::with_redis();
    let a = sandbox.add("A", "- [ ] one\r\n- [ ] two\r\n");
    let b = sandbox.add("B: x", "- [ ] three");
    let short = &a[..8];
    sandbox
        .notes(["tasks", "--tick", &format!("{short}:2")])
        .gives(
            0,
            &format!("{a}\n"),
            &format!("ticked 'two' in line 2 of {short} A\n"),
        );
    assert_eq!(sandbox.field(&a, "content"), "- [ ] one\r\n- [x] two\r\n");
    // Several are one step.
    let run = sandbox
        .notes([
            "tasks",
            "-q",
            "--tick",
            "B: x:1",
            "--tick",
            &format!("{a}:1"),
        ])
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    sandbox.notes(["tasks"]).gives(0, "", "");
    sandbox.notes(["undo", "-q"]).run();
    assert_eq!(sandbox.field(&b, "content"), "- [ ] three");
    assert_eq!(sandbox.field(&a, "content"), "- [ ] one\r\n- [x] two\r\n");
}

#[test]
fn a_line_without_an_open_task_is_a_conflict_and_nothing_is_ticked() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("A", "- [ ] one\n- [x] two\ntext");
    let before = sandbox.contents();
    for (line, message) in [
        (2, "the task in line 2 of the content is done already"),
        (3, "line 3 of the content is no task"),
        (4, "line 4 of the content is no task"),
    ] {
        sandbox
            .notes(["tasks", "--tick", "A:1", "--tick", &format!("A:{line}")])
            .gives(
                6,
                "",
                &format!("notes: note {id}: {message}; nothing was written\n"),
            );
    }
    sandbox
        .notes(["tasks", "--tick", "none:1"])
        .gives(3, "", "notes: no note 'none'[..]\n");
    for place in ["A", "A:", "A:0", "A:x", ":1"] {
        let run = sandbox.notes(["tasks", "--tick", place]).run();
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(run.stderr.contains("expected a NOTE, a colon"), "{run:?}");
    }
    let run = sandbox.notes(["tasks", "--tick", "A:1", "word"]).run();
    assert_eq!(run.code, 2, "{run:?}");
    assert_eq!(sandbox.contents(), before);
}

#[test]
fn tasks_that_are_ticked_at_the_same_time_are_all_done() {
    let sandbox = Sandbox::with_redis();
    let lines: Vec<String> = (1..=8).map(|number| format!("- [ ] {number}")).collect();
    let id = sandbox.add("A", &lines.join("\n"));
    thread::scope(|scope| {
        for line in 1..=8 {
            let (sandbox, id) = (&sandbox, &id);
            scope.spawn(move || {
                let place = format!("{id}:{line}");
                let run = sandbox.notes(["tasks", "--tick", &place]).run();
                assert_eq!(run.code, 0, "{run:?}");
            });
        }
    });
    sandbox.notes(["tasks"]).gives(0, "", "");
}

#[test]
fn a_task_that_another_writer_puts_into_the_line_is_not_ticked() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("A", "- [ ] one");
    let key = format!("note:{id}");
    for (content, is_ticked) in [("- [ ] other", false), ("- [ ] one\nmore", true)] {
        sandbox.redis_cli(&["HSET", &key, "content", "- [ ] one"]);
        // Of the changes that wait here the foreign one is the first.
        sandbox.redis_cli(&["CLIENT", "PAUSE", "20000", "WRITE"]);
        let blocked = |count: &str| {
            let clients = sandbox.redis_cli(&["INFO", "clients"]);
            clients.contains(&format!("blocked_clients:{count}\r"))
        };
        let run = thread::scope(|scope| {
            scope.spawn(|| sandbox.redis_cli(&["HSET", &key, "content", content]));
            eventually("the foreign change waits", || blocked("1"));
            let run = scope.spawn(|| sandbox.notes(["tasks", "-q", "--tick", "A:1"]).run());
            eventually("the note was read, and its change waits", || blocked("2"));
            sandbox.redis_cli(&["CLIENT", "UNPAUSE"]);
            run.join().unwrap()
        });
        if is_ticked {
            assert_eq!(run.code, 0, "{run:?}");
            assert_eq!(sandbox.field(&id, "content"), "- [x] one\nmore");
        } else {
            assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run:?}");
            assert_eq!(sandbox.field(&id, "content"), content);
        }
    }
}
