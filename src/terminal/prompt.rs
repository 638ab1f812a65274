//! Questions to a person at a terminal. The one place that names dialoguer.
//!
//! Whether there is a person to ask is decided by the caller; asking without a terminal is an error.

use std::io;

use dialoguer::Confirm;
use dialoguer::console::Term;

use crate::exit::Exit;
use crate::terminal::interrupt::Held;

/// Asks a question that Enter answers with No. [`Exit::Done`] is Yes; anything else is what the run
/// ends with.
pub(crate) fn confirm(question: &str) -> io::Result<Exit> {
    let _held = Held::new()?;
    let answer = Confirm::new()
        .with_prompt(question)
        .default(false)
        .interact();
    match answer {
        Ok(true) => Ok(Exit::Done),
        Ok(false) => Ok(Exit::Failed),
        Err(dialoguer::Error::IO(error)) => {
            // dialoguer hides the cursor while it waits, and leaves it hidden when it is interrupted.
            let terminal = Term::stderr();
            terminal.show_cursor()?;
            terminal.write_line("")?;
            if error.kind() == io::ErrorKind::Interrupted {
                Ok(Exit::Interrupted)
            } else {
                Err(error)
            }
        }
    }
}
