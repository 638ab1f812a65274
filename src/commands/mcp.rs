//! `notes mcp`: the notes for programs that speak the Model Context Protocol, until standard input ends.

use std::io::{self, IsTerminal as _};

use crate::cli::Mcp;
use crate::context::Context;
use crate::exit::Exit;
use crate::mcp::{self, Notes, Opener};

pub(super) fn run(args: &Mcp, context: &mut Context) -> anyhow::Result<Exit> {
    if io::stdin().is_terminal() {
        context.say(
            "waiting for a client that speaks the Model Context Protocol on standard input; \
             Ctrl-D ends this",
        );
    }
    let settings = context.settings.clone();
    let opener: Opener = Box::new(move || Ok(settings.open_store(Some(&|_| ()))?));
    mcp::serve(Notes::new(opener, context.take_journal()), args.read_only)?;
    Ok(Exit::Done)
}
