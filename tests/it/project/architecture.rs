//! The shape of `src/`: which module may name which, and which crate is named where.
//!
//! The tables are the decision. A reference that they do not allow is a mistake in the code, or a new
//! line here with a reason in its commit.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::support::committed::repository;

/// The modules, from the top down. Each names only modules of the lines below its own.
pub(super) const LAYERS: &[&[&str]] = &[
    &["fuzzing", "run"],
    &["commands"],
    &["cli", "context"],
    &["error"],
    &["http"],
    &["doctor"],
    &["terminal"],
    &["output"],
    &["connect"],
    &["config"],
    &["transfer"],
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
    ("httpdate", &["http/transport/"]),
    ("icu_normalizer", &["unicode.rs"]),
    ("icu_properties", &["unicode.rs"]),
    ("indicatif", &["terminal/progress.rs"]),
    ("nucleo_picker", &["terminal/picker/built_in.rs"]),
    ("percent_encoding", &["http/router.rs"]),
    ("process_wrap", &["private_redis/"]),
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
    ("rustls", &["redis_client/tls.rs"]),
    ("saphyr_parser", &["transfer/front_matter.rs"]),
    ("sha2", &["http/message.rs"]),
    (
        "shell_words",
        &[
            "commands/add.rs",
            "commands/completions/",
            "commands/edit/session.rs",
            "commands/export.rs",
            "commands/note_drafts.rs",
            "terminal/",
        ],
    ),
    ("signal_hook", &["terminal/"]),
    ("similar", &["note/merge.rs"]),
    ("socket2", &["http/transport/"]),
    ("subtle", &["http/token.rs"]),
    (
        "tempfile",
        &[
            "http/long_body.rs",
            "private_redis/directory.rs",
            "terminal/draft_dir.rs",
            "transfer/destination.rs",
        ],
    ),
    ("terminal_size", &["output/stream.rs"]),
    ("timeago", &["output/age.rs"]),
    ("textwrap", &["terminal/picker/built_in.rs"]),
    ("tiny_http", &["http/transport/"]),
    ("unicode_segmentation", &["unicode.rs"]),
    (
        "uuid",
        &[
            "fuzzing.rs",
            "note/mod.rs",
            "store/note_ref.rs",
            "transfer/",
        ],
    ),
    ("walkdir", &["transfer/directory.rs"]),
];

/// The crates that any module may name.
const EVERYWHERE: &[&str] = &["anyhow", "chrono", "serde", "serde_json", "thiserror"];

/// One file of `src/`, without its comments and its tests.
struct Source {
    /// Its path within `src/`.
    path: String,
    /// The whole text.
    text: String,
    /// What is compiled into the program.
    code: String,
}

impl Source {
    /// The module of `lib.rs` that it belongs to.
    fn module(&self) -> &str {
        let end = self.path.find(['/', '.']).expect("a name of a file");
        &self.path[..end]
    }

    /// Its path as a module: `store::swap`.
    fn module_path(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs");
        path.trim_end_matches("/mod").split('/').collect()
    }

    /// The modules of its own top-level module that it names, as paths from there.
    fn siblings(&self, modules: &BTreeSet<Vec<String>>) -> BTreeSet<Vec<String>> {
        let own: Vec<String> = self.module_path().into_iter().map(str::to_owned).collect();
        let mut found = BTreeSet::new();
        for (at, _) in self.code.match_indices("crate::") {
            found.extend(paths(&[], &self.code[at + "crate::".len()..]));
        }
        for (at, _) in self.code.match_indices("super::") {
            let before = self.code[..at].trim_end_matches("super::");
            let climbed = (at - before.len()) / "super::".len() + 1;
            let base = &own[..own.len().saturating_sub(climbed)];
            found.extend(paths(base, &self.code[at + "super::".len()..]));
        }
        found
            .into_iter()
            .filter_map(|mut path| {
                while !modules.contains(&path) {
                    path.pop()?;
                }
                Some(path)
            })
            .filter(|path| path.first() == own.first())
            .collect()
    }

    /// Whether the whole file is for tests.
    fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.ends_with("tests.rs")
            || self.path == "test_support.rs"
    }

    /// The modules of the crate that it names.
    fn references(&self) -> BTreeSet<String> {
        let mut references = BTreeSet::new();
        for (at, start) in self.code.match_indices("crate::") {
            let rest = &self.code[at + start.len()..];
            match rest.strip_prefix('{') {
                Some(group) => references.extend(heads(group)),
                None => references.extend(word(rest)),
            }
        }
        references
    }

    /// Whether it climbs to the root of the crate by `super`, where references go unseen.
    fn climbs_out(&self) -> bool {
        let path = self.path.trim_end_matches("/mod.rs");
        self.code
            .contains(&"super::".repeat(path.split('/').count()))
    }

    /// Whether it names the crate, in a `use` or at the head of a path.
    fn names(&self, krate: &str) -> bool {
        // A module of the same name hides the crate.
        if self.code.contains(&format!("mod {krate};")) {
            return false;
        }
        self.code.match_indices(krate).any(|(at, _)| {
            let before = &self.code[..at];
            let after = &self.code[at + krate.len()..];
            let is_used = before.ends_with("use ") && after.starts_with([';', ' ']);
            let is_head = after.starts_with("::")
                && !before.ends_with("::")
                && !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
            is_used || is_head
        })
    }
}

/// The identifier that a text begins with.
fn word(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    Some(text[..end].to_owned()).filter(|word| !word.is_empty())
}

/// The first identifiers of the paths in a group, whose opening brace has been read.
fn heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 1;
    let mut rest = group;
    let mut expected = true;
    while let Some(c) = rest.chars().next() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => expected = true,
            _ if expected && !c.is_whitespace() => {
                heads.extend(word(rest));
                expected = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
        rest = &rest[c.len_utf8()..];
    }
    heads
}

/// The paths that a text begins with, below `base`: of `a::{b, c::D}` they are `a::b` and `a::c::D`.
fn paths(base: &[String], text: &str) -> Vec<Vec<String>> {
    if let Some(group) = text.strip_prefix('{') {
        let mut depth = 0;
        let mut begin = 0;
        let mut found = Vec::new();
        for (at, c) in group.char_indices() {
            match c {
                ',' | '}' if depth == 0 => {
                    found.extend(paths(base, group[begin..at].trim_start()));
                    begin = at + 1;
                    if c == '}' {
                        break;
                    }
                }
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
        }
        return found;
    }
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    let path = [base, &[text[..end].to_owned()]].concat();
    match text[end..].strip_prefix("::") {
        Some(rest) => paths(&path, rest),
        None => vec![path],
    }
}

/// The code of a file: what stands before its tests, without the lines that are comments.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// Every file of `src/`.
fn sources() -> Vec<Source> {
    let root = repository().join("src");
    let mut sources = Vec::new();
    collect(&root, &root, &mut sources);
    assert!(sources.len() > 50, "the files of src are found");
    sources
}

fn collect(root: &Path, directory: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(root).unwrap();
            sources.push(Source {
                path: path.to_str().unwrap().to_owned(),
                code: code(&text),
                text,
            });
        }
    }
}

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
