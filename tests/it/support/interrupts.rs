//! Ctrl-C for the programs that a test runs.
//!
//! The unit tests of the library and the integration tests both compile this file.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::SIGINT;
use signal_hook::flag::register_conditional_default;

/// Lets SIGINT end the programs that are run from now on, as it does where a person runs them.
///
/// A shell's background job ignores it, and so does all that it runs: being ignored is handed on,
/// while being handled is not; see execve(2) and signal(7).
pub(crate) fn heed_interrupts() {
    let ends_this_process = Arc::new(AtomicBool::new(true));
    register_conditional_default(SIGINT, ends_this_process).expect("SIGINT can be handled");
}
