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

/// A text that cannot be a tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` cannot be a tag: a tag is letters, digits, -, _ and /, not digits alone, and does not end with /"
)]
pub(crate) struct TagError(String);

/// Parses a tag, with its `#` or without; returns its name in NFC.
pub(crate) fn parse(text: &str) -> Result<String, TagError> {
    let name = text.strip_prefix('#').unwrap_or(text);
    if is_name(name) {
        Ok(nfc(name).into_owned())
    } else {
        Err(TagError(name.to_owned()))
    }
}

/// Returns true if a tag, in NFC, is the one asked for: letter case counts only if that has a capital.
pub(crate) fn answers(tag: &str, asked: &str) -> bool {
    tag == asked || (!asked.contains(char::is_uppercase) && tag.to_lowercase() == asked)
}

/// Returns the content with a tag in a last line that has nothing but tags; it ends with a line break if
/// it did before. `None` if the note has the tag.
pub(crate) fn add(title: &str, content: &str, name: &str) -> Option<String> {
    if of_note(title, content).contains(name) {
        return None;
    }
    let (body, end) = content.split_at(content.trim_end_matches(['\n', '\r']).len());
    let last = body.rsplit('\n').next().unwrap_or_default();
    if is_tags_alone(last) {
        return Some(format!("{body} #{name}{end}"));
    }
    let break_at_end = if content.ends_with("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    Some(match content {
        "" => format!("#{name}"),
        text if text.ends_with('\n') => format!("{text}#{name}{break_at_end}"),
        text => format!("{text}\n#{name}"),
    })
}

fn is_tags_alone(line: &str) -> bool {
    let mut words = line.split_whitespace().peekable();
    words.peek().is_some() && words.all(|word| word.strip_prefix('#').is_some_and(is_name))
}

/// Returns a text without a tag. A line that is empty then is removed.
pub(crate) fn remove<'a>(text: &'a str, name: &str) -> Cow<'a, str> {
    if !in_text(text).any(|(_, tag)| answers(&nfc(tag), name)) {
        return text.into();
    }
    let mut kept = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let rest = remove_in_line(line, name);
        if !rest.trim().is_empty() || line.trim().is_empty() {
            kept.push_str(&rest);
        } else if !line.ends_with('\n') {
            // The line before is the last one now.
            kept.truncate(kept.strip_suffix('\n').map_or(0, str::len));
        }
    }
    kept.into()
}

fn remove_in_line(line: &str, name: &str) -> String {
    let mut rest = String::with_capacity(line.len());
    let mut done = 0;
    for (at, tag) in in_text(line) {
        if !answers(&nfc(tag), name) {
            continue;
        }
        rest.push_str(line.get(done..at).unwrap_or_default());
        done = at + 1 + tag.len();
        // One of the spaces around it goes too.
        if rest.ends_with([' ', '\t']) {
            rest.pop();
        } else if line
            .get(done..)
            .is_some_and(|after| after.starts_with([' ', '\t']))
        {
            done += 1;
        }
    }
    rest + line.get(done..).unwrap_or_default()
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_tag_that_is_added_and_removed_leaves_the_content_as_it_was(
            content in "[a #\n\r\té|-]*",
        ) {
            let tagged = add("T", &content, "new").unwrap();
            prop_assert!(in_text(&tagged).any(|(_, tag)| tag == "new"));
            prop_assert_eq!(remove(&tagged, "new"), content);
        }
    }

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
    fn a_tag_is_added_once_to_a_last_line_of_tags() {
        for (title, content, expected) in [
            ("T", "", Some("#new")),
            ("T", "text", Some("text\n#new")),
            ("T", "text\n", Some("text\n#new\n")),
            ("T", "a\r\nb\r\n", Some("a\r\nb\r\n#new\r\n")),
            ("T", "text\n#a #b", Some("text\n#a #b #new")),
            ("T", "text\n#a\r\n", Some("text\n#a #new\r\n")),
            ("T", "text #a", Some("text #a\n#new")),
            ("T", "\n\n", Some("\n\n#new\n")),
            ("T", "# Heading", Some("# Heading\n#new")),
            ("T #new", "text", None),
            ("T", "#new text", None),
        ] {
            assert_eq!(
                add(title, content, "new").as_deref(),
                expected,
                "{content:?}"
            );
        }
    }

    #[test]
    fn a_tag_is_removed_with_a_space_beside_it_or_with_its_line() {
        for (text, rest) in [
            ("a #old b", "a b"),
            ("#old b", "b"),
            ("b #old", "b"),
            ("#a #old #b", "#a #b"),
            ("text\n#old", "text"),
            ("text\n#old\n", "text\n"),
            ("text\n\n#old", "text\n"),
            ("#old\ntext", "text"),
            ("#old #old\n\nx", "\nx"),
            ("#OLD #older x#old", "#older x#old"),
            ("#old", ""),
            ("\tx\t#old\ty", "\tx\ty"),
            ("none", "none"),
        ] {
            assert_eq!(remove(text, "old"), rest, "{text:?}");
        }
        assert_eq!(remove("#old #Old", "Old"), "#old");
        assert_eq!(remove("#cafe\u{301} x", "café"), "x");
        let tagged = add("T", "text\n#a", "b").unwrap();
        assert_eq!(remove(&tagged, "b"), "text\n#a");
    }

    #[test]
    fn a_tag_is_the_same_composed_and_decomposed() {
        let tags = of_note("#cafe\u{301}", "#caf\u{e9}");
        assert_eq!(tags.into_iter().collect::<Vec<_>>(), ["café"]);
    }
}
