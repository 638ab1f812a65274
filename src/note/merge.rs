//! Merges two people's changes to one text. Pure: it knows neither Redis nor editors.
//!
//! The lines are merged by similar, as in version control: against the text that both started from. A
//! change of one side is taken; where both changed the same lines, both texts are kept between markers
//! for a person to decide.

#[cfg(test)]
mod tests;

use similar::TextMerge;

use super::text::{Text, terminated};

/// The shortest conflict marker. It is longer if the texts have lines that begin like one.
const MARKER: usize = 7;

/// The most work of a comparison: lines of one text times lines of the other, without equal lines at
/// both ends. The slowest texts within it merge in a second.
const MOST_WORK: usize = 400_000_000;

/// The result of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Merged {
    Clean(Text),
    /// A text for an editor: title and content as in a draft, with markers around the lines that both
    /// sides changed: first `ours`, then `theirs`.
    Conflict(String),
    /// The same, with both contents whole: comparing them would take too long.
    TooDifferent(String),
}

/// The merged content, with markers unless it is `Clean`.
enum Content {
    Clean(String),
    Conflict(String),
    TooDifferent(String),
}

/// Returns true if a text has conflict markers that are not lines of `own`.
pub(crate) fn has_markers(text: &str, own: &Text) -> bool {
    text.lines()
        .filter(|line| is_marker(line, '<', " ours") || is_marker(line, '>', " theirs"))
        .any(|line| !lines(own).any(|old| old == line))
}

fn lines(text: &Text) -> impl Iterator<Item = &str> {
    text.content.lines().chain([text.title.as_str()])
}

fn is_marker(line: &str, character: char, name: &str) -> bool {
    line.strip_suffix(name)
        .is_some_and(|run| run.len() >= MARKER && run.chars().all(|c| c == character))
}

/// Merges `ours` and `theirs`, which both started from `base`.
pub(crate) fn merge(base: &Text, ours: &Text, theirs: &Text) -> Merged {
    let marker = marker_length(&[base, ours, theirs]);
    let title = changed_side(&base.title, &ours.title, &theirs.title);
    let content = merge_lines(base, ours, theirs, marker);
    match (title, content) {
        (Some(title), Content::Clean(content)) => Merged::Clean(Text {
            title: title.clone(),
            content,
        }),
        (title, content) => {
            let head = match title {
                Some(title) => terminated(title).into_owned(),
                None => side_by_side(&ours.title, &theirs.title, marker),
            };
            match content {
                Content::Clean(body) | Content::Conflict(body) => {
                    Merged::Conflict(format!("{head}\n{}", terminated(&body)))
                }
                Content::TooDifferent(body) => {
                    Merged::TooDifferent(format!("{head}\n{}", terminated(&body)))
                }
            }
        }
    }
}

/// Returns the side that changed; `None` if both changed in different ways.
fn changed_side<'a, T: PartialEq>(base: &T, ours: &'a T, theirs: &'a T) -> Option<&'a T> {
    if ours == theirs || theirs == base {
        Some(ours)
    } else if ours == base {
        Some(theirs)
    } else {
        None
    }
}

fn merge_lines(base: &Text, ours: &Text, theirs: &Text, marker: usize) -> Content {
    if let Some(content) = changed_side(&base.content, &ours.content, &theirs.content) {
        return Content::Clean(content.clone());
    }
    // A last line without a line end differs from the same line with one, and would look changed on the
    // side that wrote below it. So the line end is merged by itself.
    let ends = [base, ours, theirs].map(|text| text.content.ends_with('\n'));
    let ended = changed_side(&ends[0], &ends[1], &ends[2])
        .copied()
        .unwrap_or(true);
    let [base, ours, theirs] = [base, ours, theirs].map(|text| terminated(&text.content));
    if work(&base, &ours).max(work(&base, &theirs)) > MOST_WORK {
        return Content::TooDifferent(side_by_side(&ours, &theirs, marker));
    }
    let mut merge = TextMerge::from_lines(&*base, &*ours, &*theirs);
    merge.conflict_marker_size(marker);
    let mut text = merge.to_string();
    if merge.is_conflicted() {
        return Content::Conflict(text);
    }
    // An empty last line consists of its line end alone.
    if !ended && !text.ends_with("\n\n") {
        text.pop();
    }
    Content::Clean(text)
}

/// Returns the lines of one text times those of the other, without equal lines at the beginning and at
/// the end.
fn work(old: &str, new: &str) -> usize {
    let alike = old.lines().zip(new.lines());
    let start = alike.take_while(|(old, new)| old == new).count();
    let rest = [old, new].map(|text| text.lines().count() - start);
    let alike = old.lines().rev().zip(new.lines().rev());
    let alike = alike.take(rest[0].min(rest[1]));
    let end = alike.take_while(|(old, new)| old == new).count();
    (rest[0] - end).saturating_mul(rest[1] - end)
}

/// Returns both texts between conflict markers.
fn side_by_side(ours: &str, theirs: &str, marker: usize) -> String {
    let [left, middle, right] = ["<", "=", ">"].map(|character| character.repeat(marker));
    let (ours, theirs) = (terminated(ours), terminated(theirs));
    format!("{left} ours\n{ours}{middle}\n{theirs}{right} theirs\n")
}

/// Returns a length above that of any run of marker characters that begins a line of the texts.
fn marker_length(texts: &[&Text]) -> usize {
    texts
        .iter()
        .flat_map(|text| lines(text))
        .map(|line| {
            let first = line.chars().next().filter(|c| matches!(c, '<' | '=' | '>'));
            line.chars().take_while(|c| Some(*c) == first).count() + 1
        })
        .max()
        .unwrap_or_default()
        .max(MARKER)
}
