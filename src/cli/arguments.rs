//! The arguments and options of most commands.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::query::QueryArgs;
use super::values::{parse_number, parse_step};
use crate::note::tag;

/// The help of a NOTE: its forms, and the list without one.
const NOTE: &str = "\
The notes; picked from a list by default

@ for the note changed last, @2 for the one before it, an id, a title, or the beginning of an id (4 \
characters or more), in this order: a title takes precedence over the beginning of another id, and \
a title in the same letter case over others. On a terminal a part of a title is enough; of several that \
fit you pick one. - reads ids from standard input. On a terminal, without a NOTE, you pick \
from a list: type to search, Tab marks several, Enter takes them, Esc leaves.";

#[derive(Args, Debug)]
pub(crate) struct Add {
    /// The words of the title; - alone reads the whole note from standard input
    #[arg(value_name = "TITLE")]
    pub(crate) title: Vec<String>,

    #[command(flatten)]
    pub(crate) content: Content,

    /// Open the text in the editor before it is stored
    #[arg(short, long)]
    pub(crate) edit: bool,

    /// Add a tag, with # or without
    #[arg(long, value_name = "TAG", value_parser = tag::parse)]
    pub(crate) tag: Vec<String>,

    /// Continue with the draft of a new note that was not stored
    ///
    /// Saving it in the editor stores it; leaving the editor without saving keeps the draft. An empty
    /// text removes it.
    #[arg(long, conflicts_with_all = ["title", "text", "file", "edit", "tag"])]
    pub(crate) resume: bool,
}

/// The content of a note, if it is given.
#[derive(Args, Debug)]
pub(crate) struct Content {
    /// Set the content
    #[arg(
        short = 'c',
        long = "content",
        value_name = "TEXT",
        allow_hyphen_values = true,
        conflicts_with = "file"
    )]
    pub(crate) text: Option<String>,

    /// Read the content from a file, - for standard input
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) query: QueryArgs,

    /// List at most this many notes
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_number::<usize>)]
    pub(crate) limit: Option<usize>,

    #[command(flatten)]
    pub(crate) order: OrderArgs,

    #[command(flatten)]
    pub(crate) format: FormatArgs,

    /// Only notes with a link to this one
    #[arg(long, value_name = "NOTE")]
    pub(crate) links_to: Option<String>,

    /// Leave out the header of --csv and --tsv
    #[arg(long)]
    pub(crate) no_headers: bool,

    /// Exit with 1 if no note is found
    #[arg(long)]
    pub(crate) exit_status: bool,
}

#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct OrderArgs {
    /// Sort by updated (the default), created or title
    ///
    /// By time the newest come first, titles from A to Z.
    #[arg(long, value_name = "BY", default_value = "updated")]
    pub(crate) sort: SortArg,

    /// Reverse the order
    #[arg(short, long)]
    pub(crate) reverse: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortArg {
    /// When they were last changed
    #[default]
    Updated,
    /// When they were created
    Created,
    /// Their titles
    Title,
}

/// The formats of a list besides the default; at most one of them.
#[derive(Args, Clone, Copy, Debug, Default)]
#[group(multiple = false)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own on the command line"
)]
pub(crate) struct FormatArgs {
    /// Print one JSON object per line
    #[arg(long)]
    pub(crate) jsonl: bool,
    /// Print comma-separated values with a header (RFC 4180)
    #[arg(long)]
    pub(crate) csv: bool,
    /// Print tab-separated values with a header
    #[arg(long)]
    pub(crate) tsv: bool,
    /// Print only the ids
    #[arg(long)]
    pub(crate) ids: bool,
    /// Print only the number of notes
    #[arg(long)]
    pub(crate) count: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The notes to show; picked from a list by default
    #[arg(value_name = "NOTE", long_help = NOTE)]
    pub(crate) notes: Vec<String>,

    /// Print only this field
    #[arg(long, value_name = "NAME")]
    pub(crate) field: Option<String>,

    /// Print only the stored text: title and content, or the --field
    #[arg(long)]
    pub(crate) raw: bool,
}

#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own on the command line"
)]
pub(crate) struct Edit {
    /// The notes to edit; picked from a list by default
    #[arg(value_name = "NOTE", long_help = NOTE)]
    pub(crate) notes: Vec<String>,

    /// Set the title
    #[arg(short, long, value_name = "TITLE", allow_hyphen_values = true)]
    pub(crate) title: Option<String>,

    #[command(flatten)]
    pub(crate) content: Content,

    /// Append lines to the content
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) append: Option<String>,

    /// Insert lines before the content
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) prepend: Option<String>,

    /// Replace OLD, which the content must have exactly once
    ///
    /// If it has not, nothing is changed and the exit code is 6. It may be given several times; the
    /// replacements are made in their order, before lines are added.
    #[arg(
        long,
        value_names = ["OLD", "NEW"],
        allow_hyphen_values = true,
        conflicts_with_all = ["text", "file"]
    )]
    pub(crate) replace: Vec<String>,

    /// Replace every OLD; there must be one
    #[arg(long, requires = "replace")]
    pub(crate) all: bool,

    /// Add a tag unless the note has it
    ///
    /// TAG may have its # or not. It is added to the last line if that has nothing but tags, else below it.
    #[arg(long, value_name = "TAG", value_parser = tag::parse)]
    pub(crate) tag: Vec<String>,

    /// Remove a tag from title and content
    #[arg(long, value_name = "TAG", value_parser = tag::parse)]
    pub(crate) untag: Vec<String>,

    /// Make a note with the title NOTE if there is none
    ///
    /// A whole id is never a title.
    #[arg(long, requires = "notes", conflicts_with = "title")]
    pub(crate) create: bool,

    /// Continue with a draft that was not stored
    ///
    /// Saving it in the editor stores it; leaving the editor without saving keeps the draft. An empty
    /// text removes it.
    ///
    /// Changes made in Redis since then are merged in. Where both changed the same lines, both
    /// versions are shown between conflict markers: first yours, then the stored one.
    #[arg(long, conflicts_with_all = ["title", "text", "file", "append", "prepend", "replace", "tag", "untag", "create"])]
    pub(crate) resume: bool,

    /// Change links to the title too, without asking
    ///
    /// They are the links in other notes.
    #[arg(long, requires = "title")]
    pub(crate) links: bool,

    /// Do not ask before three notes or more are changed
    #[arg(short, long)]
    pub(crate) yes: bool,
}

impl Edit {
    /// Returns true if no option says what to change.
    pub(crate) fn is_by_editor(&self) -> bool {
        let texts = [&self.title, &self.content.text, &self.append, &self.prepend];
        texts.into_iter().all(Option::is_none)
            && self.content.file.is_none()
            && [&self.replace, &self.tag, &self.untag]
                .into_iter()
                .all(Vec::is_empty)
    }
}

#[derive(Args, Debug)]
pub(crate) struct Rm {
    /// The notes to delete; picked from a list by default
    #[arg(value_name = "NOTE", long_help = NOTE)]
    pub(crate) notes: Vec<String>,

    /// Do not ask
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Say what would be deleted, and delete nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Watch {
    #[command(flatten)]
    pub(crate) query: QueryArgs,

    /// End after this many events
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_number::<usize>)]
    pub(crate) count: Option<usize>,

    /// Print every note that is there first, as created
    #[arg(long)]
    pub(crate) initial: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Undo {
    /// The number of the step in `notes log`; the last one by default
    #[arg(value_name = "STEP", value_parser = parse_step)]
    pub(crate) step: Option<u64>,

    /// Say what would be undone, and change nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Log {
    /// List at most this many steps
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_number::<usize>)]
    pub(crate) limit: Option<usize>,
}

#[derive(Args, Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own on the command line"
)]
pub(crate) struct Health {
    /// Read every note, and report what is wrong with any of them
    #[arg(long)]
    pub(crate) deep: bool,

    /// Repair what can be repaired without guessing
    ///
    /// Each problem is looked up again before it is repaired. Asks first on a terminal; elsewhere
    /// --yes is required.
    #[arg(long, requires = "deep")]
    pub(crate) fix: bool,

    /// Say what --fix would do, and change nothing
    #[arg(short = 'n', long, requires = "fix")]
    pub(crate) dry_run: bool,

    /// Do not ask
    #[arg(short, long, requires = "fix")]
    pub(crate) yes: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Redis {
    #[command(subcommand)]
    pub(crate) action: RedisAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RedisAction {
    /// Start the private Redis if it is not running
    Start,
    /// Stop the private Redis; the notes stay on disk
    Stop,
    /// Show if the private Redis is running, without starting it
    Status,
    /// Run redis-cli on the Redis in use, private or not
    Cli {
        /// Arguments for redis-cli; an interactive session by default
        #[arg(
            value_name = "ARG",
            trailing_var_arg = true,
            allow_hyphen_values = true
        )]
        args: Vec<OsString>,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell to print it for
    pub(crate) shell: Shell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
}
