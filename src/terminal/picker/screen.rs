//! The terminal of the built-in picker: its size and its modes.

use std::io;
use std::thread;
use std::time::Duration;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{
    self, DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode, is_raw_mode_enabled,
};

/// While this lives, the picker has the terminal.
pub(super) struct Screen;

impl Screen {
    pub(super) fn take() -> io::Result<Self> {
        enable_raw_mode()?;
        let screen = Self;
        enter()?;
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        put_back();
    }
}

/// Returns the columns and rows of the terminal, which may change.
pub(super) fn size() -> (usize, usize) {
    terminal::size().map_or((80, 24), |(columns, rows)| (columns.into(), rows.into()))
}

fn enter() -> io::Result<()> {
    // A line that is measured too short is cut by the terminal.
    execute!(
        io::stderr(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        DisableLineWrap
    )
}

/// Returns true once the terminal has a size, without which nothing is drawn. Docker gives it one
/// shortly after a program has begun.
pub(super) fn has_size() -> bool {
    for _ in 0..20 {
        if terminal::size().is_ok_and(|(width, height)| width > 0 && height > 0) {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

/// Restores the terminal if the picker still has it. A failure is ignored: the process is about to end.
pub(super) fn put_back() {
    if is_raw_mode_enabled().unwrap_or(false) {
        let _ = disable_raw_mode();
        let _ = execute!(
            io::stderr(),
            EnableLineWrap,
            DisableBracketedPaste,
            LeaveAlternateScreen
        );
    }
}

/// Takes the terminal back from the shell, which used it while the picker was stopped.
pub(super) fn take_back() -> io::Result<()> {
    disable_raw_mode()?;
    enable_raw_mode()?;
    enter()
}
