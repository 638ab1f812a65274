//! The shape of `src/`: which module may name which, and which crate is named where.
//!
//! The tables are the decision. A reference that they do not allow is a mistake in the code, or a new
//! line here with a reason in its commit.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::sources::{Source, code, sources};
use crate::support::committed::repository;

/// The modules, from the top down. Each names only modules of the lines below its own.
pub(super) const LAYERS: &[&[&str]] = &[
    &["fuzzing", "run"],
    &["commands"],
    &["cli", "context"],
    &["error"],
    &["http", "mcp"],
    &["doctor"],
    &["terminal"],
    &["output"],
    &["connect"],
    &["config"],
    &["transfer"],
    &["find", "watch"],
    &["store"],
    &["journal"],
    &["private_redis"],
    &["redis_client"],
    &["query"],
    &["note"],
    &[
        "exit",
        "input",
        "secret",
        "timestamp",
        "unicode",
        "user_dir",
        "when",
    ],
];

/// The crates that have a home: a crate, and where in `src/` it may be named.
const HOMES: &[(&str, &[&str])] = &[
    ("chunked_transfer", &["http/transport/framing.rs"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("close_fds", &["private_redis/"]),
    ("comfy_table", &["output/table.rs"]),
    ("console", &["output/"]),
    ("crc16", &["redis_client/slots.rs"]),
    ("crossterm", &["terminal/picker/"]),
    ("csv", &["output/delimited.rs", "transfer/csv.rs"]),
    ("dialoguer", &["terminal/prompt.rs"]),
    ("dotenvy", &["config/env_file.rs"]),
    ("flate2", &["transfer/files/"]),
    ("httpdate", &["http/transport/"]),
    ("icu_normalizer", &["unicode.rs"]),
    ("icu_properties", &["unicode.rs"]),
    ("indicatif", &["terminal/progress.rs"]),
    (
        "percent_encoding",
        &["http/router.rs", "transfer/foreign/logseq.rs"],
    ),
    ("process_wrap", &["private_redis/"]),
    (
        "pulldown_cmark",
        &["note/markdown.rs", "output/markdown/markup.rs"],
    ),
    ("quick_xml", &["transfer/foreign/"]),
    ("rawzip", &["transfer/files/zip.rs"]),
    ("redis", &["redis_client/", "store/"]),
    ("regex", &["query.rs"]),
    ("regex_syntax", &["query.rs"]),
    (
        "rustix",
        &[
            "config/env_file.rs",
            "http/limits.rs",
            "http/transport/",
            "input.rs",
            "private_redis/",
            "terminal/",
            "user_dir.rs",
        ],
    ),
    ("rmcp", &["mcp/"]),
    ("rustls", &["redis_client/tls.rs"]),
    ("saphyr_parser", &["transfer/front_matter/yaml.rs"]),
    ("sha2", &["note/etag.rs"]),
    (
        "shell_words",
        &[
            "commands/add.rs",
            "commands/completions/",
            "commands/edit/session.rs",
            "commands/export/",
            "commands/note_args.rs",
            "commands/note_drafts.rs",
            "terminal/",
        ],
    ),
    ("signal_hook", &["terminal/"]),
    ("similar", &["note/merge.rs"]),
    ("socket2", &["http/transport/"]),
    ("strsim", &["find/names.rs"]),
    ("subtle", &["http/access.rs"]),
    ("tar", &["transfer/files/tar.rs"]),
    (
        "tempfile",
        &[
            "http/long_body.rs",
            "note/changes.rs",
            "private_redis/directory.rs",
            "terminal/draft_dir.rs",
            "transfer/destination.rs",
            "transfer/files/",
        ],
    ),
    ("terminal_size", &["output/stream.rs"]),
    ("timeago", &["output/age.rs"]),
    ("tiny_http", &["http/transport/"]),
    ("tokio", &["mcp/"]),
    ("unicode_segmentation", &["unicode.rs"]),
    ("toml", &["transfer/front_matter/toml.rs"]),
    (
        "uuid",
        &[
            "find/note_ref.rs",
            "fuzzing.rs",
            "note/mod.rs",
            "transfer/",
            "watch/known.rs",
        ],
    ),
    ("walkdir", &["transfer/files/directory.rs"]),
];

/// The crates that any module may name.
const EVERYWHERE: &[&str] = &["anyhow", "chrono", "serde", "serde_json", "thiserror"];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

#[test]
fn modules_name_only_those_below_them() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        let module = source.module();
        if matches!(module, "lib" | "main") {
            continue;
        }
        let Some(own) = layer(module) else {
            faults.push(format!("{module} has no place in LAYERS"));
            continue;
        };
        if source.climbs_out() {
            faults.push(format!("src/{} names a module by super", source.path));
        }
        for other in source.references().iter().filter(|other| *other != module) {
            match layer(other) {
                Some(other) if other > own => {}
                _ => faults.push(format!("src/{} names crate::{other}", source.path)),
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn no_modules_of_one_folder_name_each_other_in_a_circle() {
    let sources = sources();
    let modules: BTreeSet<Vec<String>> = sources
        .iter()
        .map(|source| {
            source
                .module_path()
                .into_iter()
                .map(str::to_owned)
                .collect()
        })
        .collect();
    // By the two modules of one folder that a reference leads from and to.
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        let own = source.module_path();
        for other in source.siblings(&modules) {
            let common = own
                .iter()
                .zip(&other)
                .take_while(|(own, other)| own == other);
            let common = common.count();
            if common < own.len().min(other.len()) {
                let from = own[..=common].join("/");
                arrows
                    .entry(from)
                    .or_default()
                    .insert(other[..=common].join("/"));
            }
        }
    }
    assert!(arrows.len() > 50, "{arrows:#?}");
    let mut circles = Vec::new();
    for module in arrows.keys() {
        let (mut reached, mut next) = (BTreeSet::new(), vec![module]);
        while let Some(from) = next.pop() {
            for to in arrows.get(from).into_iter().flatten() {
                if reached.insert(to) {
                    next.push(to);
                }
            }
        }
        if reached.contains(module) {
            circles.push(module);
        }
    }
    assert!(circles.is_empty(), "in a circle: {circles:#?}");
}

#[test]
fn the_program_is_thin_and_names_the_library_alone() {
    let main = fs::read_to_string(repository().join("src/main.rs")).unwrap();
    assert!(main.lines().count() <= 15, "{main}");
    assert!(main.contains("notes::run::run("), "{main}");
}

#[test]
fn each_crate_is_named_in_its_home_alone() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        for (krate, homes) in HOMES {
            let at_home = homes.iter().any(|home| source.path.starts_with(home));
            if !at_home && source.names(krate) {
                faults.push(format!("src/{} names {krate}", source.path));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn each_dependency_is_used_and_has_a_rule() {
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let (_, rest) = manifest.split_once("[dependencies]\n").unwrap();
    let dependencies: Vec<String> = rest
        .lines()
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| Some(line.split_once(" = ")?.0.replace('-', "_")))
        .collect();
    assert!(dependencies.len() > 10, "{dependencies:?}");
    let sources = sources();
    for krate in &dependencies {
        let has_home = HOMES.iter().any(|(name, _)| name == krate);
        assert!(
            has_home || EVERYWHERE.contains(&krate.as_str()),
            "{krate} has neither a home nor leave to be everywhere"
        );
        assert!(
            sources
                .iter()
                .any(|source| !source.is_test() && source.names(krate)),
            "{krate} is named nowhere in src"
        );
    }
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    for source in sources() {
        let path = &source.path;
        assert!(source.text.starts_with("//! "), "src/{path}");
        let lines = source.text.lines().count();
        assert!(lines <= 500, "src/{path} has {lines} lines");
    }
}

#[test]
fn the_map_of_the_library_names_every_module() {
    let lib = fs::read_to_string(repository().join("src/lib.rs")).unwrap();
    let map: String = lib.lines().filter(|line| line.starts_with("//!")).collect();
    let modules: BTreeMap<&str, bool> = lib
        .lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .filter_map(|line| {
            line.trim_start_matches("pub ")
                .strip_prefix("mod ")?
                .strip_suffix(';')
        })
        .map(|module| (module, map.contains(&format!("`{module}`"))))
        .collect();
    assert!(modules.len() > 10, "{modules:?}");
    assert!(modules.values().all(|named| *named), "{modules:#?}");
}

#[test]
fn references_are_found_in_every_form() {
    let source = |text: &str| Source {
        path: "a.rs".to_owned(),
        code: code(text),
        text: text.to_owned(),
    };
    let code = "use crate::b;\nuse crate::{c, d::{self, x}, e::Y};\n// crate::f\nlet g = crate::g::h();\n\
                #[cfg(test)]\nmod tests {\n    use crate::i;\n}\n";
    let references: Vec<String> = source(code).references().into_iter().collect();
    assert_eq!(references, ["b", "c", "d", "e", "g"]);
    for (text, names) in [
        ("use redis::Commands as _;", true),
        ("let c = redis::Client::open();", true),
        ("pub use redis;", true),
        ("use redis as r;", true),
        ("crate::redis::start()", false),
        ("private_redis::start()", false),
        ("mod redis;\nredis::run()", false),
        ("/// [`redis::Client`]", false),
    ] {
        assert_eq!(source(text).names("redis"), names, "{text}");
    }
}
