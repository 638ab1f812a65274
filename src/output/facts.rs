//! Lines of a name and a value. On a terminal what continues a value stands below it.

use std::io::{self, Write};

use super::Stream;
use super::markdown::{self, Long};

/// The columns of a name, with the spaces after it.
const NAME: usize = 12;

/// Writes lines of which each has a name, and a value from column [`NAME`] on.
pub(crate) fn write(out: &mut dyn Write, text: &str, stream: &Stream) -> io::Result<()> {
    let text = stream.multi_line(text);
    let width = stream.width_or_usual();
    let columns = usize::from(width).saturating_sub(NAME);
    if !stream.terminal || columns < NAME {
        return out.write_all(text.as_bytes());
    }
    let values = Stream {
        width: u16::try_from(columns).ok(),
        ..*stream
    };
    for line in text.lines() {
        let (name, value) = line.split_at_checked(NAME).unwrap_or((line, ""));
        let value = markdown::wrapped(value, Long::ByTerminal, &values);
        writeln!(
            out,
            "{name}{}",
            value.replace('\n', &format!("\n{:NAME$}", ""))
        )?;
    }
    Ok(())
}
