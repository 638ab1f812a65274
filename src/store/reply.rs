//! Replies of Redis turned into plain values.

use redis::Value;

/// The members of a reply that is a list or a set.
pub(super) fn members(reply: Value) -> Option<Vec<Value>> {
    match reply {
        Value::Array(members) | Value::Set(members) => Some(members),
        _ => None,
    }
}

/// The bytes of a reply that is a string.
pub(super) fn bytes(reply: Value) -> Option<Vec<u8>> {
    match reply {
        Value::BulkString(bytes) => Some(bytes),
        Value::SimpleString(text) => Some(text.into_bytes()),
        Value::Okay => Some(b"OK".to_vec()),
        _ => None,
    }
}

/// The names and values of a reply that is a hash.
pub(super) fn pairs(reply: Value) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut members = members(reply)?.into_iter();
    let mut pairs = Vec::with_capacity(members.len() / 2);
    while let Some(name) = members.next() {
        pairs.push((bytes(name)?, bytes(members.next()?)?));
    }
    Some(pairs)
}
