//! What is in Redis after each command: the documented layout, and nothing more.

use crate::support::Sandbox;

/// Every key, in order.
fn keys(sandbox: &Sandbox) -> Vec<String> {
    let mut keys: Vec<String> = sandbox
        .redis_cli(&["KEYS", "*"])
        .lines()
        .map(str::to_owned)
        .collect();
    keys.sort();
    keys
}

#[test]
fn after_each_command_there_is_a_set_of_ids_and_a_hash_a_note() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    let hash = format!("note:{id}");
    let check = |title: &str, content: &str| {
        assert_eq!(keys(&sandbox), [hash.as_str(), "notes:ids"]);
        assert_eq!(sandbox.redis_cli(&["SMEMBERS", "notes:ids"]), id);
        assert_eq!(sandbox.redis_cli(&["TTL", &hash]), "-1");
        let fields = sandbox.redis_cli(&["HKEYS", &hash]);
        assert_eq!(fields, "id\ntitle\ncontent\ncreated_at\nupdated_at");
        assert_eq!(sandbox.field(&id, "id"), id);
        assert_eq!(sandbox.field(&id, "title"), title);
        assert_eq!(sandbox.field(&id, "content"), content);
    };
    check("T", "c");
    sandbox
        .notes(["edit", &id, "-t", "U", "--append", "d"])
        .run();
    check("U", "c\nd");
    for arguments in [
        vec!["list"],
        vec!["show", "@"],
        vec!["health"],
        vec!["rm", "--dry-run", "@"],
    ] {
        sandbox.notes(arguments).run();
        check("U", "c\nd");
    }
    sandbox.notes(["rm", "--yes", &id]).run();
    assert!(keys(&sandbox).is_empty());
}

#[test]
fn times_are_utc_as_python_writes_them() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let time = sandbox.field(&id, "created_at");
    let shape: String = time
        .chars()
        .map(|c| if c.is_ascii_digit() { '9' } else { c })
        .collect();
    // Once in a million times the fraction is zero and left out.
    assert!(
        shape == "9999-99-99T99:99:99.999999+99:99" || shape == "9999-99-99T99:99:99+99:99",
        "{time}"
    );
    assert!(time.ends_with("+00:00"), "{time}");
}

#[test]
fn a_note_of_another_writer_shows_up_in_every_command() {
    let sandbox = Sandbox::with_redis();
    let time = "2024-01-15T10:30:00.123456+00:00";
    let id = "6f1c8a52-0c3e-4d0f-9a66-0a3f5f5b9d11";
    sandbox.foreign(
        id,
        &[
            ("id", id),
            ("title", "T"),
            ("content", "c"),
            ("created_at", time),
            ("updated_at", time),
            ("tags", "kept"),
        ],
    );
    sandbox
        .notes(["list", "--ids"])
        .gives(0, &format!("{id}\n"), "");
    sandbox
        .notes(["show", "6f1c8", "--field", "tags"])
        .gives(0, "kept\n", "");
    let json = sandbox.notes(["show", "@", "--json"]).run().json();
    assert_eq!(json["tags"], "kept");
    sandbox
        .notes(["edit", "6f1c", "-c", "d", "-q"])
        .gives(0, &format!("{id}\n"), "");
    assert_eq!(sandbox.field(id, "tags"), "kept");
    assert_eq!(sandbox.field(id, "created_at"), time);
    let health = sandbox.notes(["health", "--json"]).run().json();
    assert_eq!(health["notes"], 1);
    sandbox
        .notes(["rm", "--yes", "-q", "6f1c"])
        .gives(0, &format!("{id}\n"), "");
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn the_database_of_the_settings_is_the_one_used() {
    let sandbox = Sandbox::with_redis();
    sandbox.notes(["add", "T", "-q"]).env("REDIS_DB", "3").run();
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
    assert_eq!(sandbox.redis_cli(&["-n", "3", "SCARD", "notes:ids"]), "1");
}
