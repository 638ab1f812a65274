//! A terminal that goes away under the programs on it, as when a window is closed or a connection lost.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};

use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group};
use rustix::pty::{OpenptFlags, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::{Sandbox, eventually, program};

/// How long a program may take to say what is waited for.
const PATIENCE: Timespec = Timespec {
    tv_sec: 20,
    tv_nsec: 0,
};

/// A script of a shell on a terminal of its own. SIGHUP is ignored, as under nohup.
pub(crate) struct LostTerminal {
    /// The terminal's other side.
    master: Option<File>,
    shell: Mutex<Box<dyn ChildWrapper>>,
    seen: String,
}

impl Sandbox {
    /// Runs a script of a shell, in which `$notes` is the program.
    pub(crate) fn on_lost_terminal(&self, script: &str) -> LostTerminal {
        let size = Winsize {
            ws_row: 20,
            ws_col: 100,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        // A program that another test runs must not keep it open.
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = openpt(flags).expect("a pseudo-terminal");
        unlockpt(&master).unwrap();
        tcsetwinsize(&master, size).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        // A session takes the first terminal that it opens for its own.
        let script = format!("trap '' HUP; exec <\"$0\" >\"$0\" 2>&1; {script}");
        let mut command = self.command_by("sh");
        command
            .args(["-c", &script])
            .arg(OsStr::from_bytes(name.as_bytes()))
            .env("notes", program())
            .env("TERM", "xterm-256color")
            .stdin(Stdio::null());
        let shell = CommandWrap::from(command).wrap(ProcessSession).spawn();
        LostTerminal {
            master: Some(master.into()),
            shell: Mutex::new(shell.expect("a shell")),
            seen: String::new(),
        }
    }
}

impl LostTerminal {
    /// Waits until this appears.
    pub(crate) fn see(&mut self, text: &str) {
        let master = self.master.as_mut().expect("the terminal is there");
        while !self.seen.contains(text) {
            let mut ready = [PollFd::new(master, PollFlags::IN)];
            let count = poll(&mut ready, Some(&PATIENCE)).unwrap();
            assert_eq!(count, 1, "{text} does not appear: {}", self.seen);
            let mut bytes = [0; 4096];
            let length = master.read(&mut bytes).expect("the program goes on");
            self.seen
                .push_str(&String::from_utf8_lossy(&bytes[..length]));
        }
    }

    /// Types some keys.
    pub(crate) fn type_keys(&mut self, keys: &str) {
        let master = self.master.as_mut().expect("the terminal is there");
        master.write_all(keys.as_bytes()).unwrap();
    }

    /// Takes the terminal away, and returns how the shell ended, as the shell above it would count it.
    pub(crate) fn lose(mut self) -> i32 {
        self.master = None;
        eventually("the program ends with its terminal", || {
            let mut shell = self.shell.lock().unwrap();
            shell.try_wait().unwrap().is_some()
        });
        let status = self.shell.lock().unwrap().wait().unwrap();
        let signal = status.signal().map(|signal| 128 + signal);
        status.code().or(signal).expect("a code or a signal")
    }
}

impl Drop for LostTerminal {
    fn drop(&mut self) {
        let mut shell = self.shell.lock().unwrap_or_else(PoisonError::into_inner);
        let group = i32::try_from(shell.id()).ok().and_then(Pid::from_raw);
        // It fails where all have ended.
        let _ = kill_process_group(group.expect("a process"), Signal::KILL);
        let _ = shell.wait();
    }
}
