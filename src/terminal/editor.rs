//! The user's editor, run on a draft.
//!
//! An editor that fails, or leaves a text that is not UTF-8, changes nothing. What a text means is not
//! known here.

use std::io::{self, IsTerminal as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::input;
use crate::terminal::Error;
use crate::terminal::drafts::Draft;
use crate::terminal::interrupt::{Held, SIGINT};
use crate::terminal::tty;

/// The editor where the user has named none: POSIX has it everywhere.
pub(crate) const USUAL: &str = "vi";

/// A person needs longer than this to open a text and to leave it. An editor that only tells another
/// process to open it does not.
const AT_ONCE: Duration = Duration::from_secs(1);

/// The characters that only a shell understands, and those that part words.
const OF_A_SHELL: &str = "|&;<>()$`\\\"' \t\n*?[#~=%";

/// The exit codes of a shell for a program that it cannot run, and for one that it does not find.
const NOT_RUN: [i32; 2] = [126, 127];

/// The end of an editor that did not fail.
#[derive(Debug)]
pub(crate) enum Edited {
    Saved(String),
    /// It left the text as it was, perhaps because it goes on in the background.
    Unsaved {
        at_once: bool,
    },
}

/// Runs an editor on a draft, and waits for its end. A text that is the same as before is saved only
/// if the draft is resumed, where saving says that it is to be stored.
///
/// When the editor fails, the draft is removed unless there is anything in it to continue with.
pub(crate) fn edit(command: &str, draft: &Draft) -> Result<Edited, Error> {
    let unreadable = |error: io::Error| {
        let path = draft.path();
        Error::failed(format!("cannot read the draft {}: {error}", path.display()))
    };
    let before = draft.state().map_err(unreadable)?;
    let started = Instant::now();
    let failure = run(command, &draft.path()).err();
    let at_once = started.elapsed() < AT_ONCE;
    let after = draft.state().map_err(unreadable)?;
    let is_changed = after.text != before.text;
    if let Some(mut error) = failure {
        error.message.push_str("; nothing was stored");
        if is_changed || draft.is_resumed || draft.has_other_files() {
            error.message = format!("{}; {}", error.message, draft.hint());
        } else {
            // If this fails, a later edit removes the draft.
            let _ = draft.remove();
        }
        return Err(error);
    }
    let is_saved = is_changed || draft.is_resumed && after != before;
    if !is_saved {
        return Ok(Edited::Unsaved { at_once });
    }
    // NUL bytes of another writer may stay.
    let text = if before.text.contains(&0) {
        input::decode(after.text)
    } else {
        input::read(&*after.text)
    };
    text.map(Edited::Saved).map_err(|error| {
        let hint = draft.hint();
        Error::failed(format!("the text {error}; nothing was stored; {hint}"))
    })
}

/// Runs an editor on a file, and waits for its end. An editor that fails is an error.
fn run(command: &str, file: &Path) -> Result<(), Error> {
    const REMEDY: &str = "set NOTES_EDITOR to one that is installed";
    let not_started = |error: io::Error| {
        Error::failed(format!(
            "cannot run the editor `{command}`; {REMEDY}: {error}"
        ))
    };
    let mut editor = program(command).map_err(not_started)?;
    give_terminal(&mut editor);
    // Ctrl-C is the editor's while it runs.
    let _held = Held::new().map_err(not_started)?;
    let status = editor.arg(file).status().map_err(not_started)?;
    if status.success() {
        return Ok(());
    }
    Err(if is_interrupted(status) {
        Error::interrupted("interrupted")
    } else if status.code().is_some_and(|code| NOT_RUN.contains(&code)) {
        Error::failed(format!(
            "cannot run the editor `{command}` ({status}); {REMEDY}"
        ))
    } else {
        Error::failed(format!("the editor `{command}` failed ({status})"))
    })
}

/// Returns true if Ctrl-C ended the program, or the one that a shell ran for it.
fn is_interrupted(status: ExitStatus) -> bool {
    status.signal() == Some(SIGINT) || status.code() == Some(128 + SIGINT)
}

/// Gives the editor the terminal in place of a standard input or output that is none. Its output
/// never gets among the ids on standard output.
fn give_terminal(editor: &mut Command) {
    let terminal = || tty::open().ok().map(Stdio::from);
    if !io::stdin().is_terminal()
        && let Some(terminal) = terminal()
    {
        editor.stdin(terminal);
    }
    if !io::stdout().is_terminal() {
        editor.stdout(terminal().unwrap_or_else(|| Stdio::from(io::stderr())));
    }
}

/// A command of the user's, to which arguments can be added: a program, the path of one as it stands,
/// or, as git does it, anything that a shell understands.
pub(super) fn program(command: &str) -> io::Result<Command> {
    if command.trim().is_empty() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let is_path = command.contains('/') && Path::new(command).is_file();
    if is_path || !command.contains(|c| OF_A_SHELL.contains(c)) {
        return Ok(Command::new(command));
    }
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{command} \"$@\""), command]);
    Ok(shell)
}
