//! The arguments of `links`.

use clap::Args;

#[derive(Args, Debug)]
pub(crate) struct Links {
    /// The note whose links are listed; picked from a list by default
    #[arg(value_name = "NOTE", conflicts_with = "broken")]
    pub(crate) note: Option<String>,

    /// List the links that lead to no note, or to several
    #[arg(long)]
    pub(crate) broken: bool,
}
