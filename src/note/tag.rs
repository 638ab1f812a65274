//! Tags: the words with a `#` in the text of a note. Nothing is stored about them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::unicode::{is_mark, nfc};

/// U+200C and U+200D control the joining of letters, in Hindi or Persian for example.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// Returns the tags of a note, by its title and content, in NFC, without their `#`, each once.
///
/// A tag is `#` and letters with their marks and joiners, digits, `-`, `_` and `/`, not digits alone,
/// not `/` alone or at its end, at the start of a line or after white space, in the title or the
/// content.
pub(crate) fn of_note<'a>(title: &'a str, content: &'a str) -> BTreeSet<Cow<'a, str>> {
    let all = in_text(title).chain(in_text(content));
    all.map(|(_, tag)| nfc(tag)).collect()
}

/// Returns the tags in a text, in order, each with the offset of its `#`. They are as in the text, in NFC
/// or not.
pub(crate) fn in_text(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = text.match_indices('#').filter(|(at, _)| {
        let before = text
            .get(..*at)
            .and_then(|before| before.chars().next_back());
        before.is_none_or(char::is_whitespace)
    });
    starts.filter_map(|(at, _)| {
        let rest = text.get(at + 1..)?;
        let end = rest.find(|c| !is_of_tag(c)).unwrap_or(rest.len());
        let name = rest.get(..end).filter(|name| is_name(name))?;
        Some((at, name))
    })
}

/// Returns true if the text, which has no `#`, can be the name of a tag.
pub(crate) fn is_name(text: &str) -> bool {
    text.chars().all(is_of_tag) && text.chars().any(can_stand_alone) && !text.ends_with('/')
}

/// Returns true if a tag can have this character.
pub(crate) fn is_of_tag(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '/') || JOINERS.contains(&c) || is_mark(c)
}

/// Returns true if a tag can be this character of a tag and nothing else.
fn can_stand_alone(c: char) -> bool {
    (c.is_alphabetic() && !c.is_numeric() && !is_mark(c)) || matches!(c, '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_begins_a_line_or_follows_white_space_and_is_more_than_digits() {
        for (text, tags) in [
            ("#work and #home-office, #a/b_c.", "work home-office a/b_c"),
            ("#1 #2026-01 #1st", "2026-01 1st"),
            ("a#b (#c) #d#e ##f # g", "d"),
            ("x\n#first\t#second\u{3000}#日本語", "first second 日本語"),
            ("#/ #a/ #a/b/ #//", ""),
            (
                "#हिन्दी #می‌خواهم #na\u{308}ive",
                "हिन्दी می‌خواهم na\u{308}ive",
            ),
            ("#\u{301} #\u{200d} #1\u{20e3} #1\u{301}/2", ""),
            ("", ""),
            ("#", ""),
        ] {
            let found: Vec<_> = in_text(text).map(|(_, tag)| tag).collect();
            assert_eq!(found.join(" "), tags, "{text}");
        }
    }

    #[test]
    fn a_note_has_each_tag_of_title_and_content_once() {
        let tags = of_note("plan #b", "#a\n#b");
        assert_eq!(tags.into_iter().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn a_tag_is_the_same_composed_and_decomposed() {
        let tags = of_note("#cafe\u{301}", "#caf\u{e9}");
        assert_eq!(tags.into_iter().collect::<Vec<_>>(), ["café"]);
    }
}
