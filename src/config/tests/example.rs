//! `.env.example` and the table of variables agree.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

const EXAMPLE: &str = include_str!("../../../.env.example");

/// The assignments of the example: those that hold as it stands, and those that are commented out.
fn assignments() -> (
    BTreeMap<&'static str, &'static str>,
    BTreeMap<&'static str, &'static str>,
) {
    let split = |line: &'static str| {
        let (name, value) = line.split_once('=')?;
        let is_name = |c: char| c.is_ascii_uppercase() || c == '_';
        name.chars().all(is_name).then_some((name, value))
    };
    let active = EXAMPLE.lines().filter_map(split).collect();
    let comments = EXAMPLE.lines().filter_map(|line| line.strip_prefix("# "));
    (active, comments.filter_map(split).collect())
}

fn find(name: &str) -> &'static Variable {
    VARIABLES.iter().find(|it| it.name == name).unwrap()
}

#[test]
fn the_example_has_the_variables_that_a_file_may_set() {
    let (active, commented) = assignments();
    let named: BTreeSet<_> = active.keys().chain(commented.keys()).copied().collect();
    let known = VARIABLES
        .iter()
        .filter(|variable| variable.read_from != ReadFrom::Environment);
    let known: BTreeSet<_> = known.map(|variable| variable.name).collect();
    assert_eq!(named, known);
    assert_eq!(
        active.len() + commented.len(),
        named.len(),
        "a name stands there twice"
    );
}

#[test]
fn the_example_has_what_the_original_service_reads() {
    let (active, commented) = assignments();
    let expected = [
        ("DEBUG", "False"),
        ("REDIS_PASSWORD", ""),
        ("SECRET_KEY", "change-me"),
    ];
    assert_eq!(active.into_iter().collect::<Vec<_>>(), expected);
    // Its own defaults are these.
    let expected = [
        ("REDIS_DB", "0"),
        ("REDIS_HOST", "localhost"),
        ("REDIS_PORT", "6379"),
    ];
    for (name, value) in expected {
        assert_eq!(commented.get(name), Some(&value), "{name}");
    }
}

#[test]
fn the_example_shows_the_defaults() {
    let (active, commented) = assignments();
    for (name, value) in active.into_iter().chain(commented) {
        let default = find(name).default;
        // The example writes out a default that begins with another variable.
        if let Some(default) = default.filter(|default| !default.starts_with('$')) {
            assert_eq!(value, default, "{name}");
        }
    }
}

#[test]
fn a_copy_of_the_example_leaves_the_private_redis_in_use() {
    for machine in [
        Machine::new().working_file(EXAMPLE),
        Machine::new().own_file(EXAMPLE),
    ] {
        let settings = machine.settings();
        assert_eq!(machine.server(), "private");
        assert!(settings.warnings.is_empty(), "{:?}", settings.warnings);
        assert!(!settings.debug);
    }
}

#[test]
fn the_example_can_be_used_with_its_server_and_with_every_line() {
    let text = EXAMPLE.replace("# REDIS_HOST=", "REDIS_HOST=");
    let machine = Machine::new().working_file(&text);
    assert_eq!(machine.server(), "localhost:6379, REDIS_HOST in ./.env");
    assert_eq!(machine.named().password, None);

    let (_, commented) = assignments();
    let lines = commented
        .iter()
        // These are for another URL.
        .filter(|(name, _)| !name.starts_with("REDIS_TLS_"))
        .map(|(name, value)| format!("{name}={value}\n"));
    let text = lines.collect::<String>();
    let machine = Machine::new().own_file(&text);
    let data_dir = machine.settings().data_dir().unwrap().to_owned();
    assert_eq!(data_dir, machine.home().join(".local/share/notes"));
    assert_eq!(machine.settings().pager.as_deref(), Some("less"));
    let server = machine.server();
    assert!(
        server.ends_with(", REDIS_URL in ~/.config/notes/.env"),
        "{server}"
    );
}

#[test]
fn the_table_names_each_variable_once_and_explains_it() {
    let names: BTreeSet<_> = VARIABLES.iter().map(|variable| variable.name).collect();
    assert_eq!(names.len(), VARIABLES.len());
    for variable in VARIABLES {
        let meaning = variable.meaning;
        let is_fragment = !meaning.is_empty() && !meaning.ends_with('.') && !meaning.contains('\n');
        assert!(is_fragment, "{}: {meaning}", variable.name);
    }
}

#[test]
fn the_table_has_the_defaults_that_hold() {
    let default = |name| find(name).default;
    let settings = Machine::new().settings();
    let timeout = settings.timeout().as_secs().to_string();
    assert_eq!(default("NOTES_TIMEOUT"), Some(timeout.as_str()));
    let by_port = Machine::new().env("REDIS_PORT", "1").server();
    assert!(
        by_port.starts_with(default("REDIS_HOST").unwrap()),
        "{by_port}"
    );
    let by_host = Machine::new().env("REDIS_HOST", "h").server();
    assert!(
        by_host.starts_with(&format!("h:{},", default("REDIS_PORT").unwrap())),
        "{by_host}"
    );
}
