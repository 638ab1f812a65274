//! The user's pager, for output longer than the terminal is high.
//!
//! A pager that cannot be started is no reason to show nothing: then there is none.

use std::ffi::OsStr;
use std::io::Write as _;
use std::process::{Child, Stdio};

use crate::output::Stream;
use crate::terminal::editor::program;
use crate::terminal::interrupt::Held;

/// The pager where the user has named none.
const USUAL: &str = "less";

/// The height of a terminal that does not tell it, in lines.
const USUAL_HEIGHT: u16 = 24;

/// Shows `text` in the pager, until the user has seen enough, if it is longer than the terminal is
/// high; tells whether it did.
///
/// `command` is split into words as a shell does; `cat` and nothing at all are no pager. `less` is the
/// value of the variable `LESS`, which less reads its options from.
pub(crate) fn show(
    text: &[u8],
    stream: &Stream,
    command: Option<&str>,
    less: Option<&OsStr>,
) -> bool {
    let height = stream.height.unwrap_or(USUAL_HEIGHT);
    let lines = text.split(|byte| *byte == b'\n').count();
    if !stream.terminal || lines <= usize::from(height) {
        return false;
    }
    let Some((mut pager, _held)) = start(command.unwrap_or(USUAL), less) else {
        return false;
    };
    if let Some(mut input) = pager.stdin.take() {
        // A pager that is left before its input is read through closes the pipe.
        let _ = input.write_all(text);
    }
    // However the pager ends, the user has ended it.
    let _ = pager.wait();
    true
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
