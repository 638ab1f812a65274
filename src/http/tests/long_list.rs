//! A list of all notes that is longer than what is held in memory.

use serde_json::json;

use super::TestServer;

#[test]
fn a_list_too_long_for_memory_is_as_whole_as_a_short_one() {
    let server = TestServer::start();
    let script = "for i = 1001, 4000 do
        redis.call('HSET', 'note:' .. i, 'title', string.rep('é', 500), 'created_at', i)
        redis.call('SADD', 'notes:ids', i)
    end";
    server.redis(&["EVAL", script, "0"]);
    let mut client = server.client();
    let reply = client.request("GET /api/v1/notes", &[], "");
    let list = reply.value();
    let notes = list["notes"].as_array().unwrap();
    let ids = notes
        .iter()
        .map(|note| note["id"].as_str().unwrap().parse());
    let newest_first: Vec<_> = (1001..=4000).rev().map(Ok).collect();
    assert_eq!(ids.collect::<Vec<Result<usize, _>>>(), newest_first);
    assert_eq!((reply.status, &list["count"]), (200, &json!(3000)));
    assert_eq!(notes[2999]["title"], "é".repeat(500));
    // The connection goes on, and HEAD tells the same length.
    let head = client.request("HEAD /api/v1/notes", &[], "");
    let length = reply.body.len().to_string();
    assert!(length.len() > 6, "{length}");
    assert_eq!(head.header("content-length"), Some(&*length));
    assert!(server.logged().contains(&format!(" 200 {length} ")));
}
