//! What a deep look finds, and how it tells it.

use super::*;

#[test]
fn a_sound_store_is_ok() {
    let sandbox = safe();
    sandbox.add("T", "c");
    sandbox.redis_cli(&["SET", "session", "x", "EX", "1000"]);
    let socket = sandbox.redis().socket();
    sandbox.notes(["health", "--deep"]).gives(
        0,
        &format!(
            "status      ok\n\
             server      [..]\n\
             address     {}\n\
             chosen by   REDIS_URL in the environment\n\
             round trip  [..] ms\n\
             notes       1\n\
             saved       append-only file: yes, snapshots: no\n\
             eviction    off (noeviction)\n\
             writable    yes\n\
             changes     told by the server\n\
             role        primary, without replicas\n\
             read        1 note in [..] s\n",
            socket.display()
        ),
        "",
    );
    let run = deep(&sandbox, &["--fix", "--yes"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.stderr, "nothing to repair\n");
}

#[test]
fn each_fault_is_found() {
    let sandbox = faulty();
    let before = snapshot(&sandbox);
    let run = deep(&sandbox, &["--json"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(found(&run.json()), expected(|_| true));
    assert_eq!(run.json()["deep"]["notes_read"], 14);
    assert_eq!(run.json()["status"], "unsound");
    assert_eq!(snapshot(&sandbox), before);
}

#[test]
fn people_get_a_line_for_each_kind() {
    let run = deep(&faulty(), &[]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.stdout.starts_with("status      22 problems\n"),
        "{run:?}"
    );
    for line in [
        "problem     ids without a note: 1 (ghost); --fix repairs this",
        "problem     notes that the set of ids lacks: 4 (foreign, lost, nameless, …); --fix repairs 2 of them",
        "problem     keys that Redis will drop: 2 (fading, notes:ids); --fix repairs this",
        "problem     texts that are not UTF-8: 1 (binary content)",
        "read        14 notes in ",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
}

#[test]
fn json_has_a_problem_in_six_members() {
    let sandbox = safe();
    sandbox.redis_cli(&["SADD", "notes:ids", "ghost"]);
    let run = deep(&sandbox, &["--json"]);
    let start = "{\"status\":\"unsound\",\"redis\":\"ok\",\"timestamp\":\"";
    assert!(run.stdout.starts_with(start), "{run:?}");
    let mut health = run.json();
    assert!(health["deep"]["seconds"].as_f64().unwrap() > 0.0);
    health["deep"]["seconds"] = 0.into();
    assert_eq!(
        health["deep"].to_string(),
        "{\"notes_read\":0,\"seconds\":0,\"broken_links\":0,\"problems\":[{\"kind\":\"no_hash\",\"id\":\"ghost\",\
         \"key\":\"note:ghost\",\"field\":null,\
         \"detail\":\"notes:ids has the id, but there is no note:ghost\",\"repairable\":true}],\
         \"unchecked\":[],\"repaired\":[]}"
    );
}

#[test]
fn what_endangers_notes_in_the_server_counts_as_wrong() {
    let sandbox = Sandbox::with_redis();
    for config in [["maxmemory-policy", "allkeys-lru"], ["maxmemory", "100mb"]] {
        sandbox.redis_cli(&[&["CONFIG", "SET"], &config[..]].concat());
    }
    sandbox.redis_cli(&["REPLICAOF", "127.0.0.1", "1"]);
    let run = deep(&sandbox, &["--json"]);
    assert_eq!(run.code, 1, "{run:?}");
    let kinds: Vec<_> = found(&run.json()).into_iter().map(|it| it.0).collect();
    assert_eq!(kinds, ["eviction", "not_saved", "read_only"]);
    let run = deep(&sandbox, &[]);
    assert!(
        run.stdout.starts_with("status      3 problems\n"),
        "{run:?}"
    );
    assert!(
        !run.stdout.contains("problem     "),
        "told as warnings: {run:?}"
    );
}

#[test]
fn the_set_of_ids_may_be_something_else() {
    let sandbox = safe();
    sandbox.foreign(
        "a",
        &[
            ("id", "a"),
            ("title", "T"),
            ("content", ""),
            ("created_at", TIME),
            ("updated_at", TIME),
        ],
    );
    sandbox.redis_cli(&["SET", "notes:ids", "x"]);
    let run = deep(&sandbox, &["--json", "--fix", "--yes"]);
    assert_eq!(run.code, 1, "{run:?}");
    let expected = (
        "wrong_type".into(),
        "notes:ids".into(),
        String::new(),
        false,
    );
    assert_eq!(found(&run.json()), [expected]);
    assert_eq!(run.json()["deep"]["notes_read"], 1);
    assert!(run.json()["notes"].is_null());
    assert_eq!(sandbox.redis_cli(&["GET", "notes:ids"]), "x");
}

#[test]
fn a_lost_set_of_ids_is_made_anew() {
    let sandbox = safe();
    let ids = [sandbox.add("a", ""), sandbox.add("b", "")];
    sandbox.redis_cli(&["DEL", "notes:ids"]);
    assert_eq!(deep(&sandbox, &["--fix", "--yes"]).code, 0);
    for id in ids {
        assert_eq!(sandbox.redis_cli(&["SISMEMBER", "notes:ids", &id]), "1");
    }
}

#[test]
fn ten_thousand_notes_are_read() {
    let sandbox = safe();
    sandbox.redis_cli(&["EVAL", MANY, "0", "10000", TIME]);
    let run = deep(&sandbox, &["--json"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.json()["deep"]["notes_read"], 10_000);
}

/// Makes notes, a kilobyte each.
const MANY: &str = r"
for i = 1, tonumber(ARGV[1]) do
    local id = 'n-' .. i
    redis.call('HSET', 'note:' .. id, 'id', id, 'title', id, 'content', string.rep('x', 1000),
        'created_at', ARGV[2], 'updated_at', ARGV[2])
    redis.call('SADD', 'notes:ids', id)
end";

#[test]
fn a_time_in_the_future_says_what_the_latest_note_is() {
    let sandbox = safe();
    let ahead = "2999-01-01T00:00:00+00:00";
    let id = sandbox.add("T", "");
    sandbox.redis_cli(&["HSET", &format!("note:{id}"), "updated_at", ahead]);
    let run = deep(&sandbox, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""), "{run:?}");
    let line = format!(
        "problem     times in the future: 1 ({id} updated_at); until then `@` is this note\n"
    );
    assert!(run.stdout.ends_with(&line), "{run:?}");
    let run = deep(&sandbox, &["--json"]);
    let problem = &run.json()["deep"]["problems"][0];
    let detail =
        format!("updated_at of note:{id} has not come yet: {ahead}; until then `@` is this note");
    assert_eq!(problem["detail"], detail.as_str());
    assert_eq!(problem["repairable"], false);
}
