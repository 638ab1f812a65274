//! Where the server and its client are installed, and how to get them where they are not.
//!
//! The search path comes in as a value. Nothing is run here.

use std::ffi::{OsStr, OsString};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// What execvp(3) searches where there is no search path.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

const SERVERS: [&str; 2] = ["redis-server", "valkey-server"];
const CLIENTS: [&str; 2] = ["redis-cli", "valkey-cli"];

/// The package managers, the ones that come with a system before the one that is added to it.
const INSTALLERS: [Installer; 6] = [
    Installer::new("apt-get", "apt-get install", "redis-server", "redis-tools"),
    Installer::new("dnf", "dnf install", "valkey", "valkey"),
    Installer::new("apk", "apk add", "valkey", "valkey-cli"),
    Installer::new("pacman", "pacman -S", "valkey", "valkey"),
    Installer::new("zypper", "zypper install", "valkey", "valkey"),
    Installer::new("brew", "brew install", "redis", "redis"),
];

struct Installer {
    program: &'static str,
    command: &'static str,
    server: &'static str,
    client: &'static str,
}

impl Installer {
    const fn new(
        program: &'static str,
        command: &'static str,
        server: &'static str,
        client: &'static str,
    ) -> Self {
        Self {
            program,
            command,
            server,
            client,
        }
    }
}

/// The directories in which programs are looked for, in their order.
///
/// Relative ones are passed over: what runs in the background for days must not come from whatever
/// directory a first command was given in.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    directories: Vec<PathBuf>,
}

impl Programs {
    /// Reads a search path in the form of `PATH`; without one, takes the system's default.
    pub(super) fn new(search_path: Option<&OsStr>) -> Self {
        let path = search_path.map_or_else(|| OsString::from(DEFAULT_PATH), OsStr::to_owned);
        let directories = std::env::split_paths(&path)
            .filter(|directory| directory.is_absolute())
            .collect();
        Self { directories }
    }

    /// The server, by its absolute path.
    pub(super) fn server(&self) -> Option<PathBuf> {
        self.first(&SERVERS)
    }

    /// The client, by its absolute path.
    pub(super) fn client(&self) -> Option<PathBuf> {
        self.first(&CLIENTS)
    }

    /// An instruction for the user of that id how to install a server here.
    pub(super) fn install_server(&self, user: u32) -> String {
        self.install(user, |installer| installer.server)
    }

    /// The same for a client.
    pub(super) fn install_client(&self, user: u32) -> String {
        self.install(user, |installer| installer.client)
    }

    fn install(&self, user: u32, package: fn(&Installer) -> &'static str) -> String {
        let is_here = |installer: &&Installer| self.first(&[installer.program]).is_some();
        let Some(installer) = INSTALLERS.iter().find(is_here) else {
            return "install Redis (https://redis.io) or Valkey".to_owned();
        };
        // Containers have a root user and, mostly, no sudo; brew refuses to be run by root.
        let sudo = if user == 0 || installer.program == "brew" {
            ""
        } else {
            "sudo "
        };
        format!(
            "install one with `{sudo}{} {}`",
            installer.command,
            package(installer)
        )
    }

    fn first(&self, names: &[&str]) -> Option<PathBuf> {
        let in_any_directory = |name: &&str| {
            let candidates = self
                .directories
                .iter()
                .map(|directory| directory.join(name));
            candidates.into_iter().find(|path| is_executable(path))
        };
        names.iter().find_map(in_any_directory)
    }
}

fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    fn directory_of(names: &[&str]) -> TempDir {
        let directory = tempfile::tempdir().unwrap();
        for name in names {
            let path = directory.path().join(name);
            fs::write(&path, "#!/bin/sh\n").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        directory
    }

    fn programs(directories: &[&Path]) -> Programs {
        Programs::new(Some(&std::env::join_paths(directories).unwrap()))
    }

    #[test]
    fn redis_is_preferred_to_valkey_whatever_the_order_of_the_directories() {
        let (valkey, redis) = (
            directory_of(&["valkey-server"]),
            directory_of(&["redis-server"]),
        );
        let both = programs(&[valkey.path(), redis.path()]);
        assert_eq!(both.server(), Some(redis.path().join("redis-server")));
        assert_eq!(
            programs(&[valkey.path()]).server(),
            Some(valkey.path().join("valkey-server"))
        );
    }

    #[test]
    fn what_cannot_be_executed_is_passed_over() {
        let directory = directory_of(&["valkey-cli"]);
        fs::write(directory.path().join("redis-cli"), "").unwrap();
        fs::create_dir(directory.path().join("redis-server")).unwrap();
        let programs = programs(&[directory.path()]);
        assert_eq!(programs.client(), Some(directory.path().join("valkey-cli")));
        assert_eq!(programs.server(), None);
    }

    #[test]
    fn relative_directories_are_passed_over() {
        let directories = Programs::new(Some(OsStr::new(".::bin:/bin"))).directories;
        assert_eq!(directories, [Path::new("/bin")]);
    }

    #[test]
    fn the_install_command_is_that_of_the_system_and_of_the_user() {
        let cases = [
            ("apt-get", 1000, "sudo apt-get install redis-server"),
            ("apt-get", 0, "apt-get install redis-server"),
            ("dnf", 1000, "sudo dnf install valkey"),
            ("apk", 0, "apk add valkey"),
            ("brew", 501, "brew install redis"),
        ];
        for (program, user, expected) in cases {
            let directory = directory_of(&[program]);
            let install = programs(&[directory.path()]).install_server(user);
            assert_eq!(install, format!("install one with `{expected}`"));
        }
        let both = directory_of(&["brew", "pacman"]);
        assert_eq!(
            programs(&[both.path()]).install_client(1000),
            "install one with `sudo pacman -S valkey`"
        );
        let none = directory_of(&[]);
        assert_eq!(
            programs(&[none.path()]).install_server(0),
            "install Redis (https://redis.io) or Valkey"
        );
    }
}
