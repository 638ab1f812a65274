//! The server's log: the reason of a failure is looked up there.

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

/// Parts of the lines about a full disk. Redis 7.0 reports it only as a short write.
const FULL_DISK: [&str; 3] = [
    "No space left on device",
    "Disk quota exceeded",
    "Short write while writing to the AOF file",
];

/// A part of the line of a server that drops the end of its append-only file.
const CUT_OFF: &str = "Truncating the AOF";

/// Parts of the lines about an append-only file, or its manifest, that cannot be read.
const DAMAGED_FILE: [&str; 5] = [
    "reading the append only file",
    "AOF manifest",
    "Unable to obtain the AOF file",
    "AOF loading aborted",
    "the truncated file is not the last file",
];

/// The beginning of the server's advice, which loses notes if it is followed without a copy.
const ADVICE: &str = ": make a backup";

/// Renames the log of the last start, and opens a new one for the server's standard output and error.
pub(super) fn begin(path: &Path) -> io::Result<File> {
    // Fails at the first start, which finds none.
    let _ = fs::rename(path, path.with_extension("log.old"));
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600).open(path)
}

/// Returns the last lines of the log that may give a reason; none if it cannot be read.
pub(super) fn tail(path: &Path) -> Vec<String> {
    let text = fs::read(path).unwrap_or_default();
    last_reasons(&String::from_utf8_lossy(&text))
}

pub(super) fn reports_full_disk(lines: &[String]) -> bool {
    let mut known = FULL_DISK.iter();
    known.any(|known| lines.iter().any(|line| line.contains(known)))
}

/// Returns true if the server dropped the end of its append-only file as it started.
pub(super) fn reports_cut(path: &Path) -> bool {
    let text = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&text).contains(CUT_OFF)
}

/// Returns the message about a file that the server could not read, without its advice; `None` if the
/// lines have none.
pub(super) fn damage(lines: &[String]) -> Option<String> {
    let text = lines.join("; ");
    let mut known = DAMAGED_FILE.iter();
    if !known.any(|known| text.contains(known)) {
        return None;
    }
    text.split(ADVICE).next().map(str::to_owned)
}

fn last_reasons(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for message in text.lines().filter_map(message) {
        if !EVERYDAY.iter().any(|known| message.contains(known)) {
            lines.push(message.to_owned());
        }
    }
    lines.split_off(lines.len().saturating_sub(LINES))
}

/// Returns the message of a line without its process, time and level:
/// `7758:M 23 Nov 2026 18:07:07.726 # Can't open the append-only file`. `None` for a notice (`*`).
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
        let lines = last_reasons(&log);
        assert_eq!(
            lines.join("; "),
            "Short write while writing to the AOF file: (nwritten=1, expected=2); \
             Can't recover from AOF write error"
        );
        assert!(reports_full_disk(&lines));
    }

    #[test]
    fn a_start_like_any_other_says_nothing() {
        assert!(last_reasons(START).is_empty());
        assert!(last_reasons("").is_empty());
    }

    #[test]
    fn what_the_server_writes_outside_its_log_is_quoted_too() {
        let log = "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration \
                   file, at line 2\n>>> 'no \"such\"'\nBad directive\n";
        assert_eq!(
            last_reasons(log).join("; "),
            "Reading the configuration file, at line 2; >>> 'no \"such\"'; Bad directive"
        );
    }

    #[test]
    fn a_damaged_file_is_reported_without_the_advice_of_the_server() {
        let lines = last_reasons(
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
