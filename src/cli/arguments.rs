//! What the commands take: their arguments and options.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, Subcommand, ValueEnum, ValueHint};

/// `notes add`
#[derive(Args, Debug)]
pub struct Add {
    /// The words of the title
    #[arg(value_name = "TITLE", value_hint = ValueHint::Other)]
    pub title: Vec<String>,

    /// Set the content
    #[arg(
        short,
        long,
        value_name = "TEXT",
        value_hint = ValueHint::Other,
        allow_hyphen_values = true,
        conflicts_with = "file"
    )]
    pub content: Option<String>,

    /// Read the content from a file, - for standard input
    ///
    /// Without a TITLE the first line of the file is the title.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
}

/// `notes list`
#[derive(Args, Debug)]
pub struct List {
    /// List no more than this many notes
    #[arg(short = 'n', long, value_name = "N", value_hint = ValueHint::Other)]
    pub limit: Option<usize>,

    /// Sort by a time, the newest first, or by title, from A to Z
    #[arg(long, value_name = "BY", default_value = "created")]
    pub sort: Sort,

    /// Reverse the order
    #[arg(short, long)]
    pub reverse: bool,

    /// How to print them.
    #[command(flatten)]
    pub format: Format,

    /// Leave out the header of --csv and --tsv
    #[arg(long)]
    pub no_headers: bool,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// When they were made
    Created,
    /// When they were changed
    Updated,
    /// Their titles
    Title,
}

/// Formats of a list besides the usual one; no more than one of them.
#[derive(Args, Clone, Copy, Debug, Default)]
#[group(multiple = false)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own on the command line"
)]
pub struct Format {
    /// Print one JSON object a line
    #[arg(long)]
    pub jsonl: bool,
    /// Print comma-separated values with a header (RFC 4180)
    #[arg(long)]
    pub csv: bool,
    /// Print tab-separated values with a header
    #[arg(long)]
    pub tsv: bool,
    /// Print the ids alone
    #[arg(long)]
    pub ids: bool,
}

/// `notes show`
#[derive(Args, Debug)]
pub struct Show {
    /// The notes to show
    #[arg(value_name = "NOTE", required = true, value_hint = ValueHint::Other)]
    pub notes: Vec<String>,

    /// Print this field alone
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub field: Option<String>,

    /// Print the stored text and nothing else: title and content, or the --field
    #[arg(long)]
    pub raw: bool,
}

/// `notes edit`
#[derive(Args, Debug)]
pub struct Edit {
    /// The note to edit
    #[arg(value_name = "NOTE", value_hint = ValueHint::Other)]
    pub note: String,

    /// Set the title
    #[arg(short, long, value_name = "TITLE", value_hint = ValueHint::Other, allow_hyphen_values = true)]
    pub title: Option<String>,

    /// Set the content
    #[arg(
        short,
        long,
        value_name = "TEXT",
        value_hint = ValueHint::Other,
        allow_hyphen_values = true,
        conflicts_with = "file"
    )]
    pub content: Option<String>,

    /// Set the content to that of a file, - for standard input
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,

    /// Add lines at the end of the content
    #[arg(long, value_name = "TEXT", value_hint = ValueHint::Other, allow_hyphen_values = true)]
    pub append: Option<String>,

    /// Go on from the draft that was kept when an edit of this note could not be written
    ///
    /// What changed in Redis since is merged in; where both changed the same lines, both are shown
    /// between conflict markers: first yours, then theirs.
    #[arg(long, conflicts_with_all = ["title", "content", "file", "append"])]
    pub resume: bool,
}

/// `notes rm`
#[derive(Args, Debug)]
pub struct Rm {
    /// The notes to delete
    #[arg(value_name = "NOTE", required = true, value_hint = ValueHint::Other)]
    pub notes: Vec<String>,

    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,

    /// Say what would be deleted, and delete nothing
    #[arg(short = 'n', long, action = ArgAction::SetTrue)]
    pub dry_run: bool,
}

/// `notes undo`
#[derive(Args, Debug)]
pub struct Undo {
    /// The number of the step; without it the last one
    #[arg(value_name = "STEP")]
    pub step: Option<u64>,

    /// Say what would be undone, and change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `notes log`
#[derive(Args, Debug)]
pub struct Log {
    /// No more than this many steps
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,
}

/// `notes redis`
#[derive(Args, Debug)]
pub struct Redis {
    /// What to do with it.
    #[command(subcommand)]
    pub action: RedisAction,
}

/// What to do with the private Redis.
#[derive(Debug, Subcommand)]
pub enum RedisAction {
    /// Start the private Redis if it is not running
    Start,
    /// Stop the private Redis; the notes stay on disk
    Stop,
    /// Tell whether the private Redis is running, and start nothing
    Status,
    /// Run redis-cli on the Redis in use, private or not
    Cli {
        /// What to pass to redis-cli; without it a session begins
        #[arg(
            value_name = "ARG",
            value_hint = ValueHint::Other,
            trailing_var_arg = true,
            allow_hyphen_values = true
        )]
        args: Vec<OsString>,
    },
}

/// `notes completions`
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell to print it for
    pub shell: clap_complete::Shell,
}
