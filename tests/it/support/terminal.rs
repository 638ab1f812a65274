//! `notes` on a pseudo-terminal, as a person at a keyboard runs it.

use std::process::Command;

use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use super::interrupts::heed_interrupts;
use super::{Sandbox, program};

/// How long the program may take to say what is waited for, in milliseconds.
const PATIENCE: u64 = 20_000;

/// A run of `notes` on a terminal.
pub(crate) struct Terminal {
    session: PtySession,
}

impl Sandbox {
    /// Runs `notes` on a terminal of 80 columns, with these variables besides the usual ones.
    pub(crate) fn terminal(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Terminal {
        let mut command = Command::new(program());
        command.args(arguments);
        self.on_terminal(command, variables)
    }

    /// The same on a terminal of this size: columns, lines. The exit code is 99 if the modes of the
    /// terminal are not what they were; the number of the process is in the file `pid`.
    pub(crate) fn full_screen(
        &self,
        (columns, lines): (u16, u16),
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Terminal {
        let script = "stty cols \"$COLUMNS\" rows \"$LINES\"; stty -a >before; \
                      sh -c 'echo $$ >pid; exec \"$@\"' sh \"$@\"; code=$?; \
                      stty -a >after; cmp before after || code=99; exit $code";
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh"]).arg(program());
        command.args(arguments);
        let [columns, lines] = [columns, lines].map(|length| length.to_string());
        let size = [("COLUMNS", columns.as_str()), ("LINES", lines.as_str())];
        self.on_terminal(command, &[&size, variables].concat())
    }

    fn on_terminal(&self, mut command: Command, variables: &[(&str, &str)]) -> Terminal {
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("TERM", "xterm-256color")
            .env("COLUMNS", "80")
            .current_dir(self.home())
            .envs(variables.iter().copied());
        if let Some(redis) = &self.redis {
            command.env("REDIS_URL", redis.url());
        }
        heed_interrupts();
        let session = spawn_command(command, Some(PATIENCE)).expect("a pseudo-terminal");
        Terminal { session }
    }

    /// What a run on a terminal prints, line ends as a program writes them.
    pub(crate) fn screen(&self, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let (text, code) = self.terminal(arguments, variables).end();
        assert_eq!(code, 0, "{text}");
        text
    }
}

impl Terminal {
    /// Waits until this appears, and returns what came before it.
    pub(crate) fn see(&mut self, text: &str) -> String {
        self.session.exp_string(text).expect("the text appears")
    }

    /// Types some keys.
    pub(crate) fn type_keys(&mut self, keys: &str) {
        self.session.send(keys).expect("the terminal takes keys");
        self.session.flush().expect("the terminal takes keys");
    }

    /// Waits for the end: the rest of what was printed, and the exit code.
    pub(crate) fn end(mut self) -> (String, i32) {
        let text = self.session.exp_eof().expect("the program ends");
        match self.session.process().wait().expect("the program ends") {
            WaitStatus::Exited(_, code) => (decoded(&text).replace("\r\n", "\n"), code),
            other => panic!("{other:?}: {text}"),
        }
    }
}

/// The text of the bytes: rexpect makes each byte a character.
pub(crate) fn decoded(text: &str) -> String {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    let bytes = bytes.expect("rexpect makes each byte a character");
    String::from_utf8(bytes).expect("the program prints UTF-8")
}
