//! A progress bar on standard error for long work. The one place that names indicatif.
//!
//! The caller decides if it is shown.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The delay before the bar is shown: for shorter work it would only flicker.
const DELAY: Duration = Duration::from_millis(500);

/// The progress bar of one piece of work. Dropping it removes it from the screen.
pub(crate) struct Progress {
    delay: Duration,
    /// The terminal; `None` if the bar is hidden or shown already.
    target: Option<ProgressDrawTarget>,
    bar: ProgressBar,
}

impl Progress {
    /// Begins a piece of work, which `label` names in a word or two. The bar comes once the work has taken
    /// [`DELAY`], if `shown`.
    pub(crate) fn begin(label: &'static str, shown: bool) -> Self {
        Self::with(label, shown.then(ProgressDrawTarget::stderr), DELAY)
    }

    fn with(label: &'static str, target: Option<ProgressDrawTarget>, delay: Duration) -> Self {
        let style = ProgressStyle::with_template("{msg}  [{bar:40}] {percent:>3} %")
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
            .with_style(style)
            .with_message(label);
        Self { delay, target, bar }
    }

    /// Reports the number of steps done and of all steps.
    pub(crate) fn at(&mut self, done: usize, total: usize) {
        let [done, total] = [done, total].map(|steps| steps.try_into().unwrap_or(u64::MAX));
        self.bar.set_length(total);
        self.bar.set_position(done);
        if self.bar.elapsed() >= self.delay
            && let Some(target) = self.target.take()
        {
            self.bar.set_draw_target(target);
            self.bar.tick();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use indicatif::TermLike;

    use super::*;

    /// A terminal that remembers what was written to it.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl Screen {
        fn text(&self) -> String {
            self.0.lock().unwrap().clone()
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            80
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            self.write_str("<clear>")
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn target(screen: &Screen) -> ProgressDrawTarget {
        ProgressDrawTarget::term_like(Box::new(screen.clone()))
    }

    #[test]
    fn long_work_has_a_bar_that_is_gone_in_the_end() {
        let screen = Screen::default();
        let mut progress = Progress::with("reading", Some(target(&screen)), Duration::ZERO);
        progress.at(1, 4);
        let text = screen.text();
        let bar = "reading  [==========>                             ]  25 %";
        assert!(text.starts_with(bar), "{text}");
        drop(progress);
        let text = screen.text();
        assert!(text.ends_with("<clear>"), "{text}");
    }

    #[test]
    fn short_work_and_hidden_work_show_nothing() {
        let screen = Screen::default();
        let mut short = Progress::with(
            "reading",
            Some(target(&screen)),
            Duration::from_secs(60 * 60),
        );
        short.at(1, 2);
        drop(short);
        assert_eq!(screen.text(), "");
        let mut hidden = Progress::begin("reading", false);
        hidden.delay = Duration::ZERO;
        hidden.at(1, 2);
        assert!(hidden.bar.is_hidden());
    }
}
