//! The options of `notes health`.

use clap::Args;

/// `notes health`
#[derive(Args, Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own on the command line"
)]
pub struct Health {
    /// Read every note, and report what is wrong with any
    #[arg(long)]
    pub deep: bool,

    /// Mend what can be mended without a guess
    ///
    /// Each fix is made only if its fault is still there. Asks first on a terminal; elsewhere it wants
    /// --yes.
    #[arg(long, requires = "deep")]
    pub fix: bool,

    /// Say what --fix would do, and do nothing
    #[arg(short = 'n', long, requires = "fix")]
    pub dry_run: bool,

    /// Do not ask
    #[arg(short, long, requires = "fix")]
    pub yes: bool,
}
