//! Two people's changes to one text put together. Pure: it knows neither Redis nor editors.
//!
//! The lines are merged by diffy as version control does it: against the text that both started
//! from. What only one side changed is taken; where both changed the same place, both texts are kept
//! between markers for a person to decide.

use diffy::{ConflictStyle, MergeOptions};

use super::text::{Text, terminated};

/// The length of a conflict marker, unless the texts have lines that begin like one.
const MARKER: usize = 7;

/// Whether two changes go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Merged {
    Clean(Text),
    /// They do not. This is for an editor: title and content as a draft shows them, with markers
    /// around what both sides changed: first `ours`, then `theirs`.
    Conflict(String),
}

/// Whether a text has conflict markers in it that are not lines of `own`.
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
    let title = either(&base.title, &ours.title, &theirs.title);
    let content = merge_lines(base, ours, theirs, marker);
    match (title, content) {
        (Some(title), Ok(content)) => Merged::Clean(Text {
            title: title.clone(),
            content,
        }),
        (title, content) => {
            let head = title.cloned().unwrap_or_else(|| {
                let (left, right) = ("<".repeat(marker), ">".repeat(marker));
                let middle = "=".repeat(marker);
                let (ours, theirs) = (&ours.title, &theirs.title);
                format!("{left} ours\n{ours}\n{middle}\n{theirs}\n{right} theirs")
            });
            let body = content.unwrap_or_else(|conflict| conflict);
            Merged::Conflict(format!("{head}\n\n{}", terminated(&body)))
        }
    }
}

/// The side that changed, if not both did in different ways.
fn either<'a, T: PartialEq>(base: &T, ours: &'a T, theirs: &'a T) -> Option<&'a T> {
    if ours == theirs || theirs == base {
        Some(ours)
    } else if ours == base {
        Some(theirs)
    } else {
        None
    }
}

/// The merged content, or the content with conflicts in it.
fn merge_lines(base: &Text, ours: &Text, theirs: &Text, marker: usize) -> Result<String, String> {
    if let Some(content) = either(&base.content, &ours.content, &theirs.content) {
        return Ok(content.clone());
    }
    // A last line without a line end would differ from the same line with one, and so look changed
    // on the side that wrote below it. The line end is merged for itself.
    let ends = [base, ours, theirs].map(|text| text.content.ends_with('\n'));
    let ended = either(&ends[0], &ends[1], &ends[2])
        .copied()
        .unwrap_or(true);
    let [base, ours, theirs] = [base, ours, theirs].map(|text| terminated(&text.content));
    let mut merged = MergeOptions::new()
        .set_conflict_style(ConflictStyle::Merge)
        .set_conflict_marker_length(marker)
        .merge(&base, &ours, &theirs)?;
    // Without its line end an empty last line would be gone.
    if !ended && !merged.ends_with("\n\n") {
        merged.pop();
    }
    Ok(merged)
}

/// Longer than any run of marker characters that begins a line of the texts.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(title: &str, content: &str) -> Text {
        Text {
            title: title.into(),
            content: content.into(),
        }
    }

    #[test]
    fn changes_to_different_lines_go_together() {
        let base = text("T", "one\ntwo\nthree");
        let ours = text("T", "ONE\ntwo\nthree");
        let theirs = text("U", "one\ntwo\nthree\nfour");
        assert_eq!(
            merge(&base, &ours, &theirs),
            Merged::Clean(text("U", "ONE\ntwo\nthree\nfour"))
        );
    }

    #[test]
    fn the_same_change_on_both_sides_is_one_change() {
        let (base, new) = (text("T", "a\nb\n"), text("U", "a\nc\n"));
        assert_eq!(merge(&base, &new, &new), Merged::Clean(new));
    }

    #[test]
    fn changes_to_the_same_line_are_shown_side_by_side() {
        let base = text("T", "one\ntwo");
        let ours = text("mine", "one\nmine");
        let theirs = text("other", "one\nother");
        let Merged::Conflict(conflict) = merge(&base, &ours, &theirs) else {
            panic!("both changed the same line");
        };
        assert_eq!(
            conflict,
            "<<<<<<< ours\nmine\n=======\nother\n>>>>>>> theirs\n\n\
             one\n<<<<<<< ours\nmine\n=======\nother\n>>>>>>> theirs\n"
        );
        assert!(has_markers(&conflict, &theirs));
        assert!(!has_markers("mine\n\none\nmine and other\n", &theirs));
    }

    #[test]
    fn an_empty_last_line_outlives_the_loss_of_the_line_end() {
        let texts = ["a\n", "a\n\n", "a"].map(|content| text("T", content));
        let [base, ours, theirs] = &texts;
        assert_eq!(merge(base, ours, theirs), Merged::Clean(ours.clone()));
    }

    #[test]
    fn lines_that_look_like_markers_are_not_taken_for_them() {
        let base = text("T", "======= \n<<<<<<< ours\nx");
        let ours = text("T", "======= \n<<<<<<< ours\ny");
        let theirs = text("T", "======= \n<<<<<<< ours\nz");
        let Merged::Conflict(conflict) = merge(&base, &ours, &theirs) else {
            panic!("both changed the same line");
        };
        assert!(conflict.contains("\n<<<<<<<< ours\ny\n========\nz\n>>>>>>>> theirs\n"));
        assert!(!has_markers("T\n\n======= \n<<<<<<< ours\ny\n", &theirs));
    }

    /// Few different lines, so that sides often touch the same place.
    fn content() -> impl Strategy<Value = String> {
        prop::collection::vec("[a-d]{0,2}|<<<<<<< ours|=======", 0..8)
            .prop_map(|lines| lines.join("\n"))
    }

    fn missing<'a>(side: &'a str, base: &str, result: &str) -> Option<&'a str> {
        side.lines().find(|line| {
            !base.lines().any(|old| old == *line) && !result.lines().any(|new| new == *line)
        })
    }

    proptest! {
        #[test]
        fn no_line_that_a_side_wrote_disappears(
            base in content(), ours in content(), theirs in content(),
            titles in prop::array::uniform3("[a-c]"),
        ) {
            let [t0, t1, t2] = titles;
            let result = match merge(&text(&t0, &base), &text(&t1, &ours), &text(&t2, &theirs)) {
                Merged::Clean(merged) => merged.content,
                Merged::Conflict(conflict) => {
                    for title in [&t1, &t2] {
                        prop_assert!(*title == t0 || conflict.contains(title.as_str()));
                    }
                    conflict
                }
            };
            prop_assert_eq!(missing(&ours, &base, &result), None);
            prop_assert_eq!(missing(&theirs, &base, &result), None);
        }

        #[test]
        fn what_one_side_left_alone_is_the_other_sides(base in content(), new in content()) {
            let (base, new) = (text("a", &base), text("b", &new));
            prop_assert_eq!(merge(&base, &new, &base), Merged::Clean(new.clone()));
            prop_assert_eq!(merge(&base, &base, &new), Merged::Clean(new.clone()));
        }
    }
}
