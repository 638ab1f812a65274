//! An edit and a change by another program at the same time, of large texts.

use std::fs;

use crate::support::Sandbox;
use crate::support::redis_server::client;

#[test]
fn texts_that_differ_in_too_many_places_are_a_conflict_that_is_named() {
    let sandbox = Sandbox::with_redis();
    let lines = |name: &str| {
        let lines = (0..21_000).map(|number| format!("{name} {number}\n"));
        lines.collect::<Vec<String>>().concat()
    };
    let id = sandbox.add("T", "");
    sandbox
        .notes(["edit", &id, "-f", "-", "-q"])
        .stdin(lines("base"))
        .gives(0, &format!("{id}\n"), "");
    let theirs = sandbox.file("theirs", lines("theirs"));
    let script = format!(
        "{} -s {} -x HSET note:{id} content < {} >/dev/null; sed -i s/base/ours/ \"$1\"",
        client(),
        sandbox.redis().socket().display(),
        theirs.display()
    );
    let editor = sandbox.script("busy", &script);
    let why = "the texts differ in too many places to merge";
    let run = sandbox.notes(["edit", &id]).env("EDITOR", editor).run();
    assert_eq!((run.code, &*run.stdout), (6, ""), "{run:?}");
    assert!(run.stderr.contains(why), "{}", run.stderr);
    assert_eq!(sandbox.field(&id, "content"), lines("theirs"));
    let run = sandbox
        .notes(["edit", &id, "--resume"])
        .env("EDITOR", "sh -c 'cp $0 seen; touch $0'")
        .run();
    assert_eq!((run.code, &*run.stdout), (6, ""), "{run:?}");
    assert!(
        run.stderr.starts_with(&format!("{why}\n")),
        "{}",
        run.stderr
    );
    let seen = fs::read_to_string(sandbox.home().join("seen")).unwrap();
    let [ours, theirs] = [lines("ours"), lines("theirs")];
    assert_eq!(
        seen,
        format!("T\n\n<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n")
    );
}
