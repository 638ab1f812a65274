//! Counts the rows of a text on a terminal, which wraps long lines.

use console::{measure_text_width, strip_ansi_codes};

/// The columns from one tab stop to the next.
const TAB: usize = 8;

/// Returns true if the text takes more rows than `most`. A line feed at its end begins a row too, for the
/// prompt below it.
pub(super) fn exceed(text: &str, columns: usize, most: usize) -> bool {
    let mut rows = 0;
    for line in text.split('\n') {
        rows += 1;
        let mut column = 0;
        for c in strip_ansi_codes(line).chars() {
            if c == '\t' {
                column = columns.min((column / TAB + 1) * TAB);
                continue;
            }
            let width = measure_text_width(c.encode_utf8(&mut [0; 4]));
            if column + width > columns {
                rows += 1;
                column = 0;
            }
            column += width;
            // A line may have many megabytes.
            if rows > most {
                return true;
            }
        }
    }
    rows > most
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of a text at ten columns.
    fn rows(text: &str) -> usize {
        (0..9).find(|&most| !exceed(text, 10, most)).unwrap()
    }

    #[test]
    fn long_lines_wrap_at_the_last_column() {
        for (text, expected) in [
            ("", 1),
            ("a\n", 2),
            ("0123456789", 1),
            ("0123456789\n", 2),
            ("01234567890", 2),
            ("01234567890123456789\n\nx", 4),
            ("\u{1b}[1m0123456789\u{1b}[0m", 1),
            ("日本語日本", 1),
            ("x日本語日本", 2),
            ("🎉🎉🎉🎉🎉🎉", 2),
            ("e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}", 1),
            ("\t1", 1),
            ("\t123", 2),
            ("\t\t1", 2),
        ] {
            assert_eq!(rows(text), expected, "{text:?}");
        }
    }
}
