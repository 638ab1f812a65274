//! The options of `notes mcp`.

use clap::Args;

/// `notes mcp`
#[derive(Args, Debug)]
pub(crate) struct Mcp {
    /// Offer only the tools that read: nothing can be changed
    #[arg(long)]
    pub read_only: bool,
}
