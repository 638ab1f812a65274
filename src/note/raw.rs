//! A note byte for byte as Redis holds it: its hash, and its membership in the set of ids.
//!
//! A [`Note`] is for people, and replaces bytes that are no text. A [`RawNote`] keeps every byte, in its
//! JSON form too. No I/O.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Note;

type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// The bytes that Redis holds under an id; the default is nothing.
///
/// Two are equal if Redis cannot tell them apart: the order of the fields does not count.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct RawNote {
    /// True if the set of ids has the id.
    pub listed: bool,
    /// The names and values of the hash, in the order of the server's reply; none if there is no hash
    /// (Redis has no empty ones).
    #[serde(serialize_with = "to_json", deserialize_with = "from_json")]
    pub fields: Fields,
}

impl RawNote {
    /// The raw form of a new note.
    pub(crate) fn from_note(note: &Note) -> Self {
        let fields = note
            .fields()
            .map(|(name, value)| (name.into(), value.into()));
        Self {
            listed: true,
            fields: fields.collect(),
        }
    }

    pub(crate) fn has_hash(&self) -> bool {
        !self.fields.is_empty()
    }

    pub(crate) fn size(&self) -> usize {
        let sizes = self.fields.iter();
        sizes.map(|(name, value)| name.len() + value.len()).sum()
    }

    pub(crate) fn is_nothing(&self) -> bool {
        !self.listed && !self.has_hash()
    }

    pub(crate) fn field(&self, name: &str) -> Option<&[u8]> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(known, _)| known == name.as_bytes());
        found.map(|(_, value)| value.as_slice())
    }

    /// Returns the text of a field, with U+FFFD for bytes that are not UTF-8.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.field(name).map(String::from_utf8_lossy)
    }

    /// Sets a field as HSET does: a known one in its place, a new one at the end.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let mut fields = self.fields.iter_mut();
        match fields.find(|(known, _)| known == name.as_bytes()) {
            Some((_, old)) => *old = value.into(),
            None => self.fields.push((name.into(), value.into())),
        }
    }

    /// Returns the note for people; with its id alone if there is no hash.
    pub(crate) fn to_note(&self, id: &str) -> Note {
        self.clone().into_note(id)
    }

    pub(crate) fn into_note(self, id: &str) -> Note {
        let mut note = Note {
            id: id.to_owned(),
            ..Note::default()
        };
        for (name, value) in self.fields {
            let name = String::from_utf8_lossy(&name);
            let value = String::from_utf8(value).unwrap_or_else(|error| {
                note.altered.insert(name.clone().into_owned());
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            });
            note.set_field(&name, value);
        }
        note
    }

    pub(crate) fn has_same_hash(&self, other: &Self) -> bool {
        self.fields == other.fields || self.sorted_fields() == other.sorted_fields()
    }

    fn sorted_fields(&self) -> Vec<&(Vec<u8>, Vec<u8>)> {
        let mut fields: Vec<_> = self.fields.iter().collect();
        fields.sort_unstable();
        fields
    }
}

impl PartialEq for RawNote {
    fn eq(&self, other: &Self) -> bool {
        self.listed == other.listed && self.has_same_hash(other)
    }
}

impl Eq for RawNote {}

/// Bytes in JSON: a string where they are UTF-8, and `{"hex":"…"}` where they are not.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum JsonBytes<'a> {
    Text(Cow<'a, str>),
    Hex { hex: String },
}

impl<'a> JsonBytes<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        if let Ok(text) = str::from_utf8(bytes) {
            return Self::Text(text.into());
        }
        let mut hex = String::new();
        for byte in bytes {
            write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
        }
        Self::Hex { hex }
    }

    /// Returns the bytes; `None` if `hex` is not pairs of hex digits.
    pub(crate) fn into_bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Text(text) => Some(text.into_owned().into_bytes()),
            Self::Hex { hex } => unhex(&hex),
        }
    }
}

fn to_json<S: Serializer>(fields: &Fields, serializer: S) -> Result<S::Ok, S::Error> {
    let fields = fields.iter();
    serializer
        .collect_seq(fields.map(|(name, value)| (JsonBytes::new(name), JsonBytes::new(value))))
}

fn from_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fields, D::Error> {
    let pairs: Vec<(JsonBytes<'_>, JsonBytes<'_>)> = Deserialize::deserialize(deserializer)?;
    let pairs = pairs.into_iter();
    let fields = pairs.map(|(name, value)| Some((name.into_bytes()?, value.into_bytes()?)));
    fields
        .collect::<Option<_>>()
        .ok_or_else(|| D::Error::custom("the hex digits do not pair up"))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let mut bytes = Vec::with_capacity(pairs.len());
    for [high, low] in pairs {
        let high = char::from(*high).to_digit(16)?;
        let low = char::from(*low).to_digit(16)?;
        bytes.push(u8::try_from(high << 4 | low).expect("two hex digits are one byte"));
    }
    Some(bytes)
}

/// The JSON form in which an empty [`RawNote`] is `null`.
pub(super) mod or_null {
    use super::{Deserialize, Deserializer, RawNote, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(note: &RawNote, to: S) -> Result<S::Ok, S::Error> {
        Some(note).filter(|note| !note.is_nothing()).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<RawNote, D::Error> {
        Ok(Option::deserialize(from)?.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_raw_note_is_the_same_whatever_the_order_of_its_fields() {
        let raw = |names: &[&str]| RawNote {
            listed: true,
            fields: names
                .iter()
                .map(|name| ((*name).into(), "v".into()))
                .collect(),
        };
        assert_eq!(raw(&["a", "b"]), raw(&["b", "a"]));
        assert_ne!(raw(&["a", "b"]), raw(&["a", "c"]));
        assert_ne!(raw(&["a"]), raw(&["a", "b"]));
        let unlisted = RawNote {
            listed: false,
            ..raw(&["a"])
        };
        assert_ne!(raw(&["a"]), unlisted);
    }

    #[test]
    fn a_field_is_set_in_its_place() {
        let mut raw = RawNote::from_note(&Note::new("T".into(), "c".into(), "now"));
        raw.set("title", "U");
        raw.set("tag", "new");
        let names: Vec<_> = raw.fields.iter().map(|(name, _)| name.as_slice()).collect();
        assert_eq!(names[1], b"title");
        assert_eq!(names[5], b"tag");
        assert_eq!(raw.text("title").as_deref(), Some("U"));
    }

    #[test]
    fn bytes_that_are_text_read_as_text() {
        let raw = RawNote {
            listed: false,
            fields: vec![("é\n".into(), vec![0xff, 0x00])],
        };
        let json = serde_json::to_string(&raw).unwrap();
        assert_eq!(
            json,
            r#"{"listed":false,"fields":[["é\n",{"hex":"ff00"}]]}"#
        );
        for bad in [
            r#"{"hex":"f"}"#,
            r#"{"hex":"fg"}"#,
            r#"{"hex":"é"}"#,
            "1",
            "null",
        ] {
            let json = format!(r#"{{"listed":false,"fields":[["a",{bad}]]}}"#);
            assert!(serde_json::from_str::<RawNote>(&json).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_byte_is_lost_on_the_way_through_json(bytes in any::<Vec<u8>>()) {
            let note = RawNote { listed: true, fields: vec![(bytes.clone(), bytes)] };
            let json = serde_json::to_vec(&note).unwrap();
            prop_assert_eq!(serde_json::from_slice::<RawNote>(&json).unwrap(), note);
        }
    }
}
