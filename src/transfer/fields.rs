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
    /// Splits a note. `fits` says whether the format can tell the field of that name by itself, or
    /// that one of the usual fields is missing.
    pub(super) fn of(
        id: &'a str,
        note: &'a RawNote,
        fits: impl Fn(&str, Option<&[u8]>) -> bool,
    ) -> Self {
        let usual = |name: &[u8]| FIELDS.iter().any(|field| field.as_bytes() == name);
        let others = note.fields.iter().filter(|(name, _)| !usual(name));
        let mut others: Vec<_> = others
            .map(|(name, value)| (name.as_slice(), Some(value.as_slice())))
            .collect();
        others.sort_unstable();
        let usual = FIELDS.iter().skip(1);
        let usual = usual.map(|name| (name.as_bytes(), note.field(name)));
        let (mut named, mut rest) = (vec![("id", id.as_bytes())], Rest::new());
        let mut set_aside = |name, value: Option<&'a [u8]>| {
            rest.push((JsonBytes::of(name), value.map(JsonBytes::of)));
        };
        let own = note.field("id");
        if own != Some(id.as_bytes()) {
            set_aside(b"id", own);
        }
        for (name, value) in usual.chain(others) {
            match str::from_utf8(name) {
                Ok(name) if name != REST && fits(name, value) => {
                    named.extend(value.map(|value| (name, value)));
                }
                _ => set_aside(name, value),
            }
        }
        Self { named, rest }
    }

    /// The rest as JSON, if there is any.
    pub(super) fn rest_as_text(&self) -> Option<String> {
        let there = !self.rest.is_empty();
        // Nothing in it can fail to be JSON.
        there.then(|| serde_json::to_string(&self.rest).unwrap_or_default())
    }
}

/// The rest that a text holds as JSON.
pub(super) fn parse_rest(text: &str) -> Result<Rest<'static>, String> {
    serde_json::from_str(text).map_err(|error| {
        format!("`{REST}` must be JSON pairs of a name and a value, as export writes them: {error}")
    })
}

/// Puts a note together again; fails if it is none, or too large.
pub(super) fn join(
    id: String,
    named: Vec<(String, Vec<u8>)>,
    rest: Rest<'_>,
) -> Result<Entry, Unread> {
    let bytes = |bytes: JsonBytes<'_>| bytes.bytes().ok_or("hex digits that are none".to_owned());
    let mut others = BTreeMap::new();
    for (name, value) in rest {
        others.insert(bytes(name)?, value.map(bytes).transpose()?);
    }
    let own = (b"id".to_vec(), id.as_bytes().to_vec());
    let named = named.into_iter();
    let named = named.map(|(name, value)| (name.into_bytes(), value));
    let mut fields: Vec<_> = [own].into_iter().chain(named).collect();
    let mut known = HashSet::new();
    if let Some((twice, _)) = fields.iter().find(|(name, _)| !known.insert(name)) {
        let name = String::from_utf8_lossy(twice);
        return Err(Unread::new(format!("the field `{name}` is there twice")));
    }
    fields.retain(|(name, _)| !others.contains_key(name));
    fields.extend(
        others
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?))),
    );
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

/// The error for a note above the limit.
pub(super) fn too_large() -> Unread {
    Unread::new(format!("a note of more than {} MiB", LARGEST_NOTE >> 20))
}
