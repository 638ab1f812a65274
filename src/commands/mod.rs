//! The commands: one file each, from its arguments through the store to its output.
//!
//! Several commands share these files: `note_args`, `query_args` and `text_args` read arguments,
//! `named` finds a note by its title or makes it, `note_drafts` handles the drafts of the editor,
//! `output` prints notes. Lower modules know Redis, formats and terminals.

mod add;
pub(crate) mod completions;
mod edit;
mod export;
mod health;
mod import;
mod links;
mod list;
mod log;
#[cfg(feature = "mcp")]
mod mcp;
mod named;
mod note_args;
mod note_drafts;
mod output;
mod query_args;
mod redis;
mod rm;
mod serve;
mod show;
mod tags;
mod tasks;
mod text_args;
mod today;
mod undo;
mod watch;

use crate::cli::Command;
use crate::context::Context;
use crate::exit::Exit;

pub(crate) fn run(command: Command, context: &mut Context) -> anyhow::Result<Exit> {
    match command {
        Command::Add(args) => add::run(&args, context),
        Command::List(args) => list::run(&args, context),
        Command::Search(args) => list::search(&args, context),
        Command::Tags => tags::run(context),
        Command::Show(args) => show::run(args, context),
        Command::Edit(args) => edit::run(args, context),
        Command::Today(args) => today::run(args, context),
        Command::Links(args) => links::run(args, context),
        Command::Tasks(args) => tasks::run(&args, context),
        Command::Rm(args) => rm::run(args, context),
        #[cfg(feature = "mcp")]
        Command::Mcp(args) => mcp::run(&args, context),
        Command::Serve(args) => serve::run(&args, context),
        Command::Watch(args) => watch::run(&args, context),
        Command::Export(args) => export::run(&args, context),
        Command::Import(args) => import::run(&args, context),
        Command::Undo(args) => undo::run(&args, context),
        Command::Log(args) => log::run(&args, context),
        Command::Health(args) => health::run(args, context),
        Command::Redis(args) => redis::run(args, context),
        Command::Completions(args) => completions::run(&args, context),
    }
}
