//! Questions to a person at a terminal. The one place that names dialoguer.
//!
//! dialoguer words the question and shows it. The answer is read here, as a line: dialoguer reads single
//! keys, ignores those that it does not know, and writes escape sequences to a dumb terminal.

use std::io::{self, BufRead as _, BufReader, IsTerminal as _};

use dialoguer::console::Term;
use dialoguer::theme::{SimpleTheme, Theme as _};
use rustix::termios::{QueueSelector, tcflush};

use crate::exit::Exit;
use crate::terminal::tty;

/// Returns true if a person can type an answer: at standard input, or, if that was a list of ids, at the
/// terminal of the process.
pub(crate) fn can_be_answered(stdin_had_ids: bool) -> bool {
    io::stdin().is_terminal() || stdin_had_ids && tty::open().is_ok()
}

/// Asks a question with the default No. [`Exit::Done`] is Yes; anything else is the exit code of the
/// run.
///
/// Input that was typed before the question is discarded. The terminal keeps its modes, so that Ctrl-C
/// and Ctrl-Z work as usual.
pub(crate) fn confirm(question: &str) -> io::Result<Exit> {
    let stdin = io::stdin();
    let mut line = Vec::new();
    if stdin.is_terminal() {
        tcflush(&stdin, QueueSelector::IFlush)?;
        show(question)?;
        stdin.lock().read_until(b'\n', &mut line)?;
    } else {
        let tty = tty::open()?;
        tcflush(&tty, QueueSelector::IFlush)?;
        show(question)?;
        BufReader::new(tty).read_until(b'\n', &mut line)?;
    }
    if !line.ends_with(b"\n") {
        // So that later output begins on a new line.
        Term::stderr().write_line("")?;
    }
    Ok(if is_yes(&line) {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn show(question: &str) -> io::Result<()> {
    let mut text = String::new();
    SimpleTheme
        .format_confirm_prompt(&mut text, question, Some(false))
        .expect("writing to a string cannot fail");
    Term::stderr().write_str(&text)
}

/// Returns true for `y` and `yes`. A line without its end may be incomplete, and is No.
fn is_yes(line: &[u8]) -> bool {
    let Some(answer) = line.strip_suffix(b"\n") else {
        return false;
    };
    let answer = answer.trim_ascii();
    [&b"y"[..], b"yes"]
        .iter()
        .any(|yes| answer.eq_ignore_ascii_case(yes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_line_of_y_or_yes_is_yes() {
        for line in ["y\n", "Y\n", "yes\n", "YES\n", " yes \r\n"] {
            assert!(is_yes(line.as_bytes()), "{line:?}");
        }
        for line in [
            "",
            "\n",
            "y",
            "yes",
            "n\n",
            "history\n",
            "yarn build\n",
            "yy\n",
            "y n\n",
            "\u{1b}y\n",
            "\u{4}yes\n",
            "ye\n",
        ] {
            assert!(!is_yes(line.as_bytes()), "{line:?}");
        }
        assert!(!is_yes(b"y\xff\n"));
    }
}
