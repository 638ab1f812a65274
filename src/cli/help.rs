//! The pages of help: short ones of a screen, long ones, and that of the global options.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Args as _, Command, CommandFactory as _};

use super::{Cli, Global};

/// The end of the long pages.
const MORE: &str = "`notes help options`: --json, -q, --color, --redis-url and the like";

/// The end of the short pages.
const MORE_BELOW: &str =
    "`--help` tells more, `notes help options` of --json, -q, --color, --redis-url";

/// The commands that the short help names in one line: those that are seldom typed.
const SELDOM: &[&str] = &[
    "health",
    "serve",
    #[cfg(feature = "mcp")]
    "mcp",
    "redis",
    "completions",
];

/// A page of help.
#[derive(Debug)]
pub(crate) struct Page(pub(super) StyledStr);

impl Page {
    pub(crate) fn short_help() -> Self {
        Self(for_help(false).render_help())
    }

    /// Returns the options that every command has.
    pub(super) fn options() -> Self {
        let options = Command::new("notes")
            .about("The options of every command, before or after its name.")
            .disable_help_flag(true)
            .max_term_width(100)
            .help_template("{about}\n\n{options}");
        Self(Global::augment_args(options).render_long_help())
    }

    /// Returns the text, with or without escape sequences for bold and colours.
    pub(crate) fn text(&self, color: bool) -> String {
        if color {
            self.0.ansi().to_string()
        } else {
            self.0.to_string()
        }
    }
}

/// Returns true if the arguments ask for a long page.
pub(super) fn is_long(args: &[OsString]) -> bool {
    args.get(1).is_some_and(|arg| arg == "help") || args.iter().any(|arg| arg == "--help")
}

/// Returns the command line for pages of help. Without `long` each fits a screen of 24 lines of 80 columns.
pub(super) fn for_help(long: bool) -> Command {
    let notes = Cli::command().mut_args(|arg| arg.hide(true));
    let mut shaped = shape(notes, long);
    if long {
        return shaped;
    }
    for name in SELDOM {
        shaped = shaped.mut_subcommand(name, |command| command.hide(true));
    }
    let more = "More: `notes COMMAND -h`, `notes help COMMAND`, `notes help options`, notes(1)";
    let more = format!("Also: {}\n\n{more}", SELDOM.join(", "));
    let shaped = shaped.disable_help_subcommand(true).after_help(more);
    shaped.help_template("{about}\n{usage-heading} {usage}\n\n{subcommands}{after-help}")
}

fn shape(command: Command, long: bool) -> Command {
    let mut command = command.mut_subcommands(|command| shape(command, long));
    if long {
        let after = command.get_after_long_help().map(ToString::to_string);
        let after = after.map_or_else(|| MORE.to_owned(), |after| format!("{after}\n\n{MORE}"));
        return command.after_long_help(after);
    }
    let mut template = "{about}\n{usage-heading} {usage}".to_owned();
    if command.has_subcommands() {
        template += "\n\n{subcommands}";
    } else if command.get_positionals().next().is_some() {
        template += "\n\n{positionals}";
    }
    if command.get_arguments().any(is_option) {
        template += "\n\n{options}";
    }
    // The line of -h itself would be the one too many.
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::Help);
    command = command.disable_help_flag(true).arg(help.hide(true));
    command = command.mut_args(|arg| {
        if !arg.get_action().takes_values() {
            return arg;
        }
        arg.hide_possible_values(true).hide_default_value(true)
    });
    command
        .after_help(MORE_BELOW)
        .help_template(template + "{after-help}")
}

fn is_option(arg: &Arg) -> bool {
    !arg.is_positional()
}
