//! The Unicode properties of texts: normalization, visibility, marks.
//!
//! The same text may be composed (NFC, as most keyboards write it) or decomposed (NFD, as macOS writes
//! names of files). Texts are compared in NFC; stored texts stay as they are.

use std::borrow::Cow;
use std::ops::Range;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{
    BinaryProperty as _, DefaultIgnorableCodePoint, EnumeratedProperty as _, GeneralCategory,
    GeneralCategoryGroup,
};
use unicode_segmentation::UnicodeSegmentation as _;

/// Bytes below this one encode only characters below U+0300, which NFC leaves as they are.
const COMPOSING: u8 = 0xcc;

/// The number of bytes that are checked at once.
const CHUNK: usize = 64;

/// Returns the text in NFC; borrowed if it is in that form already.
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    let mut chunks = text.as_bytes().chunks(CHUNK);
    if chunks.all(|chunk| highest(chunk) < COMPOSING) {
        return Cow::Borrowed(text);
    }
    const { ComposingNormalizerBorrowed::new_nfc() }.normalize(text)
}

/// Returns the highest byte. It has no branch for each byte, so that the compiler can vectorize it.
fn highest(chunk: &[u8]) -> u8 {
    chunk.iter().fold(0, |highest, byte| highest.max(*byte))
}

/// Returns the form of a text for comparisons without letter case.
pub(crate) fn folded(text: &str) -> String {
    nfc(text).to_lowercase()
}

/// A text in NFC that can map its parts to the original text.
pub(crate) struct Composed<'a> {
    original: &'a str,
    text: Cow<'a, str>,
    /// The offsets of each grapheme cluster in `text` and in `original`. Empty if both are the same.
    clusters: Vec<(usize, usize)>,
}

impl<'a> Composed<'a> {
    pub(crate) fn new(original: &'a str) -> Self {
        let text = nfc(original);
        let mut clusters = Vec::new();
        if let Cow::Owned(_) = text {
            let mut begin = 0;
            // NFC never composes across the boundary of two clusters.
            for (at, cluster) in original.grapheme_indices(true) {
                clusters.push((begin, at));
                begin += nfc(cluster).len();
            }
            clusters.push((begin, original.len()));
        }
        Self {
            original,
            text,
            clusters,
        }
    }

    /// Returns the text in NFC.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the part of the original that holds this part of the text in NFC: whole grapheme
    /// clusters where the two differ.
    pub(crate) fn original(&self, part: Range<usize>) -> Range<usize> {
        if self.clusters.is_empty() {
            return part;
        }
        let first = self.clusters.partition_point(|(at, _)| *at <= part.start);
        let last = self.clusters.partition_point(|(at, _)| *at < part.end);
        let begin = first.checked_sub(1).and_then(|at| self.clusters.get(at));
        let end = self.clusters.get(last);
        begin.map_or(0, |(_, at)| *at)..end.map_or(self.original.len(), |(_, at)| *at)
    }
}

/// Returns the first character as a reader sees it: a grapheme cluster.
pub(crate) fn first_cluster(text: &str) -> &str {
    text.graphemes(true).next().unwrap_or_default()
}

/// Returns the last character as a reader sees it.
pub(crate) fn last_cluster(text: &str) -> &str {
    text.graphemes(true).next_back().unwrap_or_default()
}

/// Returns true if the character combines with the one before it.
pub(crate) fn is_mark(c: char) -> bool {
    !c.is_ascii() && GeneralCategoryGroup::Mark.contains(GeneralCategory::for_char(c))
}

/// Returns true if the text is invisible: only white space and characters such as U+200B or U+FEFF.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

fn is_invisible(c: char) -> bool {
    if c.is_ascii_graphic() {
        return false;
    }
    c.is_whitespace()
        || GeneralCategory::for_char(c) == GeneralCategory::Format
        || DefaultIgnorableCodePoint::for_char(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_that_differ_in_composition_alone_are_the_same_in_nfc() {
        for (decomposed, composed) in [
            ("Cafe\u{301}", "Café"),
            ("\u{1100}\u{1161}\u{11a8}", "각"),
            ("a\u{301}\u{316}", "á\u{316}"),
            ("\u{212b}", "Å"),
            ("plain", "plain"),
        ] {
            assert_eq!(nfc(decomposed), composed);
            assert!(matches!(nfc(composed), Cow::Borrowed(_)), "{composed}");
        }
    }

    #[test]
    fn a_part_is_found_again_in_the_original() {
        let original = "x Cafe\u{301} menu";
        let composed = Composed::new(original);
        let at = composed.text().find("é m").unwrap();
        let part = composed.original(at..at + "é m".len());
        assert_eq!(original.get(part), Some("e\u{301} m"));
        assert_eq!(Composed::new("Café").original(3..5), 3..5);
    }

    #[test]
    fn a_text_of_which_nothing_is_seen_is_blank() {
        for text in [
            "",
            " \t\n",
            "\u{200b}",
            "\u{feff}",
            "\u{200d}\u{ad}\u{2060}",
            "\u{3164}\u{e0041}",
        ] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["a", " \u{200b}.", "\u{301}", "日", "🏴"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    /// Text in which characters that compose are as frequent as all others together.
    fn text() -> impl Strategy<Value = String> {
        let composing = prop_oneof![
            proptest::char::range('\u{300}', '\u{345}'),
            proptest::char::range('\u{1100}', '\u{11ff}'),
            proptest::char::range('\u{f71}', '\u{f81}'),
            proptest::char::range('\u{16d63}', '\u{16d6a}'),
            proptest::char::range('\u{9be}', '\u{9d7}'),
            proptest::char::range('a', 'z'),
        ];
        proptest::collection::vec(prop_oneof![composing, any::<char>()], 0..30)
            .prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn every_part_of_a_composed_text_stands_in_the_original(text in text()) {
            let composed = Composed::new(&text);
            let whole = composed.text().to_owned();
            for (at, c) in whole.char_indices() {
                let part = composed.original(at..at + c.len_utf8());
                let part = nfc(&text[part]).into_owned();
                prop_assert!(part.contains(c), "{c:?} in {part:?}");
            }
            prop_assert_eq!(composed.original(0..whole.len()), 0..text.len());
        }
    }
}
