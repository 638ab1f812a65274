//! How a timeout is written, on the command line and in variables alike.

use std::time::Duration;

use thiserror::Error;

pub(super) const DEFAULT: Duration = Duration::from_secs(5);

/// Shorter waits than this no server can meet; and a wait of 0 would mean one without end.
const SHORTEST: Duration = Duration::from_millis(1);

/// One day: a longer wait is a slip of the pen, and the system's own limits are not much further.
const LONGEST: Duration = Duration::from_hours(24);

/// A text that is no timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a timeout must be {EXPECTED}")]
pub struct BadTimeout;

pub(super) const EXPECTED: &str = "a number of seconds from 0.001 to 86400, such as 5 or 0.5";

/// Reads a timeout: a number of seconds with or without a fraction and a final `s`, from a
/// millisecond to a day. No sign, no exponent and no other unit is taken.
pub fn parse_timeout(text: &str) -> Result<Duration, BadTimeout> {
    let text = text.trim();
    let number = text.strip_suffix('s').unwrap_or(text);
    // `f64` also reads signs, exponents, `inf` and `nan`.
    if !number.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Err(BadTimeout);
    }
    let seconds: f64 = number.parse().map_err(|_| BadTimeout)?;
    let timeout = Duration::try_from_secs_f64(seconds).map_err(|_| BadTimeout)?;
    if !(SHORTEST..=LONGEST).contains(&timeout) {
        return Err(BadTimeout);
    }
    Ok(timeout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_a_number_of_seconds() {
        for (text, millis) in [
            ("5", 5000),
            ("5s", 5000),
            (" 5 ", 5000),
            ("0.5", 500),
            (".5", 500),
            ("2.", 2000),
            ("0.001", 1),
            ("1.25s", 1250),
            ("86400", 86_400_000),
        ] {
            assert_eq!(
                parse_timeout(text),
                Ok(Duration::from_millis(millis)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_wait_is_refused() {
        for text in [
            "",
            "s",
            ".",
            "0",
            "0.0",
            "0.0001",
            "-1",
            "+1",
            "abc",
            "1.2.3",
            "1e3",
            "inf",
            "NaN",
            "5m",
            "5ms",
            "5ss",
            "1 s",
            "1,5",
            "86400.1",
            "99999999999999999999",
        ] {
            assert_eq!(parse_timeout(text), Err(BadTimeout), "{text}");
        }
        let text = BadTimeout.to_string();
        assert_eq!(
            text,
            "a timeout must be a number of seconds from 0.001 to 86400, such as 5 or 0.5"
        );
    }
}
