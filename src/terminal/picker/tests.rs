//! Tests of what is shown of a note, and of picking with another program. The built-in picker needs
//! a terminal: see `tests/it/terminal/picker.rs`.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::exit::Exit;

fn note(id: &str, title: &str, content: &str) -> Note {
    Note {
        id: id.into(),
        title: Some(title.into()),
        content: Some(content.into()),
        ..Note::default()
    }
}

/// Picks from two notes with a shell script, which may name the directory that it
/// leaves files in.
fn picked_by(script: &str) -> (Result<Vec<String>, Error>, String) {
    let directory = tempfile::tempdir().unwrap();
    let picked = picker(&directory, script).pick(|sink| {
        sink(vec![note("abcd-1", "Buy\tmilk", "two\nlitres")]);
        sink(vec![note("ab\t\x1b[2J", "", "日本語")]);
        Ok(())
    });
    let seen = fs::read_to_string(directory.path().join("seen")).unwrap_or_default();
    (picked, seen)
}

fn picker(directory: &TempDir, script: &str) -> Picker {
    let path = directory.path().join("a picker");
    let seen = directory.path().join("seen");
    fs::write(&path, format!("seen={}\n{script}\n", seen.display())).unwrap();
    Picker {
        // Not run by itself: a process that another test starts may still have it open for writing.
        command: Some(format!("sh '{}'", path.display())),
        several: true,
        query: String::new(),
        color: false,
    }
}

#[test]
fn only_the_beginning_of_a_very_long_text_is_shown() {
    let long = "日".repeat(MOST_TEXT);
    let note = shortened(note("a", &long, "short"));
    assert_eq!(note.title().len(), MOST_TEXT / 3 * 3);
    assert_eq!(note.content(), "short");
}

#[test]
fn another_program_reads_safe_lines_and_prints_those_that_are_picked() {
    let (picked, seen) = picked_by("tee \"$seen\"");
    assert_eq!(seen, "abcd-1\tBuy milk\ttwo litres\nab^I^[[2J\t\t日本語\n");
    assert_eq!(picked.unwrap(), ["abcd-1", "ab\t\x1b[2J"]);
}

#[test]
fn another_program_may_end_before_it_has_read_everything() {
    let (picked, _) = picked_by("head -n 1");
    assert_eq!(picked.unwrap(), ["abcd-1"]);
    let directory = tempfile::tempdir().unwrap();
    let mut sent = 0;
    let picked: Result<_, Error> = picker(&directory, "head -n 1").pick(|sink| {
        // More than a pipe holds.
        while sent < 10_000 && sink(vec![note("abcd-1", "T", &"x".repeat(1_000))]) {
            sent += 1;
        }
        Ok(())
    });
    assert_eq!(picked.unwrap(), ["abcd-1"]);
    assert!(sent < 10_000);
}

#[test]
fn another_program_is_left_as_fzf_is() {
    for script in ["exit 130", "exit 1", "exit 0", "kill -INT $$"] {
        let (picked, _) = picked_by(script);
        let error = picked.unwrap_err();
        assert_eq!(error.exit, Exit::Interrupted, "{script}: {error}");
    }
}

#[test]
fn what_another_program_prints_is_no_note_unless_it_was_given_it() {
    for (script, said) in [
        ("echo abcd", "printed `abcd`, which is no id of a note;"),
        ("echo @; exit 0", "printed `@`, which is no id of a note;"),
        ("exit 2", "failed (exit status: 2)"),
    ] {
        let (picked, _) = picked_by(script);
        let error = picked.unwrap_err();
        assert!(error.to_string().contains(said), "{script}: {error}");
        assert_eq!(error.exit, Exit::Failed);
    }
}

#[test]
fn a_failure_to_load_is_what_picking_fails_with() {
    let directory = tempfile::tempdir().unwrap();
    let picker = picker(&directory, "cat >/dev/null; exit 130");
    let outcome = picker.pick(|_| Err(Error::failed("lost")));
    assert_eq!(outcome.unwrap_err().to_string(), "lost");
}
