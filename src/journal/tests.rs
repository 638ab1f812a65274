//! The journal on a real disk: torn, full, cut, and written to by many at once.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::note::{ChangeKind, RawNote};

const NOW: &str = "2024-01-15T10:30:00.123456+00:00";

/// A journal in a directory of its own, which is made by the first append.
struct Desk {
    home: TempDir,
    journal: Journal,
}

impl Desk {
    fn new() -> Self {
        Self::with_cap(CAP)
    }

    fn with_cap(cap: u64) -> Self {
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::with_limits(&home.path().join("data"), cap, LOCK_TIMEOUT);
        Self { home, journal }
    }

    fn record(&self, notes: &[NoteChange]) -> u64 {
        let number = record(&self.journal, None, notes);
        assert!(self.journal.fault().is_none(), "{:?}", self.journal.fault());
        number.unwrap()
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(&self.journal.path).unwrap()
    }

    fn numbers(&self) -> Vec<u64> {
        let history = self.journal.history().unwrap();
        history.iter().map(|step| step.number).collect()
    }
}

fn record(journal: &Journal, undoes: Option<u64>, notes: &[NoteChange]) -> Option<u64> {
    let recorded = journal.record(Step {
        number: 0,
        at: NOW.into(),
        by: "edit".into(),
        server: "here".into(),
        undoes,
        notes: notes.into(),
    })?;
    Some(recorded.step)
}

/// The notes of a step; none if there is no such step.
fn notes_of(journal: &Journal, number: u64) -> Vec<NoteChange> {
    let history = journal.history().unwrap();
    let step = history.iter().find(|step| step.number == number);
    let most = step.map_or(0, |step| step.notes.len());
    let mut notes = Vec::new();
    let read = journal.each_part(number, most, |part| notes.extend_from_slice(part));
    read.unwrap();
    notes
}

fn change(id: &str, title: &str, value: &[u8]) -> NoteChange {
    let image = |value: &[u8]| RawNote {
        listed: true,
        fields: vec![
            ("title".into(), title.into()),
            (vec![b'f', 0xfe], value.to_vec()),
        ],
    };
    NoteChange {
        id: id.to_owned(),
        before: image(value),
        after: RawNote::default(),
    }
}

#[test]
fn a_step_is_read_as_it_was_recorded_to_the_byte() {
    let desk = Desk::new();
    let notes = [change("a", "T\n", b"\xff\x00\n"), change("b", "é", b"")];
    assert_eq!(desk.record(&notes), 1);
    assert_eq!(notes_of(&desk.journal, 1), notes);
    assert_eq!(notes_of(&desk.journal, 2), []);
    let history = desk.journal.history().unwrap();
    let [step] = &history[..] else {
        panic!("{history:?}");
    };
    assert_eq!((step.number, step.undoes), (1, None));
    assert_eq!((&*step.at, &*step.by, &*step.server), (NOW, "edit", "here"));
    assert_eq!(history[0].notes[0].title, "T\n");
    assert_eq!(history[0].notes[0].kind, ChangeKind::Deleted);
}

#[test]
fn lines_are_json_in_this_form() {
    let desk = Desk::new();
    let notes = [change("a", "T", b"v")];
    desk.record(&notes);
    record(&desk.journal, Some(1), &[]).unwrap();
    desk.journal.correct(1, 7);
    desk.journal.cancel(2);
    let notes = r#"[{"id":"a","before":{"listed":true,"fields":[["title","T"],[{"hex":"66fe"},"v"]]},"after":null}]"#;
    let lines = [
        format!(r#"{{"step":1,"at":"{NOW}","by":"edit","server":"here","notes":{notes}}}"#),
        format!(r#"{{"step":2,"at":"{NOW}","by":"edit","server":"here","undoes":1,"notes":[]}}"#),
        r#"{"step":2,"corrects":1,"keeps":7}"#.to_owned(),
        r#"{"step":2,"cancels":2}"#.to_owned(),
    ];
    let text = String::from_utf8(desk.bytes()).unwrap();
    assert_eq!(text.lines().collect::<Vec<_>>(), lines);
}

#[test]
fn there_is_nothing_to_read_before_the_first_step() {
    let desk = Desk::new();
    assert!(desk.numbers().is_empty());
    assert_eq!(notes_of(&desk.journal, 1), []);
    assert!(!desk.home.path().join("data").exists());
}

#[test]
fn the_file_is_for_its_owner_alone() {
    let desk = Desk::new();
    desk.record(&[]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&desk.journal.path), 0o600);
    assert_eq!(mode(&desk.home.path().join("data")), 0o700);
    fs::set_permissions(&desk.journal.path, fs::Permissions::from_mode(0o644)).unwrap();
    desk.record(&[]);
    assert_eq!(mode(&desk.journal.path), 0o600);
}

#[test]
fn what_was_cancelled_undone_or_corrected_is_known() {
    let desk = Desk::new();
    let journal = &desk.journal;
    for title in ["1", "2", "3"] {
        desk.record(&[change(title, title, b""), change("x", "not made", b"")]);
    }
    journal.cancel(1);
    record(journal, Some(2), &[]).unwrap();
    journal.correct(3, 1);
    let states = || -> Vec<_> {
        let history = journal.history().unwrap();
        history
            .iter()
            .map(|step| (step.number, step.state))
            .collect()
    };
    assert_eq!(
        states(),
        [
            (1, StepState::Cancelled),
            (2, StepState::Undone),
            (3, StepState::Made),
            (4, StepState::Made)
        ]
    );
    assert_eq!(journal.history().unwrap()[2].notes.len(), 1);
    assert_eq!(notes_of(journal, 3), [change("3", "3", b"")]);
    // An undo of the undo, and one of that.
    record(journal, Some(4), &[]).unwrap();
    assert_eq!(states()[1], (2, StepState::Made));
    assert_eq!(states()[3], (4, StepState::Undone));
    record(journal, Some(5), &[]).unwrap();
    assert_eq!(states()[1], (2, StepState::Undone));
    // A cancelled undo took nothing back.
    journal.cancel(6);
    assert_eq!(states()[1], (2, StepState::Made));
}

#[test]
fn a_torn_last_line_costs_itself_alone() {
    let desk = Desk::new();
    desk.record(&[change("a", "T", b"")]);
    let whole = desk.bytes();
    for cut in 1..=whole.len() {
        fs::write(&desk.journal.path, &whole[..whole.len() - cut]).unwrap();
        desk.record(&[change("b", "U", b"")]);
        let last = desk.journal.history().unwrap().pop().unwrap();
        assert_eq!(last.notes[0].id, "b", "{cut} bytes cut");
    }
}

#[test]
fn a_number_is_never_given_twice() {
    let desk = Desk::new();
    // Lines longer than what is read at a time, and lines that are none.
    let long = "x".repeat(file_chunk() + 5);
    for (step, garbage) in ["", "{\"step\":7", "\n\n", &long, "{\"step\":x,", "\u{0}"]
        .iter()
        .enumerate()
    {
        let mut file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open({
                fs::create_dir_all(desk.journal.path.parent().unwrap()).unwrap();
                &desk.journal.path
            })
            .unwrap();
        file.write_all(garbage.as_bytes()).unwrap();
        let number = desk.record(&[change("a", &long, b"")]);
        assert_eq!(number, step as u64 + 1, "{garbage}");
        desk.journal.cancel(1);
    }
    assert_eq!(desk.numbers(), [1, 2, 3, 4, 5, 6]);
}

fn file_chunk() -> usize {
    64 * 1024
}

#[test]
fn numbers_are_found_wherever_a_chunk_ends() {
    let desk = Desk::new();
    desk.record(&[]);
    let first = desk.bytes();
    for length in file_chunk() - 40..file_chunk() + 40 {
        let mut bytes = first.clone();
        bytes.extend(b"{\"step\":5,".iter().chain(&vec![b'x'; length]));
        fs::write(&desk.journal.path, bytes).unwrap();
        assert_eq!(desk.record(&[]), 6, "{length}");
    }
}

#[test]
fn past_the_cap_the_newest_half_is_kept() {
    let cap = 20_000;
    let desk = Desk::with_cap(cap);
    let mut shortest = u64::MAX;
    for step in 1..=500 {
        assert_eq!(desk.record(&[change("a", &step.to_string(), b"")]), step);
        let length = fs::metadata(&desk.journal.path).unwrap().len();
        assert!(length <= cap, "{length}");
        if step > 200 {
            shortest = shortest.min(length);
        }
    }
    assert!(shortest > cap / 2 - 500, "{shortest}");
    let numbers = desk.numbers();
    let expected: Vec<u64> = (501 - numbers.len() as u64..=500).collect();
    assert_eq!(numbers, expected);
    let files = fs::read_dir(desk.home.path().join("data")).unwrap().count();
    assert_eq!(files, 1, "the new file is renamed");
}

#[test]
fn a_step_larger_than_the_cap_is_kept_whole() {
    let desk = Desk::with_cap(1_000);
    for title in ["small", &"large".repeat(1_000)] {
        desk.record(&[change("a", title, b"")]);
    }
    assert_eq!(desk.numbers(), [2]);
    desk.record(&[change("a", "small", b"")]);
    assert_eq!(desk.numbers(), [3]);
}

#[test]
fn threads_that_append_at_once_lose_nothing() {
    let desk = Desk::with_cap(40_000);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let desk = &desk;
            scope.spawn(move || {
                let journal =
                    Journal::with_limits(&desk.home.path().join("data"), 40_000, LOCK_TIMEOUT);
                for _ in 0..50 {
                    let notes = [change(&thread.to_string(), "T", &[b'x'; 100])];
                    record(&journal, None, &notes).unwrap();
                }
            });
        }
    });
    let numbers = desk.numbers();
    let expected: Vec<u64> = (401 - numbers.len() as u64..=400).collect();
    assert_eq!(numbers, expected, "in order, none twice, none torn");
}

#[test]
fn a_held_lock_is_not_waited_for_without_end() {
    let desk = Desk::new();
    desk.record(&[]);
    let holder = File::open(&desk.journal.path).unwrap();
    holder.lock().unwrap();
    let timeout = Duration::from_millis(20);
    let journal = Journal::with_limits(&desk.home.path().join("data"), CAP, timeout);
    assert_eq!(record(&journal, None, &[]), None);
    let fault = journal.fault().unwrap().to_string();
    assert!(fault.contains("was in use by another process"), "{fault}");
}

#[test]
fn what_cannot_be_written_is_told() {
    let desk = Desk::new();
    fs::write(desk.home.path().join("data"), "a file").unwrap();
    assert_eq!(record(&desk.journal, None, &[]), None);
    let fault = desk.journal.fault().unwrap().to_string();
    assert!(fault.contains("data/journal.jsonl"), "{fault}");
}

/// Bytes that are a note's worth of anything.
fn changes() -> impl Strategy<Value = Vec<NoteChange>> {
    let change = (".{0,8}", ".{0,8}", any::<Vec<u8>>())
        .prop_map(|(id, title, value)| change(&id, &title, &value));
    prop::collection::vec(change, 0..4)
}

/// Root may write to another user's journal; as any other user there is nothing to check.
#[test]
fn the_journal_of_another_user_is_not_replaced_by_a_file_of_root() {
    const OTHER: u32 = 65_533;
    let desk = Desk::with_cap(500);
    desk.record(&[change("a", "T", b"first")]);
    if std::os::unix::fs::chown(&desk.journal.path, Some(OTHER), None).is_err() {
        eprintln!("not checked: only root can give a file away");
        return;
    }
    for _ in 0..5 {
        desk.record(&[change("a", "T", b"next")]);
    }
    let metadata = fs::metadata(&desk.journal.path).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::uid(&metadata), OTHER);
    let numbers = desk.numbers();
    assert!(numbers.len() < 6 && numbers.ends_with(&[6]), "{numbers:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_truncation_still_reads(
        steps in prop::collection::vec(changes(), 1..6),
        place in any::<prop::sample::Index>(),
    ) {
        let desk = Desk::new();
        let mut ends = Vec::new();
        for notes in &steps {
            desk.record(notes);
            ends.push(desk.bytes().len());
        }
        let bytes = desk.bytes();
        let cut = place.index(bytes.len() + 1);
        fs::write(&desk.journal.path, &bytes[..cut]).unwrap();
        // A line that lacks its end alone is whole.
        let whole = ends.iter().filter(|end| **end <= cut + 1).count();
        let numbers = desk.numbers();
        prop_assert_eq!(numbers, (1..=whole as u64).collect::<Vec<_>>());
        for (number, notes) in (1..).zip(&steps[..whole]) {
            prop_assert_eq!(&notes_of(&desk.journal, number), notes);
        }
        let number = desk.record(&steps[0]);
        let last = notes_of(&desk.journal, number);
        prop_assert_eq!(&last, &steps[0], "the next append is not hurt");
        prop_assert_eq!(desk.numbers().len(), whole + 1);
    }

    #[test]
    fn a_garbage_line_costs_nothing_but_itself(
        garbage in prop::collection::vec("[^\\n]{0,40}", 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let desk = Desk::new();
        desk.record(&[change("a", "T", b"")]);
        let mut bytes = desk.bytes();
        for line in &garbage {
            bytes.extend(line.as_bytes());
            bytes.push(b'\n');
        }
        let torn = &bytes.clone()[..cut.index(bytes.len())];
        bytes.extend(torn.iter().filter(|byte| **byte != b'\n'));
        fs::write(&desk.journal.path, &bytes).unwrap();
        desk.record(&[change("b", "U", b"")]);
        let titles: Vec<_> = desk
            .journal
            .history()
            .unwrap()
            .iter()
            .map(|step| step.notes[0].title.clone())
            .collect();
        prop_assert!(titles.starts_with(&["T".to_owned()]));
        prop_assert!(titles.ends_with(&["U".to_owned()]));
    }
}

#[test]
fn a_step_may_be_recorded_in_parts_beside_those_of_others() {
    let desk = Desk::with_cap(4_000);
    let journal = &desk.journal;
    desk.record(&[change("old", "T", b"")]);
    let notes: Vec<_> = (0..40)
        .map(|i| change(&format!("n{i}"), "T", b"value"))
        .collect();
    let mut recorded = journal.record(Step {
        number: 0,
        at: NOW.into(),
        by: "import".into(),
        server: "here".into(),
        undoes: None,
        notes: notes[..10].into(),
    });
    let recorded = recorded.as_mut().unwrap();
    assert!(journal.record_more(recorded, &notes[10..20]));
    assert!(!recorded.is_too_large_to_keep);
    let other = desk.record(&[change("other", "T", b"")]);
    assert_eq!((recorded.step, other), (2, 3));
    assert!(journal.record_more(recorded, &notes[20..]));
    // The whole step is above the cap: it stays, with those after it.
    assert!(recorded.is_too_large_to_keep);
    assert_eq!(desk.numbers(), [2, 3]);
    assert_eq!(notes_of(journal, 2), notes);
    journal.correct(2, 15);
    assert_eq!(notes_of(journal, 2), notes[..15]);
    assert_eq!(desk.record(&[]), 4);
    assert_eq!(desk.numbers(), [4], "the next step drops one above the cap");
}
