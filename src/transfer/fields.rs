//! A note as named values, and the rest that a format cannot hold in them.
//!
//! In every format a note is its id and its fields under their names. The few things that do not fit
//! there go into one more value, `fields`, as JSON: pairs of a name and a value, `null` for a field
//! that is missing, `{"hex":"…"}` for what is not UTF-8. So nothing is lost, and most notes have none.

use std::collections::{BTreeMap, HashSet};

use super::{Entry, LARGEST_NOTE, Unread};
use crate::note::{FIELDS, JsonBytes, RawNote};

/// The name of the value that holds the rest.
pub(super) const REST: &str = "fields";

/// Pairs of a name and a value, or `None` for a field that the note lacks.
pub(super) type Rest<'a> = Vec<(JsonBytes<'a>, Option<JsonBytes<'a>>)>;

/// A note for a file.
pub(super) struct Record<'a> {
    /// The id and the fields: the usual ones first, the others by name.
    pub(super) named: Vec<(&'a str, &'a [u8])>,
    pub(super) rest: Rest<'a>,
}

impl<'a> Record<'a> {
    /// Splits a note. `fits` returns true if the format can express that field by itself; for a missing
    /// field the value is `None`.
    pub(super) fn new(
        id: &'a str,
        note: &'a RawNote,
        fits: impl Fn(&str, Option<&[u8]>) -> bool,
    ) -> Self {
        let mut others: Vec<(&[u8], Option<&[u8]>)> = Vec::new();
        for (name, value) in &note.fields {
            if !FIELDS.iter().any(|field| field.as_bytes() == name) {
                others.push((name, Some(value)));
            }
        }
        others.sort_unstable();
        let usual = FIELDS.iter().skip(1);
        let usual = usual.map(|name| (name.as_bytes(), note.field(name)));
        let (mut named, mut unfit) = (vec![("id", id.as_bytes())], Vec::new());
        let own = note.field("id");
        if own != Some(id.as_bytes()) {
            unfit.push((&b"id"[..], own));
        }
        for (name, value) in usual.chain(others) {
            match str::from_utf8(name) {
                Ok(name) if name != REST && fits(name, value) => {
                    named.extend(value.map(|value| (name, value)));
                }
                _ => unfit.push((name, value)),
            }
        }
        let rest = unfit.into_iter();
        let rest = rest.map(|(name, value)| (JsonBytes::new(name), value.map(JsonBytes::new)));
        Self {
            named,
            rest: rest.collect(),
        }
    }

    /// Writes the rest as JSON, if there is any.
    pub(super) fn rest_as_text(&self) -> Option<String> {
        if self.rest.is_empty() {
            return None;
        }
        let text = serde_json::to_string(&self.rest);
        Some(text.expect("pairs of names and values are JSON"))
    }
}

/// Reads the rest from JSON.
pub(super) fn parse_rest(text: &str) -> Result<Rest<'static>, String> {
    serde_json::from_str(text).map_err(|error| {
        format!("`{REST}` must be JSON pairs of a name and a value, as export writes them: {error}")
    })
}

/// Puts a note together again. Fails if it has no field, has one twice, or is too large.
pub(super) fn join(
    id: String,
    named: Vec<(String, Vec<u8>)>,
    rest: Rest<'_>,
) -> Result<Entry, Unread> {
    let mut others = BTreeMap::new();
    for (name, value) in rest {
        others.insert(decode(name)?, value.map(decode).transpose()?);
    }
    let mut fields = vec![(b"id".to_vec(), id.as_bytes().to_vec())];
    for (name, value) in named {
        fields.push((name.into_bytes(), value));
    }
    let mut known = HashSet::new();
    if let Some((twice, _)) = fields.iter().find(|(name, _)| !known.insert(name)) {
        let name = String::from_utf8_lossy(twice);
        return Err(Unread::new(format!("the field `{name}` is there twice")));
    }
    fields.retain(|(name, _)| !others.contains_key(name));
    for (name, value) in others {
        if let Some(value) = value {
            fields.push((name, value));
        }
    }
    if fields.is_empty() {
        return Err(Unread::new("a note without any field"));
    }
    let listed = true;
    let note = RawNote { listed, fields };
    if note.size() > LARGEST_NOTE {
        return Err(too_large());
    }
    Ok(Entry::new(id, note))
}

fn decode(bytes: JsonBytes<'_>) -> Result<Vec<u8>, Unread> {
    let message = "hex digits that are none";
    bytes.into_bytes().ok_or_else(|| Unread::new(message))
}

/// Returns the error for a note above the limit.
pub(super) fn too_large() -> Unread {
    Unread::new(format!("a note of more than {} MiB", LARGEST_NOTE >> 20))
}
