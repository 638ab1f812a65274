//! The version of the program, with what it was built from.

use std::sync::LazyLock;

/// Returns what `--version` prints; `-V` prints the first line without the commit.
pub(super) fn long_version() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        // The Makefile sets it. The source of a release has none, and is told by its version.
        let commit = option_env!("NOTES_COMMIT").filter(|commit| !commit.is_empty());
        let commit = commit.map_or_else(String::new, |commit| format!(" (commit {commit})"));
        let tls = if cfg!(feature = "tls") {
            "+tls"
        } else {
            "-tls"
        };
        let mcp = if cfg!(feature = "mcp") {
            "+mcp"
        } else {
            "-mcp"
        };
        format!(
            "{}{commit}\nfeatures: {tls} {mcp}",
            env!("CARGO_PKG_VERSION")
        )
    });
    &TEXT
}
