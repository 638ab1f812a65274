//! README's commands: each of them, word for word, does something and succeeds.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::support::committed::repository;
use crate::support::redis_server::RedisServer;
use crate::support::{Sandbox, program};

/// The server of README's example that several machines share.
const SHARED: &str = "redis://:a-long-password@redis.example";

/// The blocks of commands below each heading of a page, in their order.
fn commands(page: &str) -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    let mut is_in_block = false;
    for line in page.lines() {
        if line.starts_with("```") {
            is_in_block = line == "```sh";
        } else if is_in_block {
            let (_, commands) = sections.last_mut().expect("a heading above");
            commands.push_str(line);
            commands.push('\n');
        } else if line.starts_with('#') {
            let heading = line.trim_matches(['#', ' ']).to_owned();
            sections.push((heading, String::new()));
        }
    }
    sections.retain(|(_, commands)| !commands.is_empty());
    sections
}

/// Runs commands in a shell that stops at the first that fails.
fn run(sandbox: &Sandbox, heading: &str, commands: &str) {
    let directory = program().parent().expect("a directory").display();
    let path = format!("{directory}:{}", std::env::var("PATH").unwrap_or_default());
    let output = sandbox
        .command_by("bash")
        .args(["-euxo", "pipefail", "-c", commands])
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .expect("bash can be run");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{heading}: {stderr}");
}

fn count(sandbox: &Sandbox) -> String {
    sandbox.notes(["list", "--count"]).run().stdout
}

#[test]
fn the_commands_of_the_readme_and_of_the_page_of_scripts_succeed_word_for_word() {
    let text = |name: &str| fs::read_to_string(repository().join(name)).unwrap();
    let sections = commands(&text("README.md"));
    let sandbox = Sandbox::bare();
    let mut headings: Vec<&str> = Vec::new();
    for (heading, commands) in &sections {
        headings.push(heading);
        match heading.as_str() {
            // They need root and the network; `make dist` and `make quickstart` are tried by hand.
            "Install" => {}
            "Sharing one Redis between machines" => share(commands),
            "Backup and restore" => {
                let before = count(&sandbox);
                run(&sandbox, heading, commands);
                assert_eq!(count(&sandbox), before);
            }
            "Removing everything" => {
                run(
                    &sandbox,
                    "docs/scripts.md",
                    &scripts(&text("docs/scripts.md")),
                );
                run(&sandbox, heading, commands);
                assert!(!sandbox.journal().exists());
                assert_eq!(sandbox.private_servers(), []);
            }
            _ => run(&sandbox, heading, commands),
        }
    }
    let expected = [
        "Install",
        "Tour",
        "Sharing one Redis between machines",
        "Backup and restore",
        "Removing everything",
    ];
    assert_eq!(headings, expected);
}

fn scripts(page: &str) -> String {
    let sections = commands(page);
    sections.into_iter().map(|(_, commands)| commands).collect()
}

/// The notes of a machine are in the shared Redis after these commands.
fn share(commands: &str) {
    let server = RedisServer::start();
    assert!(commands.contains(SHARED), "{commands}");
    let sandbox = Sandbox::bare();
    sandbox.add("Older than the server", "");
    run(
        &sandbox,
        "Sharing",
        &commands.replace(SHARED, &server.url()),
    );
    assert_eq!(count(&sandbox), "1\n");
    assert_eq!(server.command(&["SCARD", "notes:ids"]).trim_end(), "1");
    let settings = Path::new(".config/notes/.env");
    fs::remove_file(sandbox.home().join(settings)).unwrap();
    assert_eq!(count(&sandbox), "1\n");
}
