//! The title and the content that arguments give, as text or as the name of a file.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::cli::Content;
use crate::error::Error;
use crate::input::{self, InputError};
use crate::note::text;

/// Reads the content that `-c` or `-f` gives. `None` without either.
pub(super) fn read_content(given: &Content) -> anyhow::Result<Option<String>> {
    match (&given.text, given.file.as_deref()) {
        (Some(text), _) => Ok(Some(text.clone())),
        (None, Some(file)) => Ok(Some(read_file(file)?)),
        (None, None) => Ok(None),
    }
}

/// Reads the text of a file, or of standard input for `-`.
pub(super) fn read_file(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        return read_stdin();
    }
    let opened = File::open(file).map_err(InputError::from);
    let text = opened.and_then(input::read);
    text.map_err(|error| cannot_read(&file.display().to_string(), error))
}

/// Reads the text of standard input.
pub(super) fn read_stdin() -> anyhow::Result<String> {
    input::read(io::stdin()).map_err(|error| cannot_read("standard input", error))
}

fn cannot_read(name: &str, error: InputError) -> anyhow::Error {
    match error {
        InputError::Io(error) => anyhow::Error::from(error).context(format!("cannot read {name}")),
        error => Error::usage(format!("{name} {error}")).into(),
    }
}

/// Removes white space at the ends of a title. Fails if nothing visible is left.
pub(super) fn trim_title(text: &str) -> Result<String, Error> {
    text::trim_title(text).ok_or_else(|| Error::usage("the title is blank; a note needs one"))
}
