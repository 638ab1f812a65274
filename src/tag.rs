//! Tags: the words with a `#` in the text of a note. Nothing is stored about them.

use std::collections::BTreeSet;

/// The tags of a note by its title and content, without their `#`, each once.
///
/// A tag is `#` and letters, digits, `-`, `_` and `/`, not digits alone, at the start of a line or
/// after white space, in the title or the content.
pub(crate) fn of<'a>(title: &'a str, content: &'a str) -> BTreeSet<&'a str> {
    let all = in_text(title).chain(in_text(content));
    all.map(|(_, tag)| tag).collect()
}

/// The tags in a text, in their order, each with where its `#` is.
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

/// Whether the text, which has no `#`, can be the name of a tag.
pub(crate) fn is_name(text: &str) -> bool {
    text.chars().all(is_of_tag) && text.chars().any(|c| !c.is_numeric())
}

/// Whether a tag can have this character.
pub(crate) fn is_of_tag(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '/')
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
            ("", ""),
            ("#", ""),
        ] {
            let found: Vec<_> = in_text(text).map(|(_, tag)| tag).collect();
            assert_eq!(found.join(" "), tags, "{text}");
        }
    }

    #[test]
    fn a_note_has_each_tag_of_title_and_content_once() {
        let tags = of("plan #b", "#a\n#b");
        assert_eq!(tags.into_iter().collect::<Vec<_>>(), ["a", "b"]);
    }
}
