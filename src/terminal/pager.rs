//! The user's pager, for output longer than the terminal is high.
//!
//! A pager that cannot be started, or fails, is no reason to show nothing: then there is none.

use std::ffi::OsStr;
use std::io::Write as _;
use std::process::{Child, Stdio};

use crate::output::Stream;
use crate::terminal::editor::program;
use crate::terminal::interrupt::Held;

/// The pager where the user has named none.
const USUAL: &str = "less";

/// Shows `text` in the pager, until the user has seen enough, if it takes more rows than the terminal
/// has. Returns false if the text is still to be shown.
///
/// `command` is split into words as a shell does; `cat` and nothing at all are no pager. `less` is the
/// value of the variable `LESS`, which less reads its options from.
pub(crate) fn show(
    text: &[u8],
    stream: &Stream,
    command: Option<&str>,
    less: Option<&OsStr>,
) -> bool {
    if !stream.terminal || !stream.overflows(&String::from_utf8_lossy(text)) {
        return false;
    }
    let Some((mut pager, held)) = start(command.unwrap_or(USUAL), less) else {
        return false;
    };
    if let Some(mut input) = pager.stdin.take() {
        // A pager that is left before its input is read through closes the pipe.
        let _ = input.write_all(text);
    }
    let is_done = pager.wait().is_ok_and(|status| status.success());
    // `less -K` fails at Ctrl-C, by which the user has ended it.
    is_done || held.was_interrupted()
}

fn start(command: &str, less: Option<&OsStr>) -> Option<(Child, Held)> {
    let mut pager = program(command).ok()?;
    if pager.get_program() == "cat" {
        return None;
    }
    pager.stdin(Stdio::piped());
    // Colours as they are, and the text stays on the screen afterwards.
    pager.env("LESS", less.unwrap_or(OsStr::new("RX")));
    // Ctrl-C is the pager's while it runs.
    let held = Held::new().ok()?;
    Some((pager.spawn().ok()?, held))
}
