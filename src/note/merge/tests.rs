//! Merges: what goes together, what is a conflict, and that no line is lost.

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

/// A text of so many lines, each of which is the given one with its number.
fn numbered(line: &str, count: usize) -> String {
    let lines: Vec<String> = (0..count)
        .map(|number| format!("{line} {number}\n"))
        .collect();
    lines.concat()
}

#[test]
fn texts_that_differ_in_too_many_places_stand_side_by_side() {
    let base = text("T", &numbered("line", 300));
    let ours = text("T", &numbered("ours", 300));
    let theirs = text("T", &numbered("theirs", 2_000_000));
    let Merged::TooDifferent(conflict) = merge(&base, &ours, &theirs) else {
        panic!("to compare them would take too long");
    };
    assert_eq!(
        conflict,
        format!(
            "T\n\n<<<<<<< ours\n{}=======\n{}>>>>>>> theirs\n",
            ours.content, theirs.content
        )
    );
    assert!(has_markers(&conflict, &theirs));
}

#[test]
fn large_texts_are_merged_where_each_side_changed_one_place() {
    let lines = numbered("line", 100_000);
    let base = text("T", &lines);
    let ours = text("T", &format!("first\n{lines}"));
    let theirs = text("T", &format!("{lines}last"));
    let merged = text("T", &format!("first\n{lines}last"));
    assert_eq!(merge(&base, &ours, &theirs), Merged::Clean(merged));
}

#[test]
fn the_work_is_that_of_the_lines_that_differ() {
    for (old, new, expected) in [
        ("", "", 0),
        ("a\nb\n", "a\nb\n", 0),
        ("a\nb\n", "a\nb\nc\n", 0),
        ("a\nb\nc\n", "a\nx\ny\nc\n", 2),
        ("a\na\n", "a\na\na\n", 0),
        ("a\nb\n", "c\nd\ne\n", 6),
    ] {
        assert_eq!(work(old, new), expected, "{old:?} {new:?}");
    }
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
            Merged::Conflict(conflict) | Merged::TooDifferent(conflict) => {
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
