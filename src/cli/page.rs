//! A command line read, or the page that is printed in its place: help, or what is wrong with it.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::{CommandFactory as _, Parser as _};

use super::Cli;

/// What clap_complete leaves out for fish, which would offer files wherever an id belongs.
const FISH_OPERANDS: &str = "\
complete -c notes -f
complete -c notes -n \"__fish_notes_using_subcommand completions\" -a \"bash elvish fish powershell zsh\"
";

/// The script that teaches a shell to complete `notes`.
#[must_use]
pub fn completion_script(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "notes", &mut script);
    if shell == clap_complete::Shell::Fish {
        script.extend_from_slice(FISH_OPERANDS.as_bytes());
    }
    script
}

/// Reads a command line, whose first argument is the name of the program.
pub fn parse(args: &[OsString]) -> Result<Cli, Unread> {
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
pub enum Unread {
    /// It asks for help or for the version, which this is.
    Asked(Page),
    /// It cannot be understood; what is wrong, in one line.
    Wrong(String),
}

/// A page of help.
#[derive(Debug)]
pub struct Page(StyledStr);

impl Page {
    /// The short help, of `notes -h`.
    #[must_use]
    pub fn short_help() -> Self {
        Self(Cli::command().render_help())
    }

    /// The text with the sequences that style it.
    #[must_use]
    pub fn styled(&self) -> String {
        self.0.ansi().to_string()
    }

    /// The text alone.
    #[must_use]
    pub fn plain(&self) -> String {
        self.0.to_string()
    }
}

/// What is wrong with a command line, in one line.
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
