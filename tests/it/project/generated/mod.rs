//! `man/`: the committed files are those that the command line generates.

mod man;
mod markup;
mod sections;

use std::process::Command;

use clap::CommandFactory as _;
use notes::cli::Cli;

use crate::support::committed::Committed;
use crate::support::{Sandbox, program};

/// The command line with what clap adds, such as `--help`.
fn command() -> clap::Command {
    // `help` has no page: it says what the pages say.
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    command
}

#[test]
fn the_manual_is_that_of_the_program() {
    let committed = Committed {
        directory: "man",
        ending: "",
        test: "generated",
    };
    committed.assert_is(&man::pages(&command()));
}

#[test]
fn the_note_that_the_manual_makes_by_hand_is_a_note() {
    let sandbox = Sandbox::with_redis();
    let notes = program().parent().unwrap().to_str().unwrap();
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .args(["-euc", sections::BY_HAND])
        .env("PATH", format!("{notes}:{path}"))
        .env("HOME", sandbox.home())
        .env("REDIS_URL", sandbox.redis().url())
        .current_dir(sandbox.home())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    sandbox
        .notes(["list"])
        .gives(0, "by-hand\tBy hand\t20[..]+00:00\tNo notes add\n", "");
}
