//! `notes completions`: a script that teaches a shell to complete `notes`.

use crate::cli::{self, Completions};
use crate::context::Context;
use crate::exit::Exit;

pub(super) fn run(args: &Completions, context: &mut Context) -> anyhow::Result<Exit> {
    let script = cli::completion_script(args.shell);
    context.print(|out, _| out.write_all(&script))?;
    Ok(Exit::Done)
}
