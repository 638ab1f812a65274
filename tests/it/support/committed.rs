//! Files of the repository that a test makes: whether they are what they should be.
//!
//! With `SNAPSHOTS=overwrite` in the environment they are made so instead.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use snapbox::assert::{Action, DEFAULT_ACTION_ENV};
use snapbox::{Assert, Data, IntoData as _};

/// A directory of the repository, all of whose files with one ending are made by a test.
pub(crate) struct Committed {
    /// Its path from the root of the repository.
    pub(crate) directory: &'static str,
    /// The ending of the names; empty where every file is made.
    pub(crate) ending: &'static str,
    /// The test, as `cargo test --test it` takes its name.
    pub(crate) test: &'static str,
}

impl Committed {
    /// Fails if a file is stale, missing or superfluous, and names the command that puts it right.
    pub(crate) fn assert_is(&self, files: &BTreeMap<String, String>) {
        let directory = repository().join(self.directory);
        let overwrite =
            Action::with_env_var(DEFAULT_ACTION_ENV).is_some_and(|it| it == Action::Overwrite);
        if overwrite {
            fs::create_dir_all(&directory).unwrap();
        }
        let mut faults: Vec<String> = Vec::new();
        for name in self.names(&directory) {
            if files.contains_key(&name) {
                continue;
            }
            if overwrite {
                fs::remove_file(directory.join(&name)).unwrap();
            } else {
                faults.push(format!("{}/{name} is superfluous", self.directory));
            }
        }
        let assert = Assert::new().action_env(DEFAULT_ACTION_ENV);
        for (name, text) in files {
            let path = directory.join(name);
            let committed = if path.exists() {
                Data::read_from(&path, None)
            } else if overwrite {
                fs::write(&path, text).unwrap();
                continue;
            } else {
                faults.push(format!("{}/{name} is missing", self.directory));
                continue;
            };
            if let Err(error) = assert.try_eq(None, text.clone().into_data(), committed.raw()) {
                faults.push(format!("{}/{name} is stale: {error}", self.directory));
            }
        }
        assert!(
            faults.is_empty(),
            "{}\nto make them anew: {DEFAULT_ACTION_ENV}=overwrite cargo test --test it {}",
            faults.join("\n"),
            self.test
        );
    }

    /// The names of the files that are there.
    fn names(&self, directory: &Path) -> Vec<String> {
        fs::read_dir(directory)
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(self.ending))
            .collect()
    }
}

/// Fails if a file that a test makes is stale, and names the command that puts it right.
pub(crate) fn assert_file_is(path: &str, expected: String, test: &str) {
    let committed = Data::read_from(&repository().join(path), None);
    let assert = Assert::new().action_env(DEFAULT_ACTION_ENV);
    if let Err(error) = assert.try_eq(None, expected.into_data(), committed.raw()) {
        panic!(
            "{path} is stale: {error}\nto make it anew: {DEFAULT_ACTION_ENV}=overwrite cargo test --test it {test}"
        );
    }
}

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
