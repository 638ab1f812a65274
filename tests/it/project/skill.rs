//! `docs/SKILL.md`, the page for agents with a shell: its commands work, and its exit codes are ours.

use std::fs;

use notes::exit::Exit;

use crate::support::committed::repository;
use crate::support::{Sandbox, program};

#[test]
fn the_commands_of_the_skill_work_in_their_order() {
    let page = fs::read_to_string(repository().join("docs/SKILL.md")).unwrap();
    let commands: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .collect();
    assert!(commands.len() > 15, "{commands:?}");
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "at ten\n- [ ] a task\n#old");
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program().parent().unwrap().display());
    for command in commands {
        let command = command.replace("NOTE:LINE", "NOTE:2").replace("NOTE", &id);
        let run = sandbox
            .command_by("sh")
            .args(["-c", &command])
            .env("PATH", &path)
            .env("text", "a\nlong\ntext\n")
            .output()
            .unwrap();
        assert!(run.status.success(), "{command}: {run:?}");
    }
}

#[test]
fn the_skill_has_every_exit_code() {
    let page = fs::read_to_string(repository().join("docs/SKILL.md")).unwrap();
    for exit in Exit::ALL {
        let row = format!("\n| {} | ", exit.code());
        assert!(page.contains(&row), "{row}");
    }
}
