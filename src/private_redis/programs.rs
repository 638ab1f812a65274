//! Finds the server and its client, and names the command that installs them.
//!
//! The search path is a value. Nothing is run here.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

const SERVERS: [&str; 2] = ["redis-server", "valkey-server"];
const CLIENTS: [&str; 2] = ["redis-cli", "valkey-cli"];

/// A package manager, its command to install, and its packages of the server and of the client.
type Installer = [&'static str; 4];

/// The package managers: those of a system before brew, which users add to one.
const INSTALLERS: [Installer; 6] = [
    ["apt-get", "install", "redis-server", "redis-tools"],
    ["dnf", "install", "valkey", "valkey"],
    ["apk", "add", "valkey", "valkey-cli"],
    ["pacman", "-S", "valkey", "valkey"],
    ["zypper", "install", "valkey", "valkey"],
    ["brew", "install", "redis", "redis"],
];

pub(super) fn server(search_path: &OsStr) -> Option<PathBuf> {
    find(search_path, &SERVERS)
}

pub(super) fn client(search_path: &OsStr) -> Option<PathBuf> {
    find(search_path, &CLIENTS)
}

/// Returns a hint for a user of that id to install a server on this system.
pub(super) fn install_server(search_path: &OsStr, user: u32) -> String {
    install(search_path, user, |[_, _, server, _]| server)
}

pub(super) fn install_client(search_path: &OsStr, user: u32) -> String {
    install(search_path, user, |[_, _, _, client]| client)
}

fn install(search_path: &OsStr, user: u32, package: fn(&Installer) -> &str) -> String {
    let Some(installer) = INSTALLERS
        .iter()
        .find(|[program, ..]| find(search_path, &[program]).is_some())
    else {
        return "install Redis (https://redis.io) or Valkey".to_owned();
    };
    let [program, option, ..] = installer;
    // Containers run as root, mostly without sudo; brew refuses to run as root.
    let needs_none = user == 0 || *program == "brew";
    let sudo = if needs_none { "" } else { "sudo " };
    let package = package(installer);
    format!("install one with `{sudo}{program} {option} {package}`")
}

/// Finds the first of some programs. Relative directories are skipped: a server that runs for days must
/// not depend on the working directory of the first command.
fn find(search_path: &OsStr, names: &[&str]) -> Option<PathBuf> {
    for name in names {
        for directory in std::env::split_paths(search_path) {
            let path = directory.join(name);
            if path.is_absolute() && is_executable(&path) {
                return Some(path);
            }
        }
    }
    None
}

fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
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

    fn path(directories: &[&Path]) -> OsString {
        std::env::join_paths(directories).unwrap()
    }

    #[test]
    fn redis_is_preferred_to_valkey_whatever_the_order_of_the_directories() {
        let (valkey, redis) = (
            directory_of(&["valkey-server"]),
            directory_of(&["redis-server"]),
        );
        let both = path(&[valkey.path(), redis.path()]);
        assert_eq!(server(&both), Some(redis.path().join("redis-server")));
        assert_eq!(
            server(&path(&[valkey.path()])),
            Some(valkey.path().join("valkey-server"))
        );
    }

    #[test]
    fn what_cannot_be_executed_is_passed_over() {
        let directory = directory_of(&["valkey-cli"]);
        fs::write(directory.path().join("redis-cli"), "").unwrap();
        fs::create_dir(directory.path().join("redis-server")).unwrap();
        let path = path(&[directory.path()]);
        assert_eq!(client(&path), Some(directory.path().join("valkey-cli")));
        assert_eq!(server(&path), None);
    }

    #[test]
    fn relative_directories_are_passed_over() {
        let directory = directory_of(&["redis-cli"]);
        let here = std::env::current_dir().unwrap();
        let up: PathBuf = here.components().skip(1).map(|_| "..").collect();
        let relative = up.join(directory.path().strip_prefix("/").unwrap());
        assert!(relative.join("redis-cli").exists());
        assert_eq!(client(relative.as_os_str()), None);
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
            let install = install_server(directory.path().as_os_str(), user);
            assert_eq!(install, format!("install one with `{expected}`"));
        }
        let both = directory_of(&["brew", "pacman"]);
        assert_eq!(
            install_client(both.path().as_os_str(), 1000),
            "install one with `sudo pacman -S valkey`"
        );
        let none = directory_of(&[]);
        assert_eq!(
            install_server(none.path().as_os_str(), 0),
            "install Redis (https://redis.io) or Valkey"
        );
    }
}
