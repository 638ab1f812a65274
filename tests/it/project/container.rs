//! The files that build the image agree with each other, and with the package.

use std::collections::BTreeSet;
use std::fs;

use crate::support::committed::repository;

fn lines(name: &str) -> Vec<String> {
    let text = fs::read_to_string(repository().join(name)).unwrap();
    // A backslash at the end of a line joins it with the next.
    let text = text.replace("\\\n", " ");
    text.lines().map(str::to_owned).collect()
}

/// The files and directories of the repository that the Dockerfile copies.
fn copied() -> BTreeSet<String> {
    let mut copied = BTreeSet::new();
    for line in lines("Dockerfile") {
        let Some(arguments) = line.strip_prefix("COPY ") else {
            continue;
        };
        let words: Vec<_> = arguments.split_whitespace().collect();
        if words.iter().any(|word| word.starts_with("--from=")) {
            continue;
        }
        let paths: Vec<_> = words.iter().filter(|it| !it.starts_with("--")).collect();
        let (_target, sources) = paths.split_last().unwrap();
        copied.extend(sources.iter().map(|source| (**source).to_owned()));
    }
    copied
}

#[test]
fn the_builder_is_sent_what_the_dockerfile_copies_and_nothing_else() {
    let lines = lines(".dockerignore");
    let rules: Vec<_> = lines
        .iter()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let (first, exceptions) = rules.split_first().unwrap();
    assert_eq!(*first, "*");
    let sent: BTreeSet<_> = exceptions
        .iter()
        .map(|line| line.strip_prefix('!').unwrap().to_owned())
        .collect();
    let copied = copied();
    assert!(copied.len() > 3, "{copied:?}");
    assert_eq!(sent, copied);
    for path in &sent {
        assert!(repository().join(path).exists(), "{path}");
    }
}

#[test]
fn the_dockerfile_stands_in_for_every_target_of_the_package() {
    let dockerfile = lines("Dockerfile").join("\n");
    let manifest = lines("Cargo.toml");
    let mut targets = 0;
    for pair in manifest.windows(2) {
        if pair[0] == "[[bench]]" {
            let name = pair[1].strip_prefix("name = ").unwrap().trim_matches('"');
            let path = format!("benches/{name}.rs");
            assert!(dockerfile.contains(&path), "{path}");
            targets += 1;
        }
    }
    assert!(targets > 0);
}
