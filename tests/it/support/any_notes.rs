//! Stores as any writer may have left them, for property tests of what must not lose a byte.
//!
//! The unit tests of the library and the integration tests both compile this file, so it knows
//! nothing but std and proptest.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

/// The fields of a note, by name.
pub(crate) type Fields = BTreeMap<Vec<u8>, Vec<u8>>;

const USUAL: [&str; 5] = ["id", "title", "content", "created_at", "updated_at"];

/// Notes by their ids: with the usual fields or without some, with others of any name, and in both
/// whatever Redis can hold.
pub(crate) fn any_notes() -> impl Strategy<Value = BTreeMap<String, Fields>> {
    let usual = (vec(any_bytes(), 5), vec(any::<bool>(), 5), any::<bool>());
    let fields = (usual, btree_map(any_name(), any_bytes(), 0..4));
    let notes = btree_map("[a-z0-9-]{4,12}|\\PC{0,6}", fields, 0..6);
    notes.prop_map(|notes| {
        let notes = notes
            .into_iter()
            .map(|(id, ((values, there, has_id), other))| {
                let usual = USUAL.into_iter().zip(values).zip(there);
                let usual = usual.filter(|(_, there)| *there);
                let mut fields: Fields = usual
                    .map(|((name, value), _)| (name.into(), value))
                    .chain(other)
                    .collect();
                if has_id || fields.is_empty() {
                    fields.insert("id".into(), id.as_bytes().into());
                }
                (id, fields)
            });
        notes.collect()
    })
}

/// Text that some format has to mind, any text, or what is no text.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let hard = [
        "",
        "\"",
        "\n",
        "\r\n",
        "a\r",
        "---\n",
        "---\nid: x\n---\n",
        "a,b",
        "~",
        "null",
        "\0",
        "\u{85}\u{2028}\u{feff}\u{7f}\u{ffff}",
        "\u{1f600}",
        "- x: y",
        "[]",
        "{\"hex\":\"00\"}",
        " both ",
        "\t",
        "'",
        "\\n",
    ];
    prop_oneof![
        4 => select(hard.to_vec()).prop_map(Vec::from),
        3 => any::<String>().prop_map(String::into_bytes),
        2 => "[a-z]{0,12}".prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..12),
    ]
}

fn any_name() -> impl Strategy<Value = Vec<u8>> {
    let known = ["fields", "tags", "yes", "hex", "a b", "x:"];
    let known: Vec<&str> = USUAL.into_iter().chain(known).collect();
    prop_oneof![2 => select(known).prop_map(Vec::from), 1 => any_bytes()]
}
