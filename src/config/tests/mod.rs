//! The settings of one machine, from files that really are on the disk.

mod example;
mod places;
mod secrets;
mod server;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

/// A machine with one user: an environment, a working directory and a home, all empty at first.
struct Machine {
    root: TempDir,
    environment: Vec<(String, String)>,
    flags: Flags,
}

impl Machine {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("work")).unwrap();
        fs::create_dir_all(root.path().join("home/.config/notes")).unwrap();
        let home = root.path().join("home").to_str().unwrap().to_owned();
        Self {
            root,
            environment: vec![("HOME".to_owned(), home)],
            flags: Flags::default(),
        }
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    fn flag_url(mut self, url: &str) -> Self {
        self.flags.redis_url = Some(Secret::from(url));
        self
    }

    fn working_file(self, text: &str) -> Self {
        fs::write(self.working_dir().join(".env"), text).unwrap();
        self
    }

    fn own_file(self, text: &str) -> Self {
        fs::write(self.own_path(), text).unwrap();
        self
    }

    fn without_home(mut self) -> Self {
        self.environment.retain(|(name, _)| name != "HOME");
        self
    }

    fn working_dir(&self) -> PathBuf {
        self.root.path().join("work")
    }

    fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    fn own_path(&self) -> PathBuf {
        self.home().join(".config/notes/.env")
    }

    fn load(&self) -> Result<Settings, Error> {
        let environment = self.environment.iter().cloned().collect();
        Settings::load(&self.flags, &environment, Some(&self.working_dir()))
    }

    fn settings(&self) -> Settings {
        self.load().unwrap()
    }

    fn error(&self) -> String {
        self.load().unwrap_err().to_string()
    }

    fn named(&self) -> Address {
        self.settings().server.expect("no server was named")
    }

    /// The server as one line: where it is, and what named it.
    fn server(&self) -> String {
        let Some(address) = self.settings().server else {
            return "private".to_owned();
        };
        let own = self.own_path();
        let origin = address
            .origin
            .replace(own.to_str().unwrap(), "~/.config/notes/.env");
        format!("{address}, {origin}")
    }
}

fn password(server: &Address) -> Option<&str> {
    Some(server.password.as_ref()?.expose())
}
