//! `notes health --deep`: every fault is found, the mendable are mended, nothing else is touched.

mod fixing;
mod looking;
mod rights;

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
            let mendable = problem["repairable"].as_bool().unwrap();
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
