//! The server's log: asked for the reason of a failure.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The most lines that are quoted.
const LINES: usize = 3;

/// Warnings that some servers write at every start.
const EVERYDAY: [&str; 7] = [
    " is starting oO0OoO0OoO0Oo",
    "Redis version=",
    "Valkey version=",
    "Configuration loaded",
    "Server initialized",
    "WARNING",
    "Warning: ",
];

/// Lines of a server whose append-only file has no room. Redis 7.0 reports a full disk only as a short
/// write.
const FULL_DISK: [&str; 3] = [
    "No space left on device",
    "Disk quota exceeded",
    "Short write while writing to the AOF file",
];

/// The words of a server that starts without the end of its append-only file.
const CUT_OFF: &str = "Truncating the AOF";

/// The words of a server that cannot read its append-only file, or the manifest that names its parts.
const DAMAGED_FILE: [&str; 5] = [
    "reading the append only file",
    "AOF manifest",
    "Unable to obtain the AOF file",
    "AOF loading aborted",
    "the truncated file is not the last file",
];

/// Advice of the server that loses notes where it is followed without a copy.
const ADVICE: &str = ": make a backup";

/// Begins a log, having put that of the last start aside, and opens it for what a server writes
/// besides its log.
pub(super) fn begin(path: &Path) -> io::Result<File> {
    // The first start finds none.
    let _ = fs::rename(path, path.with_extension("log.old"));
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600).open(path)
}

/// The end of the log as far as it says something; empty where it cannot be read.
pub(super) fn tail(path: &Path) -> Vec<String> {
    let text = fs::read(path).unwrap_or_default();
    telling_lines(&String::from_utf8_lossy(&text))
}

pub(super) fn tells_of_full_disk(lines: &[String]) -> bool {
    let mut known = FULL_DISK.iter();
    known.any(|known| lines.iter().any(|line| line.contains(known)))
}

/// Returns true if the server dropped the end of its append-only file as it started.
pub(super) fn tells_of_cut(path: &Path) -> bool {
    let text = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&text).contains(CUT_OFF)
}

/// Returns the words about a file that the server could not read, without its advice; `None` if the
/// lines are about something else.
pub(super) fn damage(lines: &[String]) -> Option<String> {
    let text = lines.join("; ");
    let mut known = DAMAGED_FILE.iter();
    if !known.any(|known| text.contains(known)) {
        return None;
    }
    text.split(ADVICE).next().map(str::to_owned)
}

fn telling_lines(text: &str) -> Vec<String> {
    let is_everyday = |message: &&str| EVERYDAY.iter().any(|known| message.contains(known));
    let messages = text.lines().filter_map(message);
    let mut lines: Vec<_> = messages.filter(|it| !is_everyday(it)).collect();
    let passed_over = lines.len().saturating_sub(LINES);
    lines
        .split_off(passed_over)
        .into_iter()
        .map(str::to_owned)
        .collect()
}

/// The message of a line, without the process, the time and the level that come before it:
/// `7758:M 23 Nov 2026 18:07:07.726 # Can't open the append-only file`. None for a mere notice (`*`).
fn message(line: &str) -> Option<&str> {
    let parts: Vec<_> = line.splitn(7, ' ').collect();
    let message = match parts.as_slice() {
        [process, _, _, _, _, "*", _] if process.contains(':') => "",
        [process, _, _, _, _, level, message] if process.contains(':') && level.len() == 1 => {
            message
        }
        _ => line,
    };
    Some(message.trim()).filter(|message| !message.is_empty())
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
            "{START}\
             1:M 23 Nov 2026 18:07:09.000 # Short write while writing to the AOF file: (nwritten=1, expected=2)\n\
             1:M 23 Nov 2026 18:07:09.000 # Can't recover from AOF write error\n"
        );
        let lines = telling_lines(&log);
        assert_eq!(
            lines.join("; "),
            "Short write while writing to the AOF file: (nwritten=1, expected=2); \
             Can't recover from AOF write error"
        );
        assert!(tells_of_full_disk(&lines));
    }

    #[test]
    fn a_start_like_any_other_says_nothing() {
        assert!(telling_lines(START).is_empty());
        assert!(telling_lines("").is_empty());
    }

    #[test]
    fn what_the_server_writes_outside_its_log_is_quoted_too() {
        let log = "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration \
                   file, at line 2\n>>> 'no \"such\"'\nBad directive\n";
        assert_eq!(
            telling_lines(log).join("; "),
            "Reading the configuration file, at line 2; >>> 'no \"such\"'; Bad directive"
        );
    }

    #[test]
    fn a_damaged_file_is_told_without_the_advice_of_the_server() {
        let lines = telling_lines(
            "1:M 23 Nov 2026 18:07:09.000 # Bad file format reading the append only file a.incr.aof: make \
             a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>\n",
        );
        let expected = "Bad file format reading the append only file a.incr.aof";
        assert_eq!(damage(&lines).as_deref(), Some(expected));
        assert_eq!(damage(&["Out of memory".to_owned()]), None);
    }

    #[test]
    fn the_end_of_a_log_is_quoted_and_the_next_start_puts_it_aside() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("redis.log");
        assert!(tail(&log).is_empty());
        fs::write(&log, b"1\n2\n3\nbad \xff\n").unwrap();
        assert_eq!(tail(&log), ["2", "3", "bad \u{fffd}"]);
        begin(&log).unwrap();
        assert!(tail(&log).is_empty());
        assert!(directory.path().join("redis.log.old").exists());
    }
}
