//! Paths in settings: what they are relative to.

use std::path::{Path, PathBuf};

use super::setting::{Error, Result};

pub(super) const NO_WORKING_DIR: &str = "the working directory cannot be found (was it deleted?)";

/// Returns the path from `base`, or from `home` if it begins with a `~`: no shell expands that in a
/// `.env`, and a directory named `~` would be dangerous to remove. `None` if a home directory is
/// needed and there is none.
///
/// Fails on a relative path without `base`: the working directory was deleted.
pub(super) fn absolute(
    path: &Path,
    base: Option<&Path>,
    home: Option<&Path>,
) -> Result<Option<PathBuf>> {
    if let Ok(rest) = path.strip_prefix("~") {
        return Ok(home.map(|home| home.join(rest)));
    }
    match base {
        Some(base) => Ok(Some(base.join(path))),
        None if path.is_absolute() => Ok(Some(path.to_owned())),
        None => Err(Error(format!(
            "the path {} is relative, and {NO_WORKING_DIR}: use an absolute path",
            path.display()
        ))),
    }
}
