//! A parsed command line, or the page that is printed instead: the help, or what is wrong with it.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::{Command, CommandFactory as _, Parser as _, ValueHint};

use super::Cli;

/// What clap_complete leaves out for fish, which would offer files wherever an id belongs.
const FISH_OPERANDS: &str = "\
complete -c notes -f
complete -c notes -n \"__fish_notes_using_subcommand completions\" -a \"bash elvish fish powershell zsh\"
complete -c notes -n \"__fish_notes_using_subcommand import\" -F
";

/// The completion script of a shell.
#[must_use]
pub fn completion_script(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    let mut command = files_only_where_named(Cli::command());
    clap_complete::generate(shell, &mut command, "notes", &mut script);
    if shell == clap_complete::Shell::Fish {
        script.extend_from_slice(FISH_OPERANDS.as_bytes());
    }
    script
}

/// Has shells offer files only for the arguments that say so.
fn files_only_where_named(command: Command) -> Command {
    command
        .mut_args(|arg| {
            let is_text = arg.get_action().takes_values() && arg.get_possible_values().is_empty();
            if is_text && arg.get_value_hint() == ValueHint::Unknown {
                arg.value_hint(ValueHint::Other)
            } else {
                arg
            }
        })
        .mut_subcommands(files_only_where_named)
}

/// Parses a command line, whose first argument is the name of the program.
pub(crate) fn parse(args: &[OsString]) -> Result<Cli, Unread> {
    Cli::try_parse_from(args).map_err(|error| {
        if error.use_stderr() {
            Unread::Wrong(one_line(&error))
        } else {
            Unread::Asked(Page(error.render()))
        }
    })
}

/// Why a command line names nothing to run.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It asks for the help or the version.
    Asked(Page),
    /// It is invalid; why, in one line.
    Wrong(String),
}

/// A page of help.
#[derive(Debug)]
pub(crate) struct Page(StyledStr);

impl Page {
    pub(crate) fn short_help() -> Self {
        Self(Cli::command().render_help())
    }

    /// The text with escape sequences for bold and colours.
    pub(crate) fn styled(&self) -> String {
        self.0.ansi().to_string()
    }

    pub(crate) fn plain(&self) -> String {
        self.0.to_string()
    }
}

fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .filter(|line| !line.is_empty())
        .collect();
    let line = lines.join("; ").replace(":; ", ": ");
    let line = line.strip_prefix("error: ").unwrap_or(&line);
    format!("{line}; `notes --help` tells more")
}
