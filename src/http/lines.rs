//! Lines on their way to where they are written.
//!
//! A thread of its own writes them, so that a reader of the log who has stopped reading stops nobody
//! else. It writes what has gathered in a few milliseconds at once. Nothing here knows what a line
//! says.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::timestamp;

/// How long lines gather before they are written.
const GATHER: Duration = Duration::from_millis(5);

/// How many bytes may wait; lines beyond these are lost, and counted.
const MOST: usize = 1_024 * 1_024;

/// How long the end of a program waits for its last lines.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Lines that are written by a thread, which ends when this is dropped.
pub(super) struct Lines {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    added: Condvar,
    written: Condvar,
}

#[derive(Default)]
struct Waiting {
    text: String,
    /// How many lines were lost since some were written.
    lost: usize,
    is_writing: bool,
    is_over: bool,
}

impl Lines {
    /// Lines for a writer. That one cannot be written is no error of those who add lines.
    pub(super) fn to(writer: Box<dyn Write + Send>) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let writing = Arc::clone(&shared);
        let thread = thread::Builder::new().name("log".into());
        thread.spawn(move || writing.write(writer))?;
        Ok(Self { shared })
    }

    /// Adds a line.
    pub(super) fn add(&self, line: &str) {
        let mut waiting = self.shared.waiting();
        if waiting.text.len() + line.len() >= MOST {
            waiting.lost += 1;
            return;
        }
        let is_first = waiting.text.is_empty();
        waiting.text.push_str(line);
        waiting.text.push('\n');
        drop(waiting);
        if is_first {
            self.shared.added.notify_one();
        }
    }

    /// Waits until all lines are written, but not for long.
    pub(super) fn finish(&self) {
        let until = Instant::now() + LAST_WORDS;
        let mut waiting = self.shared.waiting();
        while !waiting.text.is_empty() || waiting.is_writing {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let written = self.shared.written.wait_timeout(waiting, left);
            waiting = written.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.shared.waiting().is_over = true;
        self.shared.added.notify_one();
    }
}

impl Shared {
    fn write(&self, mut writer: Box<dyn Write + Send>) {
        let mut text = String::new();
        while let Some(lost) = self.next(&mut text) {
            // Nobody is left to tell where this fails.
            let _ = writer.write_all(text.as_bytes());
            if lost > 0 {
                let time = timestamp::format(timestamp::now());
                let _ = writeln!(writer, "{time} {lost} lines were lost: nobody took them");
            }
            let _ = writer.flush();
            text.clear();
            self.waiting().is_writing = false;
            self.written.notify_all();
        }
    }

    /// Waits for lines and puts them into `text`, which is empty; returns how many were lost, or
    /// nothing at the end.
    fn next(&self, text: &mut String) -> Option<usize> {
        let mut waiting = self.waiting();
        while waiting.text.is_empty() {
            if waiting.is_over {
                return None;
            }
            let added = self.added.wait(waiting);
            waiting = added.unwrap_or_else(PoisonError::into_inner);
        }
        drop(waiting);
        thread::sleep(GATHER);
        let mut waiting = self.waiting();
        waiting.is_writing = true;
        std::mem::swap(&mut waiting.text, text);
        Some(std::mem::take(&mut waiting.lost))
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Each change is one step; a thread that panics leaves none half done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Takes what is written when it is let, and hands it on.
    struct Held {
        go: Receiver<()>,
        taken: Sender<String>,
    }

    impl Write for Held {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.go.recv();
            let text = String::from_utf8(bytes.to_vec()).map_err(io::Error::other)?;
            self.taken.send(text).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_writer_that_does_not_take_lines_holds_up_nobody_who_adds_them() {
        let ((let_go, go), (taken, received)) = (channel(), channel());
        let lines = Lines::to(Box::new(Held { go, taken })).unwrap();
        let line = "x".repeat(1_023);
        for _ in 0..3_000 {
            lines.add(&line);
        }
        drop(let_go);
        lines.finish();
        drop(lines);
        let text: String = received.iter().collect();
        let written = text.matches(&line).count();
        let lost = text.lines().filter_map(|line| {
            let (_, rest) = line.split_once(' ')?;
            rest.strip_suffix(" lines were lost: nobody took them")?
                .parse::<usize>()
                .ok()
        });
        assert!(written >= 1_000, "{written}");
        assert_eq!(written + lost.sum::<usize>(), 3_000);
        assert!(text.ends_with('\n'));
    }

    #[test]
    fn lines_are_written_whole_and_in_order() {
        let ((let_go, go), (taken, received)) = (channel(), channel());
        let lines = Lines::to(Box::new(Held { go, taken })).unwrap();
        drop(let_go);
        for index in 0..100 {
            lines.add(&index.to_string());
        }
        lines.finish();
        let text: String = received.try_iter().collect();
        let expected: Vec<String> = (0..100).map(|index| index.to_string()).collect();
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    }
}
