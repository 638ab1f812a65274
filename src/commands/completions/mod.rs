//! `notes completions`: the script that teaches a shell to ask `notes` what may come next.
//! `protocol` answers what the script asks at each TAB, `values` looks the answer up in the store.

mod protocol;
mod values;

pub(crate) use protocol::answer;

use crate::cli::{Completions, Shell};
use crate::context::Context;
use crate::exit::Exit;

pub(super) fn run(args: &Completions, context: &mut Context) -> anyhow::Result<Exit> {
    let script = match args.shell {
        Shell::Bash => include_str!("../../../completions/notes.bash"),
        Shell::Zsh => include_str!("../../../completions/_notes"),
        Shell::Fish => include_str!("../../../completions/notes.fish"),
    };
    context.print(|out, _| out.write_all(script.as_bytes()))?;
    Ok(Exit::Done)
}
