//! The log: one line for each request, and one for each thing that went wrong outside of one.
//!
//! A thread of its own writes the lines, so that a reader of the log who has stopped reading stops
//! nobody else. It writes what has gathered in a few milliseconds at once.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use std::{iter, thread};

use super::message::{Request, Response};
use crate::output::sanitize;
use crate::timestamp;

/// The most bytes of a target or a header that are written: enough to recognize it.
const LONGEST: usize = 1_024;

/// Room for a usual line, so that it is allocated once.
const USUAL_LINE: usize = 192;

/// The most lines that wait; those beyond are lost, and counted.
const MOST: usize = 4_096;

/// The time for which lines are gathered before they are written.
const GATHER: Duration = Duration::from_millis(5);

/// The longest wait for the last lines when the program ends.
const LAST_WORDS: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// Only the server's own problems.
    Problems,
    /// Every request as well.
    Requests,
    /// Every request with what it said of itself and why it failed.
    Details,
}

pub(crate) struct Log {
    lines: SyncSender<String>,
    counts: Arc<Counts>,
    verbosity: Verbosity,
}

/// The number of lines that wait, and of those lost since that was last logged.
#[derive(Default)]
struct Counts {
    waiting: AtomicUsize,
    lost: AtomicUsize,
}

impl Log {
    /// A log that writes to `writer`. That a line cannot be written stops no request.
    pub(crate) fn new(writer: Box<dyn Write + Send>, verbosity: Verbosity) -> io::Result<Self> {
        let (lines, received) = sync_channel(MOST);
        let counts = Arc::<Counts>::default();
        let counted = Arc::clone(&counts);
        thread::Builder::new().spawn(move || write(writer, &received, &counted))?;
        Ok(Self {
            lines,
            counts,
            verbosity,
        })
    }

    /// Writes the line of a request and how long its response took; where requests are not logged, only if
    /// this side failed it.
    pub(super) fn access(&self, request: &Request, response: &Response, duration: Duration) {
        let failed = response.status >= 500;
        if self.verbosity == Verbosity::Problems && !failed {
            return;
        }
        let is_head = request.method == "HEAD";
        let mut line = String::with_capacity(USUAL_LINE);
        // Writing to a String cannot fail.
        let _ = match request.client {
            Some(client) => write!(line, "{} {client}", timestamp::format(request.time)),
            None => write!(line, "{} -", timestamp::format(request.time)),
        };
        let micros = duration.as_micros();
        let _ = write!(
            line,
            " {} {} {} {} {}.{:03}ms",
            shown(&request.method),
            shown(&request.target),
            response.status,
            if is_head { 0 } else { response.length() },
            micros / 1_000,
            micros % 1_000
        );
        if self.verbosity == Verbosity::Details {
            let _ = write!(
                line,
                " host={} type={} length={}",
                shown(request.host.as_deref().unwrap_or_default()),
                shown(request.content_type.as_deref().unwrap_or_default()),
                request.body.len()
            );
        }
        if let Some(cause) = &response.cause
            && (failed || self.verbosity == Verbosity::Details)
        {
            let _ = write!(line, " ({})", shown(cause));
        }
        self.add(line);
    }

    /// Writes what went wrong outside of a request.
    pub(super) fn problem(&self, text: &str) {
        let time = timestamp::format(timestamp::now());
        self.add(format!("{time} {}", shown(text)));
    }

    fn add(&self, mut line: String) {
        line.push('\n');
        self.counts.waiting.fetch_add(1, Ordering::SeqCst);
        if self.lines.try_send(line).is_err() {
            self.counts.waiting.fetch_sub(1, Ordering::SeqCst);
            self.counts.lost.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Waits until all lines are written, but not for long.
    pub(super) fn finish(&self) {
        let until = Instant::now() + LAST_WORDS;
        while self.counts.waiting.load(Ordering::SeqCst) > 0 && Instant::now() < until {
            thread::sleep(GATHER);
        }
    }
}

fn write(mut writer: Box<dyn Write + Send>, lines: &Receiver<String>, counts: &Counts) {
    while let Ok(first) = lines.recv() {
        thread::sleep(GATHER);
        let all = iter::once(first).chain(lines.try_iter().take(MOST));
        let all: Vec<String> = all.collect();
        let mut text = all.concat();
        let lost = counts.lost.swap(0, Ordering::SeqCst);
        if lost > 0 {
            let time = timestamp::format(timestamp::now());
            let _ = writeln!(text, "{time} {lost} lines were lost: nobody took them");
        }
        // Nobody is left to tell where this fails.
        let _ = writer
            .write_all(text.as_bytes())
            .and_then(|()| writer.flush());
        counts.waiting.fetch_sub(all.len(), Ordering::SeqCst);
    }
}

/// A text of a client, cut, in a form that cannot move the cursor of a terminal or begin a line of its own.
/// Nothing is `-`.
fn shown(text: &str) -> Cow<'_, str> {
    if text.is_empty() {
        return "-".into();
    }
    if text.len() <= LONGEST {
        return sanitize::one_line(text);
    }
    let mut end = LONGEST;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", sanitize::one_line(&text[..end])).into()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;
    use crate::http::tests::Written;

    fn request(target: &str) -> Request {
        Request {
            time: timestamp::parse("2024-01-15T10:30:00.5+00:00").unwrap(),
            client: Some(([127, 0, 0, 1], 4242).into()),
            method: "GET".to_owned(),
            target: target.to_owned(),
            host: Some("h".to_owned()),
            ..Request::default()
        }
    }

    fn logged(verbosity: Verbosity, target: &str, status: u16) -> String {
        let written = Written::default();
        let log = Log::new(Box::new(written.clone()), verbosity).unwrap();
        let mut response = Response::raw(status, vec![b'x'; 73]);
        response.cause = Some("why".to_owned());
        log.access(&request(target), &response, Duration::from_micros(1_234));
        log.finish();
        written.text()
    }

    #[test]
    fn a_request_is_one_line() {
        let expected = "2024-01-15T10:30:00.500000+00:00 127.0.0.1:4242 GET /a?b 200 73 1.234ms";
        assert_eq!(
            logged(Verbosity::Requests, "/a?b", 200),
            format!("{expected}\n")
        );
        assert_eq!(
            logged(Verbosity::Details, "/a?b", 200),
            format!("{expected} host=h type=- length=0 (why)\n")
        );
        assert_eq!(logged(Verbosity::Problems, "/a?b", 404), "");
    }

    #[test]
    fn what_fails_on_this_side_is_logged_with_its_cause_whatever_the_verbosity() {
        let line = logged(Verbosity::Problems, "/a", 503);
        assert!(line.ends_with(" 503 73 1.234ms (why)\n"), "{line}");
    }

    #[test]
    fn a_client_cannot_write_lines_of_its_own() {
        let line = logged(Verbosity::Requests, "/\u{1b}[2J\r\n\u{85}x", 200);
        assert!(line.contains(r" /^[[2J^M^J\u{85}x 200"), "{line}");
        assert_eq!(line.matches('\n').count(), 1);
        let long = logged(Verbosity::Requests, &"x".repeat(100_000), 200);
        assert!(long.len() < 2_000 && long.contains("x… 200"), "{long}");
    }

    /// Takes what is written when it is let, and hands it on.
    struct Held {
        go: Receiver<()>,
        taken: Sender<String>,
    }

    impl Write for Held {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Whoever lets it go lets all go.
            let _ = self.go.recv();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            self.taken.send(text).unwrap();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_that_nobody_takes_are_lost_and_counted_and_hold_nobody_up() {
        const ALL: usize = 3 * MOST;
        let ((let_go, go), (taken, received)) = (channel(), channel());
        let log = Log::new(Box::new(Held { go, taken }), Verbosity::Requests).unwrap();
        let start = Instant::now();
        for _ in 0..ALL {
            log.problem("x");
        }
        log.finish();
        assert!(start.elapsed() < Duration::from_secs(20));
        drop(let_go);
        drop(log);
        let text: String = received.iter().collect();
        let is_told = |line: &&str| line.ends_with(" lines were lost: nobody took them");
        let lost = text.lines().filter(is_told).map(|line| {
            let count = line.split(' ').nth(1).unwrap();
            count.parse::<usize>().unwrap()
        });
        let written = text.lines().filter(|line| line.ends_with(" x")).count();
        assert!(written >= MOST, "{written}");
        assert_eq!(written + lost.sum::<usize>(), ALL);
    }

    #[test]
    fn lines_are_written_whole_and_in_order() {
        let written = Written::default();
        let log = Log::new(Box::new(written.clone()), Verbosity::Requests).unwrap();
        for index in 0..100 {
            log.problem(&index.to_string());
        }
        log.finish();
        let text = written.text();
        let numbers: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split(' ').nth(1))
            .collect();
        let expected: Vec<String> = (0..100).map(|index| index.to_string()).collect();
        assert_eq!(numbers, expected);
    }
}
