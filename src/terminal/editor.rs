//! The user's editor, run on a draft.
//!
//! An editor that fails, or leaves a text that is not UTF-8, changes nothing. This file knows nothing of
//! notes.

use std::io::{self, IsTerminal as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use crate::input;
use crate::terminal::Error;
use crate::terminal::drafts::{Draft, State};
use crate::terminal::signals::{Held, SIGINT};
use crate::terminal::tty;

/// The default editor: every POSIX system has it.
pub(crate) const USUAL: &str = "vi";

/// The shortest time in which a person can edit a text. An editor that returns sooner has probably only
/// asked another process to open it.
const SHORTEST_EDIT: Duration = Duration::from_secs(1);

/// The characters that make a command one for a shell: those with a meaning there, and white space.
const SHELL_CHARACTERS: &str = "|&;<>()$`\\\"' \t\n*?[#~=%";

/// The exit codes of a shell for a program that it cannot run or does not find.
const NOT_RUN: [i32; 2] = [126, 127];

/// The result of an editor that did not fail.
#[derive(Debug)]
pub(crate) enum Edited {
    Saved(String),
    /// The text is the same, perhaps because the editor still runs in the background: then it returned
    /// `at_once`.
    Unsaved {
        at_once: bool,
    },
}

/// Runs an editor on a draft, and waits until it ends. Saving an unchanged text counts only if
/// the text is stored nowhere yet: there it means that it is to be stored.
///
/// When the editor fails, the draft is removed unless it holds anything to continue with.
pub(crate) fn edit(command: &str, draft: &Draft) -> Result<Edited, Error> {
    let before = read_state(draft)?;
    let started = Instant::now();
    let failure = run(command, &draft.path()).err();
    let at_once = started.elapsed() < SHORTEST_EDIT;
    let after = read_state(draft)?;
    let is_changed = after.text != before.text;
    if let Some(mut error) = failure {
        error.message.push_str("; nothing was stored");
        if is_changed || draft.is_unstored || draft.has_other_files() {
            error.message = format!("{}; {}", error.message, draft.hint());
        } else {
            // If this fails, a later edit removes the draft.
            let _ = draft.remove();
        }
        return Err(error);
    }
    let is_saved = is_changed || draft.is_unstored && after != before;
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

fn read_state(draft: &Draft) -> Result<State, Error> {
    draft.state().map_err(|error| {
        let path = draft.path();
        Error::failed(format!("cannot read the draft {}: {error}", path.display()))
    })
}

/// Runs an editor on a file, and waits until it ends. An editor that fails is an error.
fn run(command: &str, file: &Path) -> Result<(), Error> {
    const REMEDY: &str = "set NOTES_EDITOR to one that is installed";
    let status = wait(command, file).map_err(|error| {
        Error::failed(format!(
            "cannot run the editor `{command}`; {REMEDY}: {error}"
        ))
    })?;
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

fn wait(command: &str, file: &Path) -> io::Result<ExitStatus> {
    let mut editor = program(command)?;
    give_terminal(&mut editor);
    // Ctrl-C is for the editor while it runs.
    let _held = Held::new(&[SIGINT])?;
    editor.arg(file).status()
}

/// Returns true if Ctrl-C ended the program, or the one that a shell ran for it.
fn is_interrupted(status: ExitStatus) -> bool {
    status.signal() == Some(SIGINT) || status.code() == Some(128 + SIGINT)
}

/// Gives the editor the terminal where standard input or output is something else. The editor's output
/// must not mix with the ids on standard output.
fn give_terminal(editor: &mut Command) {
    if !io::stdin().is_terminal()
        && let Ok(terminal) = tty::open()
    {
        editor.stdin(terminal);
    }
    if !io::stdout().is_terminal() {
        match tty::open() {
            Ok(terminal) => editor.stdout(terminal),
            Err(_) => editor.stdout(io::stderr()),
        };
    }
}

/// Returns the user's command, ready for further arguments: a program, the path of one as it stands, or,
/// as in git, anything that a shell understands.
pub(super) fn program(command: &str) -> io::Result<Command> {
    if command.trim().is_empty() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let is_path = command.contains('/') && Path::new(command).is_file();
    if is_path || !command.contains(|c| SHELL_CHARACTERS.contains(c)) {
        return Ok(Command::new(command));
    }
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{command} \"$@\""), command]);
    Ok(shell)
}
