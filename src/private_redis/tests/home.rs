//! A data directory for one test, from which every server is gone when the test ends.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use rustix::process::Pid;
use tempfile::TempDir;

use crate::private_redis::{PrivateRedis, client};
use crate::test_support::servers::{kill_servers_in, servers_in};

/// More than any start or stop takes, on a machine that is busy with other tests.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

/// A data directory, and a directory for programs that stand in for the machine's.
pub(super) struct Home {
    root: TempDir,
    data: PathBuf,
}

impl Home {
    pub(super) fn new() -> Self {
        Self::named(OsStr::new("data"))
    }

    /// One whose data directory has that name. It is in `/tmp`, as sockets need short paths.
    pub(super) fn named(name: &OsStr) -> Self {
        let root = tempfile::Builder::new()
            .prefix("nr-")
            .tempdir_in("/tmp")
            .unwrap();
        let data = root.path().join(name);
        fs::create_dir(root.path().join("bin")).unwrap();
        Self { root, data }
    }

    pub(super) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// The private Redis of this home with the programs of this machine.
    pub(super) fn redis(&self) -> PrivateRedis {
        PrivateRedis::new(&self.data, &env::var_os("PATH").unwrap()).unwrap()
    }

    /// The private Redis of this home with no programs but those given here.
    pub(super) fn redis_with(&self, programs: &[(&str, &str)]) -> PrivateRedis {
        let bin = self.root.path().join("bin");
        for (name, script) in programs {
            let path = bin.join(name);
            fs::write(&path, script).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        PrivateRedis::new(&self.data, bin.as_os_str()).unwrap()
    }

    /// Returns the answer of the running server to a command.
    pub(super) fn ask(&self, arguments: &[&str]) -> String {
        let redis = self.redis();
        let output = Command::new(client(&env::var_os("PATH").unwrap()).unwrap())
            .arg("-s")
            .arg(redis.socket())
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    /// The processes that run in the directory of the private Redis.
    pub(super) fn servers(&self) -> Vec<Pid> {
        servers_in(&self.data.join("redis"))
    }

    /// Kills every server, as a power cut would, and waits until they are gone.
    pub(super) fn kill_servers(&self) {
        kill_servers_in(&self.data.join("redis"));
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.kill_servers();
    }
}

/// The process of a server that was started now.
pub(super) fn started(pid: Option<u32>) -> Pid {
    raw(pid.expect("it did not run"))
}

pub(super) fn raw(pid: u32) -> Pid {
    Pid::from_raw(i32::try_from(pid).unwrap()).unwrap()
}

/// A name of that many bytes.
pub(super) fn name_of(length: usize) -> std::ffi::OsString {
    OsStr::from_bytes(&vec![b'n'; length]).to_owned()
}
