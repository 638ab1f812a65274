//! `notes` on a pseudo-terminal, as a person at a keyboard runs it.

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Stdio};

use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};
use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use signal_hook::consts::SIGINT;
use vt100::{Cell, Color, Parser};

use super::interrupts::heed_interrupts;
use super::{Sandbox, program};

/// How long the program may take to say what is waited for, in milliseconds.
const PATIENCE: u64 = 20_000;

/// What ends the use of the whole screen.
const OFF_SCREEN: &str = "\u{1b}[?1049l";

/// A run of `notes` on a terminal.
pub(crate) struct Terminal {
    session: PtySession,
    /// What was printed until what was waited for last.
    seen: String,
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

    /// Runs a script of a shell on a terminal, in which `$notes` is the program.
    pub(crate) fn script_on_terminal(&self, script: &str, variables: &[(&str, &str)]) -> Terminal {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let notes = program().to_str().expect("a path in UTF-8");
        self.on_terminal(command, &[&[("notes", notes)], variables].concat())
    }

    /// Runs `notes` as the leader of the session of a terminal, which goes away once the descriptor
    /// is dropped. Its shell does `before` first.
    pub(crate) fn on_leaving_terminal(
        &self,
        before: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> (OwnedFd, Box<dyn ChildWrapper>) {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC);
        let master = master.expect("a pseudo-terminal");
        grantpt(&master).expect("a pseudo-terminal");
        unlockpt(&master).expect("a pseudo-terminal");
        let path = ptsname(&master, Vec::new()).expect("a pseudo-terminal");
        // The leader of a session without a terminal gets the one that it opens.
        let script = format!("{before}; exec <\"$0\" >\"$0\" 2>&1; exec \"$@\"");
        let mut command = self.command_by("sh");
        command
            .args(["-c", &script])
            .arg(OsStr::from_bytes(path.as_bytes()))
            .arg(program())
            .args(arguments)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut command = CommandWrap::from(command);
        let child = command.wrap(ProcessSession).spawn().expect("sh can be run");
        (master, child)
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
        if let Some(url) = &self.url {
            command.env("REDIS_URL", url);
        }
        heed_interrupts();
        let session = spawn_command(command, Some(PATIENCE)).expect("a pseudo-terminal");
        Terminal {
            session,
            seen: String::new(),
        }
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
        let bytes: String = text.bytes().map(char::from).collect();
        let before = self.session.exp_string(&bytes);
        let before = before.expect("the text appears");
        self.seen.push_str(&before);
        self.seen.push_str(&bytes);
        before
    }

    /// Types some keys.
    pub(crate) fn type_keys(&mut self, keys: &str) {
        self.session.send(keys).expect("the terminal takes keys");
        self.session.flush().expect("the terminal takes keys");
    }

    /// Waits for the end of a program that had the whole screen: what was on that at last, what was
    /// printed afterwards, and the exit code.
    pub(crate) fn end_of_screen(self, (columns, lines): (u16, u16)) -> (Parser, String, i32) {
        let seen = self.seen.clone();
        let (text, code) = self.end();
        let (rest, after) = text.rsplit_once(OFF_SCREEN).expect("the screen is left");
        let [columns, lines] = [columns, lines].map(|length| length.try_into().expect("not 0"));
        let mut screen = Parser::new(lines, columns, 0);
        screen.process(decoded(&seen).as_bytes());
        screen.process(rest.as_bytes());
        (screen, after.to_owned(), code)
    }

    /// Waits for the end, and returns true if SIGINT was its cause.
    pub(crate) fn ends_by_interrupt(mut self) -> bool {
        self.session.exp_eof().expect("the program ends");
        let status = self.session.process().wait().expect("the program ends");
        matches!(status, WaitStatus::Signaled(_, signal, _) if signal as i32 == SIGINT)
    }

    /// Waits for the end: the rest of what was printed, and the exit code as a shell counts it.
    pub(crate) fn end(mut self) -> (String, i32) {
        let text = self.session.exp_eof().expect("the program ends");
        let code = match self.session.process().wait().expect("the program ends") {
            WaitStatus::Exited(_, code) => code,
            WaitStatus::Signaled(_, signal, _) => 128 + signal as i32,
            other => panic!("{other:?}: {text}"),
        };
        (decoded(&text).replace("\r\n", "\n"), code)
    }
}

/// The text of the bytes: rexpect makes each byte a character.
fn decoded(text: &str) -> String {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    let bytes = bytes.expect("rexpect makes each byte a character");
    String::from_utf8(bytes).expect("the program prints UTF-8")
}

/// The text on a screen, with the sequences that style it.
pub(crate) fn styled(screen: &Parser) -> String {
    let screen = screen.screen();
    let (lines, columns) = screen.size();
    let mut text = String::new();
    for line in 0..lines.get() {
        let cells = (0..columns.get()).filter_map(|column| screen.cell(line, column));
        let mut last = String::new();
        for cell in cells.filter(|cell| !cell.is_wide_continuation()) {
            let style = style(cell);
            if style != last {
                text.push_str(&style);
                last = style;
            }
            text.push_str(if cell.has_contents() {
                cell.contents()
            } else {
                " "
            });
        }
        text.push_str("\u{1b}[0m\n");
    }
    text
}

fn style(cell: &Cell) -> String {
    // The drawing understands one colour a sequence.
    let color = |ground: u8, color| match color {
        Color::Idx(index) => format!("\u{1b}[{ground}8;5;{index}m"),
        _ => String::new(),
    };
    [
        "\u{1b}[0m",
        if cell.bold() { "\u{1b}[1m" } else { "" },
        if cell.italic() { "\u{1b}[3m" } else { "" },
        &color(3, cell.fgcolor()),
        &color(4, cell.bgcolor()),
    ]
    .concat()
}
