//! The files of `src/`, and the modules and crates that each of them names: a small parser of Rust.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::committed::repository;

/// One file of `src/`, without its comments and its tests.
pub(super) struct Source {
    /// Its path within `src/`.
    pub(super) path: String,
    /// The whole text.
    pub(super) text: String,
    /// What is compiled into the program.
    pub(super) code: String,
}

impl Source {
    /// The module of `lib.rs` that it belongs to.
    pub(super) fn module(&self) -> &str {
        let end = self.path.find(['/', '.']).expect("a name of a file");
        &self.path[..end]
    }

    /// Its path as a module: `store::swap`.
    pub(super) fn module_path(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs");
        path.trim_end_matches("/mod").split('/').collect()
    }

    /// The modules of its own top-level module that it names, as paths from there.
    pub(super) fn siblings(&self, modules: &BTreeSet<Vec<String>>) -> BTreeSet<Vec<String>> {
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
    pub(super) fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.ends_with("tests.rs")
            || self.path == "test_support.rs"
    }

    /// The modules of the crate that it names.
    pub(super) fn references(&self) -> BTreeSet<String> {
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
    pub(super) fn climbs_out(&self) -> bool {
        let path = self.path.trim_end_matches("/mod.rs");
        self.code
            .contains(&"super::".repeat(path.split('/').count()))
    }

    /// Whether it names the crate, in a `use` or at the head of a path.
    pub(super) fn names(&self, krate: &str) -> bool {
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
pub(super) fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// Every file of `src/`.
pub(super) fn sources() -> Vec<Source> {
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
