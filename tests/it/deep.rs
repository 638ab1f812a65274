//! `notes health --deep`: every fault is found, the mendable are mended, nothing else is touched.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::redis_server::client;
use crate::support::{Run, Sandbox};

const TIME: &str = "2024-01-15T10:30:00+00:00";

/// One of each fault, beside a good note, a note of another writer and the keys of other programs.
const FAULTS: &str = r"
local time, later = '2024-01-15T10:30:00+00:00', '2024-02-15T10:30:00+00:00'
local function note(id, changes)
    local fields = {id = id, title = id, content = 'c', created_at = time, updated_at = later}
    for name, value in pairs(changes) do fields[name] = value or nil end
    for name, value in pairs(fields) do
        if value then redis.call('HSET', 'note:' .. id, name, value) end
    end
    redis.call('SADD', 'notes:ids', id)
end
note('good', {})
note('tagged', {tags = 'a,b'})
redis.call('SADD', 'notes:ids', 'ghost', 'string', 'by\255tes')
redis.call('SET', 'note:string', 'precious')
redis.call('RPUSH', 'note:list', 'precious')
note('lost', {})
note('nameless', {id = false})
note('foreign', {id = 'another'})
note('untitled', {title = false})
redis.call('SREM', 'notes:ids', 'lost', 'nameless', 'foreign', 'untitled')
note('anonymous', {id = false})
note('alias', {id = 'someone-else'})
note('bare', {title = false, content = false})
note('unreadable', {created_at = 'yesterday'})
note('ahead', {updated_at = '2999-01-01T00:00:00Z'})
note('reversed', {updated_at = '2023-01-01T00:00:00Z'})
note('binary', {content = 'text\255', title = 't'})
note('fading', {})
redis.call('EXPIRE', 'note:fading', 100000)
redis.call('SET', 'note:counter', '1', 'EX', 100000)
redis.call('EXPIRE', 'notes:ids', 100000)
redis.call('SET', 'session', 'x', 'EX', 100000)
redis.call('HSET', 'notes', 'title', 'not ours')
";

/// What the deep look finds in that: kind, id (or key), field, whether it is mendable.
const FOUND: [(&str, &str, &str, bool); 22] = [
    ("expires", "fading", "", true),
    ("expires", "notes:ids", "", true),
    ("bad_time", "unreadable", "created_at", false),
    ("future_time", "ahead", "updated_at", false),
    ("id_not_utf8", "by\\xfftes", "", false),
    ("missing_field", "anonymous", "id", true),
    ("missing_field", "bare", "content", false),
    ("missing_field", "bare", "title", false),
    ("missing_field", "nameless", "id", true),
    ("missing_field", "untitled", "title", false),
    ("no_hash", "ghost", "", true),
    ("not_utf8", "binary", "content", false),
    ("other_id", "alias", "id", true),
    ("other_id", "foreign", "id", false),
    ("times_reversed", "reversed", "", false),
    ("unlisted", "foreign", "", false),
    ("unlisted", "lost", "", true),
    ("unlisted", "nameless", "", true),
    ("unlisted", "untitled", "", false),
    ("wrong_type", "counter", "", false),
    ("wrong_type", "list", "", false),
    ("wrong_type", "string", "", false),
];

/// A Redis that is safe for notes.
fn safe() -> Sandbox {
    let sandbox = Sandbox::with_redis();
    let reply = sandbox.redis_cli(&["CONFIG", "SET", "appendonly", "yes"]);
    assert_eq!(reply, "OK");
    sandbox
}

fn faulty() -> Sandbox {
    let sandbox = safe();
    sandbox.redis_cli(&["EVAL", FAULTS, "0"]);
    sandbox
}

/// The problems of a run with `--json`, in the form of [`FOUND`], sorted.
fn found(health: &Value) -> Vec<(String, String, String, bool)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let problems = health["deep"]["problems"].as_array().unwrap();
    let mut found: Vec<_> = problems
        .iter()
        .map(|problem| {
            let id = if problem["id"].is_null() {
                &problem["key"]
            } else {
                &problem["id"]
            };
            let mendable = problem["mendable"].as_bool().unwrap();
            (
                text(&problem["kind"]),
                text(id),
                text(&problem["field"]),
                mendable,
            )
        })
        .collect();
    found.sort();
    found
}

fn expected(of: impl Fn(bool) -> bool) -> Vec<(String, String, String, bool)> {
    let mut expected: Vec<_> = FOUND
        .iter()
        .filter(|(.., mendable)| of(*mendable))
        .map(|&(kind, id, field, mendable)| (kind.into(), id.into(), field.into(), mendable))
        .collect();
    expected.sort();
    expected
}

/// Every key: its type, its bytes, and whether it has a time to live.
fn snapshot(sandbox: &Sandbox) -> BTreeMap<Vec<u8>, Vec<u8>> {
    const EACH: &str = r"
        local key = KEYS[1]
        local kind = redis.call('TYPE', key).ok
        local read = {
            hash = {'HGETALL', key}, set = {'SMEMBERS', key}, string = {'GET', key},
            list = {'LRANGE', key, 0, -1},
        }
        local value = redis.call(unpack(read[kind]))
        if type(value) == 'string' then value = {value} end
        if kind == 'set' then table.sort(value) end
        return {kind, tostring(redis.call('PTTL', key) >= 0), value}";
    let keys = sandbox.redis_cli(&["KEYS", "*"]);
    keys.lines()
        .map(|key| {
            let output = Command::new(client())
                .arg("-s")
                .arg(sandbox.redis().socket())
                .args(["EVAL", EACH, "1", key])
                .stdin(Stdio::null())
                .output()
                .unwrap();
            (key.as_bytes().to_vec(), output.stdout)
        })
        .collect()
}

fn deep(sandbox: &Sandbox, options: &[&str]) -> Run {
    sandbox
        .notes([&["health", "--deep"], options].concat())
        .run()
}

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
             server      Redis [..]\n\
             address     {}\n\
             set by      REDIS_URL in the environment\n\
             round trip  [..] ms\n\
             notes       1\n\
             saved       append-only file: yes, snapshots: no\n\
             evicts      no notes (noeviction)\n\
             writable    yes\n\
             read        1 note in [..] s\n",
            socket.display()
        ),
        "",
    );
    let run = deep(&sandbox, &["--fix", "--yes"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.stderr, "nothing to mend that would not be a guess\n");
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
        "problem     ids without a note: 1 (ghost); --fix mends this",
        "problem     notes that the set of ids lacks: 4 (foreign, lost, nameless, …); --fix mends 2 of them",
        "problem     keys that Redis will drop: 2 (fading, notes:ids); --fix mends this",
        "problem     texts that are not UTF-8: 1 (binary content)",
        "read        14 notes in ",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
}

#[test]
fn a_fix_mends_what_takes_no_guess_and_touches_nothing_else() {
    let sandbox = faulty();
    let before = snapshot(&sandbox);
    let run = deep(&sandbox, &["--fix", "--yes", "--json"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(found(&run.json()), expected(|mendable| !mendable));
    assert_eq!(
        run.json()["deep"]["mended"].as_array().unwrap().len(),
        expected(|mendable| mendable).len()
    );
    assert_eq!(
        run.stderr,
        "took the time to live from notes:ids\n\
         added the id lost to notes:ids\n\
         added the id nameless to notes:ids\n\
         took the time to live from note:fading\n\
         set the field id of note:alias to alias\n\
         set the field id of note:anonymous to anonymous\n\
         set the field id of note:nameless to nameless\n\
         removed the id ghost from notes:ids\n\
         `notes undo` takes it back\n"
    );
    let after = snapshot(&sandbox);
    let keys = |snapshot: &BTreeMap<Vec<u8>, Vec<u8>>| snapshot.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&after), keys(&before), "no key comes or goes");
    let changed: Vec<_> = before
        .iter()
        .filter(|(key, value)| after.get(*key) != Some(value))
        .map(|(key, _)| String::from_utf8_lossy(key).into_owned())
        .collect();
    assert_eq!(
        changed,
        [
            "note:alias",
            "note:anonymous",
            "note:fading",
            "note:nameless",
            "notes:ids"
        ]
    );
    for id in ["alias", "anonymous", "nameless"] {
        assert_eq!(sandbox.field(id, "id"), id);
        assert_eq!(sandbox.field(id, "title"), id);
    }
    assert_eq!(sandbox.redis_cli(&["PTTL", "note:fading"]), "-1");
    assert_eq!(sandbox.redis_cli(&["PTTL", "notes:ids"]), "-1");
    let again = deep(&sandbox, &["--json"]);
    assert_eq!(found(&again.json()), expected(|mendable| !mendable));
    assert_eq!(snapshot(&sandbox), after);
}

#[test]
fn a_fix_says_what_is_left() {
    let sandbox = safe();
    sandbox.redis_cli(&["SADD", "notes:ids", "ghost"]);
    let run = deep(&sandbox, &["--fix", "--yes", "-q"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    assert!(
        run.stdout.ends_with("mended      1\nleft        nothing\n"),
        "{run:?}"
    );
    sandbox.redis_cli(&["SADD", "notes:ids", "spook"]);
    sandbox.redis_cli(&["SET", "note:string", "x"]);
    let run = deep(&sandbox, &["--fix", "--yes", "-q"]);
    assert_eq!(run.code, 1, "{run:?}");
    let end = "mended      1\nleft        1 problem\n\
               left        keys that hold something else: 1 (string)\n";
    assert!(run.stdout.ends_with(end), "{run:?}");
}

#[test]
fn a_fix_is_one_step_to_undo() {
    let sandbox = faulty();
    let before = snapshot(&sandbox);
    deep(&sandbox, &["--fix", "--yes"]);
    let run = sandbox.notes(["undo"]).run();
    assert_eq!(run.code, 0, "{run:?}");
    let expired = ["note:fading", "notes:ids"];
    for (key, value) in snapshot(&sandbox) {
        let key = String::from_utf8(key).unwrap();
        let was = String::from_utf8_lossy(&before[key.as_bytes()]).into_owned();
        let is = String::from_utf8_lossy(&value).into_owned();
        // A time to live is not text, and does not come back.
        let was = if expired.contains(&key.as_str()) {
            was.replacen("true", "false", 1)
        } else {
            was
        };
        let sorted = |text: &str| {
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&is), sorted(&was), "{key}");
    }
}

#[test]
fn a_dry_run_says_what_it_would_do_and_changes_nothing() {
    let sandbox = faulty();
    let before = snapshot(&sandbox);
    let run = deep(&sandbox, &["--fix", "--dry-run"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.stderr.contains("would add the id lost to notes:ids\n"),
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("would remove the id ghost from notes:ids\n"),
        "{run:?}"
    );
    assert_eq!(run.stderr.lines().count(), 8, "{run:?}");
    assert_eq!(snapshot(&sandbox), before);
    assert!(
        !sandbox
            .home()
            .join(".local/share/notes/journal.jsonl")
            .exists()
    );
}

#[test]
fn without_a_terminal_a_fix_wants_yes() {
    let sandbox = faulty();
    let before = snapshot(&sandbox);
    sandbox.notes(["health", "--deep", "--fix"]).gives(
        2,
        "",
        "notes: nothing mended: without a terminal to ask on, pass --yes or --dry-run\n",
    );
    assert_eq!(sandbox.notes(["health", "--fix", "--yes"]).run().code, 2);
    assert_eq!(sandbox.notes(["health", "--deep", "--yes"]).run().code, 2);
    assert_eq!(snapshot(&sandbox), before);
}

#[test]
fn on_a_terminal_it_asks_and_enter_is_no() {
    let sandbox = safe();
    sandbox.redis_cli(&["SADD", "notes:ids", "ghost"]);
    for (keys, code, left) in [
        ("\r", 1, "1"),
        ("n", 1, "1"),
        ("\u{3}", 130, "1"),
        ("y", 0, "0"),
    ] {
        let mut terminal = sandbox.terminal(&["health", "--deep", "--fix"], &[]);
        let shown = terminal.see("Mend this?");
        assert!(
            shown.contains("would remove the id ghost from notes:ids"),
            "{shown}"
        );
        assert!(shown.contains("status      1 problem"), "{shown}");
        terminal.type_keys(keys);
        let (text, ended) = terminal.end();
        assert_eq!(ended, code, "{keys:?} {text}");
        assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), left, "{keys:?}");
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
        "{\"notes_read\":0,\"seconds\":0,\"problems\":[{\"kind\":\"no_hash\",\"id\":\"ghost\",\
         \"key\":\"note:ghost\",\"field\":null,\
         \"detail\":\"notes:ids has the id, but there is no note:ghost\",\"mendable\":true}],\
         \"unchecked\":[],\"mended\":[]}"
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
    let forbids = |what: &str| format!("the ACL of Redis forbids this user {what}");
    assert_eq!(
        details,
        [
            "EXEC",
            "SADD on notes:ids",
            "SREM on notes:ids",
            "HSET on note:*"
        ]
        .map(forbids)
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
    let line = "problem     commands that the ACL forbids: 4 (EXEC, SADD on notes:ids, SREM on notes:ids, …)\n";
    assert!(text.contains(line), "{text}");
    assert!(
        text.contains("unchecked   times to live: refused by Redis"),
        "{text}"
    );
    assert_eq!(snapshot(&sandbox), before, "asking changes nothing");
}

#[test]
fn a_user_with_all_rights_that_are_needed_lacks_none() {
    let sandbox = safe();
    sandbox.add("T", "c");
    let rights = "~note:* ~notes:ids -@all +ping +sscan +scan +scard +sismember +sadd +srem +exists +hget \
                  +hgetall +hset +hdel +del +eval +multi +exec +pttl";
    let rights: Vec<&str> = rights.split(' ').collect();
    let url = user(&sandbox, &rights);
    let run = deep(&sandbox, &["-u", &url]);
    assert_eq!(run.code, 0, "{run:?}");
    let url = user(&sandbox, &[&rights[..], &["-multi"]].concat());
    let run = deep(&sandbox, &["-u", &url, "--json"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(
        run.json()["deep"]["unchecked"][0]["what"],
        "what the ACL allows"
    );
}

#[test]
fn a_user_who_may_not_even_count_is_told_of_that() {
    let sandbox = safe();
    sandbox.add("T", "c");
    let url = user(&sandbox, &["~note:*", "+@all"]);
    let run = deep(&sandbox, &["-u", &url, "--json"]);
    assert_eq!(run.code, 1, "{run:?}");
    let health = run.json();
    let detail = "the ACL of Redis forbids this user SSCAN on notes:ids";
    assert_eq!(health["deep"]["problems"][0]["detail"], detail);
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
    assert!(run.stdout.contains("mended      0\n"), "{run:?}");
    assert!(run.stderr.contains("notes: "), "{run:?}");
    assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), "1");
}

#[test]
fn out_of_reach_is_exit_code_7() {
    let sandbox = Sandbox::bare();
    let run = deep(&sandbox, &["-u", "redis://127.0.0.1:1", "--json"]);
    assert_eq!((run.code, &run.json()["status"]), (7, &"error".into()));
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
