//! The server's log: kept short, and asked for the reason of a failure.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The log is put aside when a start finds it longer than this, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// How much of the log's end is read, in bytes.
const TAIL: u64 = 8 * 1024;

/// How many lines are quoted, and how many characters of each.
const LINES: usize = 3;
const LINE_LENGTH: usize = 300;

/// What ends the first line that a server writes, Redis or Valkey.
const BANNER: &str = " is starting oO0OoO0OoO0Oo";

/// What servers write at every start, and what says nothing of a failure.
const EVERYDAY: [&str; 13] = [
    "Redis version=",
    "Valkey version=",
    "Configuration loaded",
    "WARNING",
    "Warning: ",
    "monotonic clock: ",
    "Running mode=",
    "Server initialized",
    "Creating AOF ",
    "Opening AOF ",
    "DB loaded from ",
    "Done loading RDB",
    "ready to accept connections",
];

/// What a server writes when there is no room for the append-only file. A write that was cut short
/// is, with Redis 7.0, all that it says of a full disk.
const FULL_DISK: [&str; 3] = [
    "No space left on device",
    "Disk quota exceeded",
    "Short write while writing to the AOF file",
];

/// Where the log ends now, in bytes.
pub(super) fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Opens the log for what a server writes besides its log, having put a long one aside.
pub(super) fn open(path: &Path) -> io::Result<File> {
    if length(path) > LONGEST {
        fs::rename(path, path.with_extension("log.old"))?;
    }
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true).mode(0o600).open(path)
}

fn read(path: &Path, from: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(from.max(length.saturating_sub(TAIL))))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The end of what the last server wrote, as far as it says something.
#[derive(Debug)]
pub(super) struct Tail(Vec<String>);

impl Tail {
    /// The end of the log from that position on; nothing where it cannot be read.
    pub(super) fn since(path: &Path, from: u64) -> Self {
        Self::of(&read(path, from).unwrap_or_default())
    }

    fn of(text: &str) -> Self {
        let (_, text) = text.rsplit_once(BANNER).unwrap_or(("", text));
        let messages = text.lines().map(message);
        let telling = messages.filter(|message| !is_everyday(message));
        let mut lines: Vec<_> = telling.map(visible).collect();
        lines.drain(..lines.len().saturating_sub(LINES));
        Self(lines)
    }

    /// The lines as one, without control characters; nothing where no line says anything.
    pub(super) fn text(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join("; "))
    }

    pub(super) fn tells_of_full_disk(&self) -> bool {
        let tells = |line: &String| FULL_DISK.iter().any(|known| line.contains(known));
        self.0.iter().any(tells)
    }
}

/// The message of a line, without the process, the time and the level that come before it:
/// `7758:M 23 Nov 2026 18:07:07.726 # Can't open the append-only file`.
fn message(line: &str) -> &str {
    let mut parts = line.splitn(7, ' ');
    let is_logged = parts.next().is_some_and(|process| process.contains(':'))
        && parts.nth(4).is_some_and(|level| level.len() == 1);
    match parts.next() {
        Some(message) if is_logged => message.trim(),
        _ => line.trim(),
    }
}

fn is_everyday(message: &str) -> bool {
    message.is_empty() || EVERYDAY.iter().any(|known| message.contains(known))
}

fn visible(message: &str) -> String {
    let mut text = String::new();
    for character in message.chars().take(LINE_LENGTH) {
        if character.is_control() {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str = "\
1:C 23 Nov 2026 18:07:07.619 # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo
1:C 23 Nov 2026 18:07:07.619 # Redis version=7.0.15, bits=64, commit=00000000, modified=0, pid=1, just started
1:C 23 Nov 2026 18:07:07.619 # Configuration loaded
1:M 23 Nov 2026 18:07:07.619 # WARNING Memory overcommit must be enabled!
1:M 23 Nov 2026 18:07:07.620 * The server is now ready to accept connections at notes.sock
";

    #[test]
    fn the_last_words_of_the_last_server_are_quoted_without_their_times() {
        let log = format!(
            "{START}1:M 23 Nov 2026 18:07:08.000 # of old\n{START}\
             1:M 23 Nov 2026 18:07:09.000 # Short write while writing to the AOF file: (nwritten=1, expected=2)\n\
             1:M 23 Nov 2026 18:07:09.000 # Can't recover from AOF write error\n"
        );
        let tail = Tail::of(&log);
        assert_eq!(
            tail.text().unwrap(),
            "Short write while writing to the AOF file: (nwritten=1, expected=2); \
             Can't recover from AOF write error"
        );
        assert!(tail.tells_of_full_disk());
    }

    #[test]
    fn a_start_like_any_other_says_nothing() {
        assert_eq!(Tail::of(START).text(), None);
        assert_eq!(Tail::of("").text(), None);
    }

    #[test]
    fn what_the_server_writes_outside_its_log_is_quoted_too() {
        let log = "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration \
                   file, at line 2\n>>> 'no \"such\"'\nBad directive\n";
        assert_eq!(
            Tail::of(log).text().unwrap(),
            "Reading the configuration file, at line 2; >>> 'no \"such\"'; Bad directive"
        );
    }

    #[test]
    fn control_characters_are_shown_and_bad_utf_8_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        assert_eq!(Tail::since(&log, 0).text(), None);
        fs::write(&log, b"before\n").unwrap();
        let end = length(&log);
        fs::write(&log, b"before\nbell \x07 \x1b[31m \xff\n").unwrap();
        assert_eq!(
            Tail::since(&log, end).text().unwrap(),
            "bell \\u{7} \\u{1b}[31m \u{fffd}"
        );
    }

    #[test]
    fn little_of_a_long_log_is_read_and_the_next_start_puts_it_aside() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("redis.log");
        fs::write(&log, "a line of the log\n".repeat(100_000)).unwrap();
        assert!(read(&log, 0).unwrap().len() <= 8 * 1024);
        open(&log).unwrap();
        assert_eq!(length(&log), 0);
        assert!(directory.path().join("redis.log.old").exists());
    }
}
