//! What an ACL hides or forbids.

use super::*;

/// A user of Redis with these rights, as a URL.
fn user(sandbox: &Sandbox, rights: &[&str]) -> String {
    let base = ["ACL", "SETUSER", "ann", "on", ">pw", "resetkeys"];
    assert_eq!(sandbox.redis_cli(&[&base, rights].concat()), "OK");
    format!("{}?user=ann&pass=pw", sandbox.redis().url())
}

#[test]
fn missing_rights_are_told_and_what_they_hide() {
    let sandbox = safe();
    sandbox.add("T", "c");
    let before = snapshot(&sandbox);
    let url = user(
        &sandbox,
        &[
            "~note:*",
            "%R~notes:ids",
            "+@all",
            "-hset",
            "-exec",
            "-scan",
            "-pttl",
            "-info",
            "-config",
            "-acl",
        ],
    );
    let run = deep(&sandbox, &["-u", &url, "--json"]);
    assert_eq!(run.code, 1, "{run:?}");
    let health = run.json();
    let details: Vec<_> = health["deep"]["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["detail"].as_str().unwrap().to_owned())
        .collect();
    let [detail] = &details[..] else {
        panic!("{health:#}");
    };
    assert!(
        detail.starts_with("changes will be refused: refused by Redis at "),
        "{detail}"
    );
    let unchecked: Vec<_> = health["deep"]["unchecked"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["what"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        unchecked,
        ["notes that the set of ids lacks", "times to live"]
    );
    assert_eq!(health["deep"]["notes_read"], 1);
    let text = deep(&sandbox, &["-u", &url]).stdout;
    let line = "warning     changes will be refused: refused by Redis at ";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("status      1 problem\n"), "{text}");
    assert!(text.contains("writable    no\n"), "{text}");
    assert!(
        text.contains("unchecked   times to live: refused by Redis"),
        "{text}"
    );
    assert_eq!(snapshot(&sandbox), before, "asking changes nothing");
}

#[test]
fn a_user_with_the_rights_that_are_needed_can_do_everything() {
    let sandbox = safe();
    let rights = "~note:* ~notes:ids -@all +ping +sscan +scan +scard +sismember +sadd +srem +exists +hget \
                  +hmget +hgetall +hset +hdel +del +eval +multi +exec +pttl";
    let rights: Vec<&str> = rights.split(' ').collect();
    let url = user(&sandbox, &rights);
    for line in [
        "add T -c text",
        "edit T --append more",
        "list",
        "search more",
        "show T",
        "rm T --yes",
        "undo",
        "health",
    ] {
        let run = sandbox.notes(line.split(' ').chain(["-u", &url])).run();
        assert_eq!(run.code, 0, "{line}: {run:?}");
        assert!(!run.stdout.contains("refused"), "{line}: {run:?}");
    }
    let run = deep(&sandbox, &["-u", &url]);
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn a_user_who_may_not_even_count_is_told_of_that() {
    let sandbox = safe();
    sandbox.add("T", "c");
    let url = user(&sandbox, &["~note:*", "+@all"]);
    let run = deep(&sandbox, &["-u", &url, "--json"]);
    assert_eq!(run.code, 1, "{run:?}");
    let health = run.json();
    assert_eq!(health["deep"]["problems"][0]["kind"], "refused");
    assert_eq!(
        health["deep"]["unchecked"][0]["what"],
        "notes that the set of ids lacks"
    );
    assert!(health["notes"].is_null());
    let plain = sandbox.notes(["health", "-u", &url]).run();
    assert_eq!(plain.code, 4, "{plain:?}");
}

#[test]
fn what_redis_refuses_to_mend_is_told_and_left() {
    let sandbox = safe();
    sandbox.redis_cli(&["SADD", "notes:ids", "ghost"]);
    let url = user(&sandbox, &["~note:*", "%R~notes:ids", "+@all"]);
    let run = deep(&sandbox, &["-u", &url, "--fix", "--yes"]);
    assert_ne!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("repaired    0\n"), "{run:?}");
    assert!(run.stderr.contains("notes: "), "{run:?}");
    assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), "1");
}
