//! The options of `notes export` and `notes import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{OrderArgs, QueryArgs};

#[derive(Args, Debug)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) query: QueryArgs,

    #[command(flatten)]
    pub(crate) order: OrderArgs,

    /// Export this note, - for ids on standard input
    ///
    /// It is @, an id, a title or the beginning of an id.
    #[arg(long = "note", value_name = "NOTE", conflicts_with_all = ["words", "tag", "not", "regex", "since", "until", "sort", "reverse"])]
    pub(crate) notes: Vec<String>,

    /// Write to this file or directory, - for standard output
    ///
    /// Markdown needs a directory.
    /// An existing file is replaced once the new one is complete. A directory must be
    /// empty or new.
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,

    /// Write in this format
    ///
    /// By default it is the extension of the file, or jsonl.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<FileFormat>,

    /// Keep a directory of Markdown files in step with the notes
    ///
    /// Files of notes are found by the id in them. Those of changed notes are rewritten, those of
    /// deleted notes removed, and all others left alone. A file that was edited by hand stays as it
    /// is and is named, with exit code 6: import it first.
    #[arg(long, requires = "output")]
    pub(crate) update: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The files, directories and archives to read, - for standard input
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,

    /// Read this format; by default it is detected from the name and the beginning of the file
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<ImportFormat>,

    /// Make the ids of texts from this name instead of the path of their directory
    ///
    /// The same text gets the same id in each import as long as its path stays the same. Give
    /// a name to a directory that moves, or that is imported on several machines.
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,

    /// Choose what to do with a note of which a different version is stored
    #[arg(long, value_name = "WHAT", default_value = "skip")]
    pub(crate) on_conflict: OnConflict,

    /// Print what would be done with each note, and store nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileFormat {
    /// A JSON object per line
    Jsonl,
    /// An array of JSON objects
    Json,
    /// Comma-separated values with a header
    Csv,
    /// A directory with a Markdown file per note, the fields in YAML front matter
    Md,
}

/// Our own formats, and the programs whose files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportFormat {
    /// A JSON object per line
    Jsonl,
    /// An array of JSON objects
    Json,
    /// Comma-separated values with a header
    Csv,
    /// Markdown or text files of any program
    Md,
    /// The output of jrnl --format json
    Jrnl,
    /// The notes of a Google Takeout
    Keep,
    /// Responses of the API of memos
    Memos,
    /// An export of Simplenote
    Simplenote,
}

impl ImportFormat {
    /// Returns the names of all, for a message.
    pub(crate) fn names() -> String {
        let values = Self::value_variants().iter();
        let values =
            values.filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()));
        values.collect::<Vec<_>>().join(", ")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnConflict {
    /// Keep the stored note
    Skip,
    /// Replace the stored note
    Replace,
    /// Keep the one whose updated_at is later
    Newer,
    /// Import nothing at all
    Fail,
}
