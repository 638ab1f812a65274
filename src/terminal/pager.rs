//! The user's pager, for output longer than the terminal is high.
//!
//! Without a pager that works, the output is written as it is.

use std::ffi::OsStr;
use std::io::Write as _;
use std::process::{Child, Stdio};

use crate::output::Stream;
use crate::terminal::editor::program;
use crate::terminal::signals::{Held, SIGINT};

/// The default pager.
const USUAL: &str = "less";

/// Shows `text` in the pager and waits until it ends, if the text takes more rows than the terminal has.
/// Returns false if the text is still to be written.
///
/// `command` is split into words as in a shell; `cat` and an empty one mean no pager. `less` is the
/// variable `LESS`, the options of less.
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
        // The user may leave the pager before it has read everything.
        let _ = input.write_all(text);
    }
    let is_done = pager.wait().is_ok_and(|status| status.success());
    // `less -K` fails at Ctrl-C, but the user has seen the text.
    is_done || held.has_come()
}

fn start(command: &str, less: Option<&OsStr>) -> Option<(Child, Held)> {
    let mut pager = program(command).ok()?;
    if pager.get_program() == "cat" {
        return None;
    }
    pager.stdin(Stdio::piped());
    // R keeps colours, X leaves the text on the screen.
    pager.env("LESS", less.unwrap_or(OsStr::new("RX")));
    // Ctrl-C is for the pager while it runs.
    let held = Held::new(&[SIGINT]).ok()?;
    Some((pager.spawn().ok()?, held))
}
