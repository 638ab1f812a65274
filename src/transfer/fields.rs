//! A note as named values, and the rest that a format cannot hold in them.
//!
//! In every format a note is its id and its fields under their names. The few things that do not fit
//! there go into one more value, `fields`, as JSON: pairs of a name and a value, `null` for a field
//! that is missing, `{"hex":"…"}` for what is not UTF-8. So nothing is lost, and most notes have none.

use std::collections::HashSet;

use super::LARGEST_NOTE;
use crate::note::FIELDS;
use crate::store::{JsonBytes, RawNote};

/// The name of the value that holds the rest.
pub(super) const REST: &str = "fields";

/// Pairs of a name and a value, or `None` for a field that the note lacks.
pub(super) type Rest<'a> = Vec<(JsonBytes<'a>, Option<JsonBytes<'a>>)>;

/// A note for a file.
pub(super) struct Record<'a> {
    pub(super) id: &'a str,
    /// The fields besides `id`: the usual ones first, the others by name.
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
        let mut record = Self {
            id,
            named: Vec::new(),
            rest: Vec::new(),
        };
        let own = note.field("id");
        if own != Some(id.as_bytes()) {
            record.set_aside(b"id", own);
        }
        for name in FIELDS.iter().skip(1) {
            match note.field(name) {
                Some(value) if fits(name, Some(value)) => record.named.push((name, value)),
                None if fits(name, None) => {}
                value => record.set_aside(name.as_bytes(), value),
            }
        }
        let usual = |name: &[u8]| FIELDS.iter().any(|field| field.as_bytes() == name);
        let mut other: Vec<_> = note
            .fields
            .iter()
            .filter(|(name, _)| !usual(name))
            .collect();
        other.sort_unstable();
        for (name, value) in other {
            match str::from_utf8(name) {
                Ok(text) if text != REST && fits(text, Some(value)) => {
                    record.named.push((text, value));
                }
                _ => record.set_aside(name, Some(value)),
            }
        }
        record
    }

    fn set_aside(&mut self, name: &'a [u8], value: Option<&'a [u8]>) {
        self.rest
            .push((JsonBytes::of(name), value.map(JsonBytes::of)));
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
    id: &str,
    named: Vec<(String, Vec<u8>)>,
    rest: Rest<'_>,
) -> Result<RawNote, String> {
    let mut fields = vec![(b"id".to_vec(), id.as_bytes().to_vec())];
    let named = named.into_iter();
    fields.extend(named.map(|(name, value)| (name.into_bytes(), value)));
    for (name, value) in rest {
        let bytes = |bytes: JsonBytes<'_>| bytes.bytes().ok_or("hex digits that are none");
        let name = bytes(name)?;
        fields.retain(|(known, _)| *known != name);
        if let Some(value) = value {
            fields.push((name, bytes(value)?));
        }
    }
    if fields.is_empty() {
        return Err("a note without any field".to_owned());
    }
    let mut known = HashSet::new();
    if let Some((twice, _)) = fields
        .iter()
        .find(|(name, _)| !known.insert(name.as_slice()))
    {
        let name = String::from_utf8_lossy(twice);
        return Err(format!("the field `{name}` is there twice"));
    }
    let note = RawNote {
        listed: true,
        fields,
    };
    if note.size() > LARGEST_NOTE {
        return Err(too_large());
    }
    Ok(note)
}

/// What is said of a note that is larger than what is read.
pub(super) fn too_large() -> String {
    format!("a note of more than {} MiB", LARGEST_NOTE / 1024 / 1024)
}
