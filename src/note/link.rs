//! Links between notes: `[[Title]]`, `[[id]]` or `[[Title|shown]]` in a content, outside code. No I/O.

use std::collections::BTreeSet;
use std::ops::Range;

use super::markdown;
use crate::unicode::is_blank;

/// The most bytes of a target. Redis is asked for each.
const LONGEST: usize = 1_000;

/// A link in a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link<'a> {
    /// The title or the id of the note that it leads to.
    pub(crate) target: &'a str,
    /// The range of the target.
    at: Range<usize>,
    /// True if another text is shown in place of the target.
    has_text: bool,
}

/// The new target of links, and the text that they show if they show none yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewTarget {
    pub(crate) target: String,
    pub(crate) text: Option<String>,
}

/// Returns the links in a content, in order.
pub(crate) fn in_text(text: &str) -> Vec<Link<'_>> {
    let mut links = brackets(text);
    if links.is_empty() {
        return links;
    }
    let code = markdown::code(text);
    links.retain(|link| {
        let next = code.partition_point(|range| range.end <= link.at.start);
        let rest = code.get(next..).unwrap_or_default().iter();
        let mut overlapping = rest.take_while(|range| range.start < link.at.end);
        // A title may have code in it. Code that ends elsewhere goes before the brackets.
        overlapping.all(|range| link.at.start <= range.start && range.end <= link.at.end)
    });
    links
}

/// Returns the targets of the links in a content, each once.
pub(crate) fn targets(text: &str) -> BTreeSet<&str> {
    in_text(text).into_iter().map(|link| link.target).collect()
}

/// Returns the content with another target in the links that `is_old` picks; `None` if there are none.
pub(crate) fn change_targets(
    text: &str,
    is_old: impl Fn(&str) -> bool,
    new: &NewTarget,
) -> Option<String> {
    let mut changed = String::new();
    let mut done = 0;
    for link in in_text(text) {
        if !is_old(link.target) {
            continue;
        }
        changed.push_str(text.get(done..link.at.start)?);
        changed.push_str(&new.target);
        if let Some(text) = new.text.as_ref().filter(|_| !link.has_text) {
            changed.push('|');
            changed.push_str(text);
        }
        done = link.at.end;
    }
    (done > 0).then(|| changed + text.get(done..).unwrap_or_default())
}

impl NewTarget {
    /// Returns the target of links to a note: its title if that is `unique` and can stand in a link,
    /// else its id.
    pub(crate) fn new(id: &str, title: &str, unique: bool) -> Self {
        let is_writable = !title.contains(['[', ']', '|', '\n', '\r'])
            && !title.ends_with('\\')
            && title.trim() == title
            && !is_blank(title)
            && title.len() <= LONGEST;
        if is_writable && unique {
            return Self {
                target: title.to_owned(),
                text: None,
            };
        }
        Self {
            target: id.to_owned(),
            text: is_writable.then(|| title.to_owned()),
        }
    }
}

/// Returns what stands in two brackets, in code too. It is of one line and has no bracket.
fn brackets(text: &str) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    // The first byte after the last `[[`.
    let mut open = None;
    let mut at = 0;
    while let Some(next) = next_mark(text, at) {
        let rest = text.get(next..).unwrap_or_default();
        at = next + 1;
        if rest.starts_with("[[") {
            let is_escaped = text.get(..next).is_some_and(|it| it.ends_with('\\'));
            open = (!is_escaped).then_some(next + 2);
            if rest.get(2..).is_some_and(|rest| !rest.starts_with('[')) {
                at = next + 2;
            }
        } else if rest.starts_with("]]") {
            let inner = open.and_then(|start| Some((start, text.get(start..next)?)));
            links.extend(inner.and_then(|(start, inner)| parse(inner, start)));
            open = None;
            at = next + 2;
        } else {
            open = None;
        }
    }
    links
}

/// Returns the offset of the next bracket or line feed.
fn next_mark(text: &str, from: usize) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    let found = rest
        .iter()
        .position(|byte| matches!(byte, b'[' | b']' | b'\n'));
    found.map(|at| from + at)
}

fn parse(inner: &str, start: usize) -> Option<Link<'_>> {
    let (target, text) = match inner.split_once('|') {
        // In a table the bar is escaped.
        Some((target, text)) => (target.strip_suffix('\\').unwrap_or(target), Some(text)),
        None => (inner, None),
    };
    let start = start + target.len() - target.trim_start().len();
    let target = target.trim();
    (!is_blank(target) && target.len() <= LONGEST).then(|| Link {
        target,
        at: start..start + target.len(),
        has_text: text.is_some(),
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_link_gets_the_new_target_and_no_other_byte_changes(
            text in "(\\[\\[|\\]\\]|[a|`\\\\\n é>-]|    ){0,40}",
        ) {
            let new = NewTarget::new("1f", "New", true);
            let links = in_text(&text);
            let changed = change_targets(&text, |_| true, &new);
            prop_assert_eq!(changed.is_some(), !links.is_empty());
            let changed = changed.unwrap_or_else(|| text.clone());
            let all = in_text(&changed);
            prop_assert_eq!(all.len(), links.len());
            let mut back = changed.clone();
            for (old, new) in links.iter().zip(&all).rev() {
                prop_assert_eq!(new.target, "New");
                back.replace_range(new.at.clone(), old.target);
            }
            prop_assert_eq!(back, text);
        }
    }

    #[test]
    fn a_link_is_one_line_in_two_brackets_outside_code() {
        for (text, targets) in [
            ("[[a]] x[[b c]]y [[ d ]]", "a,b c,d"),
            ("[[a|shown]] [[b|]] [[c\\|in a table]]", "a,b,c"),
            ("[a] [[]] [[ ]] [[|x]] [[a", ""),
            ("[[a\nb]] [[c]\n] ]]", ""),
            ("[[[a]]] [[b [[c]]", "a,c"),
            ("[[a [b] c]]", ""),
            ("\\[[a]] [\\[b]]", ""),
            ("`[[a]]` ``x ` [[b]]`` [[c]] `[[d]]", "c,d"),
            ("```\n[[a]]\n```\n[[b]]\n\n    [[c]]\n", "b"),
            ("- x\n    - [[nested]]\n> [[quoted]]\n", "nested,quoted"),
            ("~~~\n[[never closed]]", ""),
            ("[[a `b` c]] [[a`]][[`]]", "a `b` c"),
            ("[[日本語]] [[e\u{301}]]", "日本語,e\u{301}"),
        ] {
            let found: Vec<_> = in_text(text).iter().map(|link| link.target).collect();
            assert_eq!(found.join(","), targets, "{text:?}");
        }
        let long = format!("[[{}]]", "x".repeat(LONGEST + 1));
        assert_eq!(in_text(&long), []);
    }

    #[test]
    fn only_the_targets_of_the_links_are_changed() {
        let text = "[[Old]] `[[Old]]` [[ old |x]] [[Other]]\n[[Old|]]";
        let is_old = |target: &str| target.to_lowercase() == "old";
        for ((id, title, unique), changed) in [
            (
                ("1f", "New", true),
                "[[New]] `[[Old]]` [[ New |x]] [[Other]]\n[[New|]]",
            ),
            (
                ("1f", "New", false),
                "[[1f|New]] `[[Old]]` [[ 1f |x]] [[Other]]\n[[1f|]]",
            ),
            (
                ("1f", "a]b", true),
                "[[1f]] `[[Old]]` [[ 1f |x]] [[Other]]\n[[1f|]]",
            ),
        ] {
            let new = NewTarget::new(id, title, unique);
            assert_eq!(change_targets(text, is_old, &new).as_deref(), Some(changed));
        }
        let new = NewTarget::new("1f", "New", true);
        assert_eq!(change_targets("[[Other]]", is_old, &new), None);
    }

    #[test]
    fn hostile_texts_are_read_in_a_time_that_grows_with_their_length() {
        for part in [
            "[",
            "[[",
            "]]",
            "[[a|",
            "`",
            "`` `",
            "> ",
            "- ",
            "* a\n",
            "[[a]](",
            "\\[[",
            "<a ",
            "![",
            "_*",
            "```\n",
            "    x\n",
            "[^a]: ",
            "|a|\n|-|\n",
            "&#",
            "<!--",
        ] {
            let mut text = part.repeat(100_000 / part.len());
            text.push_str("[[a]]");
            let begun = Instant::now();
            in_text(&text);
            let took = begun.elapsed();
            assert!(took < Duration::from_secs(4), "{part:?}: {took:?}");
        }
    }
}
