//! The arguments of `today`.

use clap::Args;

#[derive(Args, Debug)]
pub(crate) struct Today {
    /// Append lines to the content
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) append: Option<String>,

    /// Open the note in the editor
    #[arg(short, long, conflicts_with = "append")]
    pub(crate) edit: bool,
}
