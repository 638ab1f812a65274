//! Questions to a person at a terminal. The one place that names dialoguer.
//!
//! Whether there is a person to ask is decided by the caller; asking without a terminal is an error.

use std::io;

use dialoguer::Confirm;
use dialoguer::console::Term;

use crate::terminal::interrupt::Held;

/// What a person answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    Interrupted,
}

/// Asks a question that Enter answers with No.
pub(crate) fn confirm(question: &str) -> io::Result<Answer> {
    let _held = Held::new()?;
    let answer = Confirm::new()
        .with_prompt(question)
        .default(false)
        .interact();
    match answer {
        Ok(true) => Ok(Answer::Yes),
        Ok(false) => Ok(Answer::No),
        Err(dialoguer::Error::IO(error)) => {
            // dialoguer hides the cursor while it waits, and leaves it hidden when it is interrupted.
            let terminal = Term::stderr();
            terminal.show_cursor()?;
            terminal.write_line("")?;
            if error.kind() == io::ErrorKind::Interrupted {
                Ok(Answer::Interrupted)
            } else {
                Err(error)
            }
        }
    }
}
