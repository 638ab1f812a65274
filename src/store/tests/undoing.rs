//! Undoing steps in any order: what the history says is what Redis holds.

use proptest::prelude::*;

use super::super::*;
use super::fixture::*;
use crate::exit::Exit;
use crate::journal::{StepState, Summary};
use crate::note::{NewText, RawNote};

/// Changes of two notes: steps 1, 3 and 4 are of the first, step 2 is of the second.
fn four_steps(fixture: &mut Fixture) -> [String; 2] {
    let ids = ["first", "second"].map(|title| fixture.add(title).id);
    for content in ["one", "two"] {
        let change = NewText {
            content: Some(content.into()),
            ..NewText::default()
        };
        let mut store = fixture.store();
        store.update(&ids[0], &change, Basis::Presence).unwrap();
    }
    ids
}

/// The content that each of the notes has by the history; `None` for one that is not there.
fn contents_by_history(history: &[Summary]) -> [Option<&'static str>; 2] {
    let is_made = |number: u64| {
        let step = history.iter().find(|step| step.number == number);
        step.unwrap().state == StepState::Made
    };
    let first = [(4, "two"), (3, "one"), (1, "c")];
    let first = first.into_iter().find(|(number, _)| is_made(*number));
    [first.map(|(_, content)| content), is_made(2).then_some("c")]
}

#[test]
fn a_step_that_does_not_hold_is_not_undone_again() {
    let mut fixture = Fixture::new();
    fixture.add("T");
    fixture.store().undo(None, false).unwrap();
    for dry_run in [true, false] {
        let error = fixture.store().undo(Some(1), dry_run).unwrap_err();
        assert_eq!(error.exit(), Exit::NoSuchNote);
        assert_eq!(
            error.to_string(),
            "step 1 (test) is undone already, by step 2; `notes undo 2` redoes it"
        );
    }
    fixture.journal.cancel(2);
    let error = fixture.store().undo(Some(2), false).unwrap_err();
    assert_eq!(
        error.to_string(),
        "step 2 (test) was never made, or its change is gone; there is nothing to undo"
    );
    let states: Vec<StepState> = fixture
        .steps()
        .into_iter()
        .map(|(state, _)| state)
        .collect();
    assert_eq!(states, [StepState::Made, StepState::Cancelled]);
}

#[test]
fn a_step_that_was_redone_is_undone_with_its_redo() {
    let mut fixture = Fixture::new();
    fixture.add("T");
    // Steps 2 to 5: undone, redone, undone, redone.
    for step in 1..=4 {
        fixture.store().undo(Some(step), false).unwrap();
    }
    fixture.store().undo(Some(1), false).unwrap();
    for step in [1, 3, 5] {
        let error = fixture.store().undo(Some(step), false).unwrap_err();
        assert_eq!(error.exit(), Exit::NoSuchNote, "{error}");
    }
    fixture.store().undo(Some(6), false).unwrap();
    assert_eq!(fixture.store.count().unwrap(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_history_says_what_redis_holds_in_any_order_of_undoing(
        steps in prop::collection::vec(prop::option::weighted(0.8, 1_u64..14), 1..12),
    ) {
        let mut fixture = Fixture::new();
        let ids = four_steps(&mut fixture);
        for step in steps {
            let before = fixture.store.raw_notes(&ids).unwrap();
            let undone = fixture.store().undo(step, false);
            let now: Vec<RawNote> = fixture.store.raw_notes(&ids).unwrap();
            prop_assert_eq!(undone.is_ok(), before != now, "{:?}: {:?}", step, undone);
            let history = fixture.journal.history().unwrap();
            prop_assert!(history.iter().all(|step| step.state != StepState::Cancelled));
            let contents: Vec<_> = now.iter().map(|note| note.text("content")).collect();
            let contents: Vec<_> = contents.iter().map(Option::as_deref).collect();
            prop_assert_eq!(contents, contents_by_history(&history), "after {:?}", step);
        }
    }
}
