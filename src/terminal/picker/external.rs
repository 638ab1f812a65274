//! A picker of the user's, such as fzf, which picks from lines on its standard input.
//!
//! A line is the id, the title and the content, with tabs between them. The lines that it prints begin
//! with the id too.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::panic::resume_unwind;
use std::process::{Child, ExitStatus, Stdio};
use std::thread;

use super::{Sink, in_one_line, nothing_picked};
use crate::note::Note;
use crate::output::sanitize;
use crate::terminal::Error;
use crate::terminal::editor::program;
use crate::terminal::signals::{Held, SIGINT};

/// The exit codes of fzf when nothing matched, and when the user left it.
const LEFT: [i32; 2] = [1, 130];

pub(super) fn pick<E: Send>(
    command: &str,
    load: impl FnOnce(&mut Sink<'_>) -> Result<(), E> + Send,
) -> (Result<Vec<String>, Error>, Result<(), E>) {
    // Ctrl-C is for the program while it runs.
    let started = Held::new(&[SIGINT]).and_then(|held| Ok((start(command)?, held)));
    let (mut program, _held) = match started {
        Ok(started) => started,
        Err(error) => return (Err(not_started(command, &error)), Ok(())),
    };
    let mut input = program.stdin.take();
    thread::scope(|scope| {
        let loading = scope.spawn(move || {
            let mut ids = BTreeMap::new();
            let loaded = load(&mut |notes| {
                let lines: String = notes.iter().map(line).collect();
                ids.extend(notes.into_iter().map(|note| (shown_id(&note), note.id)));
                // The program may end before it has read everything.
                input
                    .as_mut()
                    .is_some_and(|input| input.write_all(lines.as_bytes()).is_ok())
            });
            (loaded, ids)
        });
        let output = read(&mut program).map_err(|source| not_started(command, &source));
        let (loaded, ids) = loading.join().unwrap_or_else(|panic| resume_unwind(panic));
        let picked = output.and_then(|(output, status)| picked(command, &output, status, &ids));
        (picked, loaded)
    })
}

fn start(command: &str) -> io::Result<Child> {
    let mut program = program(command)?;
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
}

fn not_started(command: &str, source: &io::Error) -> Error {
    let remedy = "set NOTES_PICKER to one that is installed, or to nothing for the built-in one";
    Error::failed(format!(
        "cannot run the picker `{command}`; {remedy}: {source}"
    ))
}

fn read(program: &mut Child) -> io::Result<(String, ExitStatus)> {
    let mut output = Vec::new();
    if let Some(stdout) = &mut program.stdout {
        stdout.read_to_end(&mut output)?;
    }
    let text = String::from_utf8_lossy(&output).into_owned();
    Ok((text, program.wait()?))
}

fn line(note: &Note) -> String {
    let [title, content] = [note.heading(), note.content()].map(in_one_line);
    format!("{}\t{title}\t{content}\n", shown_id(note))
}

/// Returns the id without characters that could end a field or harm a terminal.
fn shown_id(note: &Note) -> String {
    sanitize::one_line(&note.id).into_owned()
}

/// Returns the ids of the notes whose lines the program printed. Other output is an error: it could be
/// taken for the name of another note.
fn picked(
    command: &str,
    output: &str,
    status: ExitStatus,
    ids: &BTreeMap<String, String>,
) -> Result<Vec<String>, Error> {
    let is_left = status.code().is_some_and(|code| LEFT.contains(&code));
    if is_left || status.signal() == Some(SIGINT) || status.success() && output.is_empty() {
        return Err(nothing_picked());
    }
    if !status.success() {
        return Err(Error::failed(format!(
            "the picker `{command}` failed ({status})"
        )));
    }
    let mut picked = Vec::new();
    for line in output.lines() {
        let shown = line.split_once('\t').map_or(line, |(id, _)| id);
        let Some(id) = ids.get(shown) else {
            let expected = "it must print lines that it was given";
            return Err(Error::failed(format!(
                "the picker `{command}` printed `{shown}`, which is no id of a note; {expected}"
            )));
        };
        picked.push(id.clone());
    }
    Ok(picked)
}
