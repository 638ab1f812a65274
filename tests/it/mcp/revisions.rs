//! The revisions of the protocol that clients speak, by their lines of JSON-RPC.

use serde_json::{Value, json};

use super::{beginning, call, speak};
use crate::support::Sandbox;

fn answer(answers: &[Value], id: u32) -> &Value {
    let mut answers = answers.iter();
    &answers.find(|answer| answer["id"] == id).unwrap()["result"]
}

#[test]
fn every_revision_with_a_handshake_is_spoken() {
    let sandbox = Sandbox::with_redis();
    for revision in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut messages = beginning(revision).to_vec();
        messages.push(json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }));
        messages.push(call(2, "add", &json!({ "title": revision })));
        messages.push(json!({ "jsonrpc": "2.0", "id": "three", "method": "ping" }));
        let (answers, run) = speak(&sandbox, &[], &messages);
        assert_eq!((run.code, &*run.stderr), (0, ""), "{revision}");
        assert_eq!(answers.len(), 4, "{revision}: {answers:?}");
        let start = answer(&answers, 0);
        assert_eq!(start["protocolVersion"], revision);
        assert_eq!(start["serverInfo"]["name"], "notes");
        assert_eq!(start["capabilities"], json!({ "tools": {} }));
        let instructions = start["instructions"].as_str().unwrap();
        assert!(instructions.contains("`undo`"), "{instructions}");
        assert_eq!(answer(&answers, 1)["tools"].as_array().unwrap().len(), 7);
        let added = answer(&answers, 2);
        let text = added["content"][0]["text"].as_str().unwrap();
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(value["title"], revision);
        assert_eq!(added["structuredContent"], value);
    }
    let unknown = speak(&sandbox, &[], &beginning("1999-01-01")).0;
    assert_eq!(answer(&unknown, 0)["protocolVersion"], "2025-11-25");
}

#[test]
fn the_revision_without_a_handshake_is_spoken() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let mut read = call(2, "read", &json!({ "note": "T" }));
    read["params"]["_meta"] = meta.clone();
    let messages = [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": { "_meta": meta } }),
        read,
    ];
    let (answers, run) = speak(&sandbox, &[], &messages);
    assert_eq!((run.code, &*run.stderr), (0, ""));
    let versions = answer(&answers, 1)["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!("2026-07-28")), "{answers:?}");
    assert_eq!(answer(&answers, 2)["structuredContent"]["id"], id);
}
