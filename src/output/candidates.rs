//! Words that a shell may complete, for the scripts in `completions/`: one per line, with what it
//! stands for after a tab.

use std::fmt::Write as _;

use console::truncate_str;

use super::sanitize;

/// The columns of what is said of a word at most.
const WIDTH: usize = 60;

/// A line; a shell shows it on a terminal as it is.
pub(crate) fn line(value: &str, description: &str) -> String {
    let description = sanitize::one_line(description);
    let mut line = sanitize::one_line(value).into_owned();
    // Writing to a string cannot fail.
    let _ = writeln!(line, "\t{}", truncate_str(&description, WIDTH, "…"));
    line
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    #[test]
    fn a_line_is_safe_and_short() {
        assert_eq!(line("a", "T\x1b[2J\tx\ny"), "a\tT^[[2J^Ix^Jy\n");
        assert_eq!(line("a", ""), "a\t\n");
        let long = line("", &"買".repeat(100));
        assert_eq!(long.trim().width(), WIDTH - 1, "{long}");
    }
}
