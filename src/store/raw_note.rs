//! What Redis holds of a note, byte for byte: its hash, and whether the set of ids has its id.
//!
//! A [`Note`] is for people, and alters bytes that are no text; a [`RawNote`] is for putting things
//! back as they were. It also has a form in JSON, which loses nothing either. No I/O.

use std::borrow::Cow;
use std::fmt::Write as _;

use redis::{FromRedisValue, ParsingError, Value};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::odd;
use crate::note::{FIELDS, Note};

/// Bytes that are mostly text.
///
/// In JSON they are a string where they are UTF-8, and `{"hex":"…"}` where they are not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "Form")]
pub(crate) struct Bytes(Vec<u8>);

/// What Redis holds under an id: the default is nothing.
///
/// Two are equal if Redis cannot tell them apart: the order of the fields does not count.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct RawNote {
    /// Whether the set of ids has the id.
    pub listed: bool,
    /// The names and values of the hash, in the order in which Redis told them, which putting them
    /// back keeps; none where there is no hash, for Redis has no empty ones.
    pub fields: Vec<(Bytes, Bytes)>,
}

impl RawNote {
    /// What Redis holds of a note that was just made.
    pub(crate) fn of_new(note: &Note) -> Self {
        let fields = note.fields();
        Self {
            listed: true,
            fields: fields
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }
    }

    pub(crate) fn has_hash(&self) -> bool {
        !self.fields.is_empty()
    }

    pub(crate) fn is_nothing(&self) -> bool {
        !self.listed && !self.has_hash()
    }

    pub(crate) fn field(&self, name: &str) -> Option<&[u8]> {
        self.fields
            .iter()
            .find(|(known, _)| known.as_bytes() == name.as_bytes())
            .map(|(_, value)| value.as_bytes())
    }

    /// The text of a field, with U+FFFD for what is not UTF-8.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.field(name).map(String::from_utf8_lossy)
    }

    /// Sets a field as HSET does: in its place, or, if it is new, at the end.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let place = self
            .fields
            .iter_mut()
            .find(|(known, _)| known.as_bytes() == name.as_bytes());
        match place {
            Some((_, old)) => *old = Bytes::from(value),
            None => self.fields.push((Bytes::from(name), Bytes::from(value))),
        }
    }

    /// The note that this is, as reading it would give it; with nothing but its id where there is no
    /// hash.
    pub(crate) fn note(&self, id: &str) -> Note {
        note(id, self.fields.clone()).0
    }

    /// Whether the hashes are the same, whatever the order of their fields.
    pub(crate) fn has_same_hash(&self, other: &Self) -> bool {
        let sorted = |note: &Self| {
            let mut fields = note.fields.clone();
            fields.sort_unstable();
            fields
        };
        self.fields == other.fields
            || (self.fields.len() == other.fields.len() && sorted(self) == sorted(other))
    }
}

impl PartialEq for RawNote {
    fn eq(&self, other: &Self) -> bool {
        self.listed == other.listed && self.has_same_hash(other)
    }
}

impl Eq for RawNote {}

impl Bytes {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&str> for Bytes {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl FromRedisValue for Bytes {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        FromRedisValue::from_redis_value(value).map(Self)
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Ok(text) = str::from_utf8(&self.0) {
            return serializer.serialize_str(text);
        }
        let mut hex = String::new();
        for byte in &self.0 {
            // Writing to a string does not fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Form::Hex { hex }.serialize(serializer)
    }
}

impl TryFrom<Form> for Bytes {
    type Error = &'static str;

    fn try_from(form: Form) -> Result<Self, Self::Error> {
        match form {
            Form::Text(text) => Ok(Self(text.into_bytes())),
            Form::Hex { hex } => unhex(&hex).map(Self).ok_or("the hex digits do not pair up"),
        }
    }
}

/// The forms of [`Bytes`] in JSON.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Form {
    Text(String),
    Hex { hex: String },
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes.filter(|_| rest.is_empty())
}

/// The note that the fields of a hash make.
pub(super) fn note(id: &str, fields: Vec<(Bytes, Bytes)>) -> (Note, Vec<&'static str>) {
    let mut note = Note {
        id: id.to_owned(),
        ..Note::default()
    };
    let has = |field: &str| {
        let mut names = fields.iter().map(|(name, _)| name.as_bytes());
        names.any(|name| name == field.as_bytes())
    };
    let missing = FIELDS.iter().filter(|field| !has(field));
    let mut odd: Vec<_> = missing.map(|_| odd::MISSING_FIELD).collect();
    for (name, value) in fields {
        let (name, _) = text(name);
        let (value, altered) = text(value);
        if altered {
            odd.push(odd::NOT_UTF8);
            note.altered.insert(name.clone());
        }
        note.set_field(&name, value);
    }
    (note, odd)
}

/// The text of some bytes, and whether it had to be altered to be text.
fn text(bytes: Bytes) -> (String, bool) {
    match String::from_utf8(bytes.0) {
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
    }
}

/// In JSON nothing is `null`.
pub(super) fn or_null<S: Serializer>(note: &RawNote, serializer: S) -> Result<S::Ok, S::Error> {
    Some(note)
        .filter(|note| !note.is_nothing())
        .serialize(serializer)
}

pub(super) fn or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RawNote, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_image_is_the_same_whatever_the_order_of_its_fields() {
        let pair = |name: &str| (Bytes::from(name), Bytes::from("v"));
        let image = |fields: &[&str]| RawNote {
            listed: true,
            fields: fields.iter().map(|name| pair(name)).collect(),
        };
        assert_eq!(image(&["a", "b"]), image(&["b", "a"]));
        assert_ne!(image(&["a", "b"]), image(&["a", "c"]));
        assert_ne!(image(&["a"]), image(&["a", "b"]));
        let unlisted = RawNote {
            listed: false,
            ..image(&["a"])
        };
        assert_ne!(image(&["a"]), unlisted);
    }

    #[test]
    fn a_field_is_set_in_its_place() {
        let mut image = RawNote::of_new(&Note::new("T".into(), "c".into(), "now"));
        image.set("title", "U");
        image.set("tag", "new");
        let names: Vec<_> = image
            .fields
            .iter()
            .map(|(name, _)| name.as_bytes())
            .collect();
        assert_eq!(names[1], b"title");
        assert_eq!(names[5], b"tag");
        assert_eq!(image.text("title").as_deref(), Some("U"));
    }

    #[test]
    fn bytes_that_are_text_read_as_text() {
        let image = RawNote {
            listed: false,
            fields: vec![(Bytes::from("é\n"), Bytes::from(vec![0xff, 0x00]))],
        };
        let json = serde_json::to_string(&image).unwrap();
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
            assert!(serde_json::from_str::<Bytes>(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_byte_is_lost_on_the_way_through_json(bytes in any::<Vec<u8>>()) {
            let bytes = Bytes::from(bytes);
            let json = serde_json::to_vec(&bytes).unwrap();
            prop_assert_eq!(serde_json::from_slice::<Bytes>(&json).unwrap(), bytes);
        }
    }
}
