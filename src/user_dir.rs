//! Makes directories for one user alone, but none in a directory of another user, such as the home that
//! `sudo -E` leaves to root: its owner could not use it, nor anything that is made beside it later.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

const ROOT: u32 = 0;

/// A directory belongs to another user, so nothing is made in it.
#[derive(Debug, thiserror::Error)]
#[error(
    "{path} belongs to {owner} and you are {user}; run notes as {owner}, or use a directory of your \
     own: set NOTES_DATA_DIR, or HOME, as `sudo -H` does"
)]
pub(crate) struct WrongOwner {
    path: String,
    owner: String,
    user: String,
}

impl WrongOwner {
    pub(crate) fn new(path: &Path, owner: u32, user: u32) -> Self {
        Self {
            path: path.display().to_string(),
            owner: user_name(owner),
            user: user_name(user),
        }
    }

    /// Returns true if an error of [`create`] is this one.
    pub(crate) fn is(error: &io::Error) -> bool {
        matches!(error.get_ref(), Some(inner) if inner.is::<Self>())
    }
}

impl From<WrongOwner> for io::Error {
    fn from(error: WrongOwner) -> Self {
        Self::new(io::ErrorKind::PermissionDenied, error)
    }
}

/// Returns the id of the user that files are made for.
pub(crate) fn current_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Makes a directory, and those above it, for `user` alone. Does nothing if it exists.
///
/// Fails with [`WrongOwner`] if the nearest directory that exists is neither the user's nor root's:
/// in root's, such as `/srv` or `/tmp`, the system decides.
pub(crate) fn create(directory: &Path, user: u32) -> io::Result<()> {
    if let Some((path, owner)) = nearest(directory)
        && owner != user
        && owner != ROOT
    {
        return Err(WrongOwner::new(&path, owner, user).into());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700).create(directory)
}

/// Returns the nearest directory that exists, from `directory` upwards, and its owner.
fn nearest(directory: &Path) -> Option<(PathBuf, u32)> {
    for path in directory.ancestors() {
        if let Ok(metadata) = fs::metadata(path) {
            return Some((path.to_owned(), metadata.uid()));
        }
    }
    None
}

/// Returns the name of a user, or the id if `/etc/passwd` has no name for it.
fn user_name(user: u32) -> String {
    let file = fs::read("/etc/passwd").unwrap_or_default();
    let number = user.to_string();
    for line in String::from_utf8_lossy(&file).lines() {
        let mut fields = line.split(':');
        if let (Some(name), Some(_), Some(id)) = (fields.next(), fields.next(), fields.next())
            && id == number
        {
            return name.to_owned();
        }
    }
    format!("user {user}")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A user who owns nothing here.
    const STRANGER: u32 = 4_000_000_001;

    #[test]
    fn directories_are_made_for_their_user_alone() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("share/notes");
        create(&directory, current_user()).unwrap();
        for path in [&directory, &home.path().join("share")] {
            let mode = fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
        create(&directory, current_user()).unwrap();
    }

    #[test]
    fn the_nearest_directory_that_exists_decides_whose_it_is() {
        let home = tempfile::tempdir().unwrap();
        let missing = home.path().join("share/notes");
        let (path, owner) = nearest(&missing).unwrap();
        assert_eq!((path.as_path(), owner), (home.path(), current_user()));
        let (path, owner) = nearest(Path::new("/no/such/directory")).unwrap();
        assert_eq!((path.as_path(), owner), (Path::new("/"), ROOT));
    }

    #[test]
    fn nothing_is_made_in_the_directory_of_another_user() {
        // Root's own directory would count as the system's.
        if current_user() == ROOT {
            let home = tempfile::tempdir().unwrap();
            std::os::unix::fs::chown(home.path(), Some(STRANGER), None).unwrap();
            refused(home.path(), STRANGER, ROOT);
        } else {
            let home = tempfile::tempdir().unwrap();
            refused(home.path(), current_user(), STRANGER);
        }
    }

    fn refused(home: &Path, owner: u32, user: u32) {
        let error = create(&home.join("share/notes"), user).unwrap_err();
        assert!(WrongOwner::is(&error));
        let expected = format!(
            "{} belongs to {} and you are {}; run notes as ",
            home.display(),
            user_name(owner),
            user_name(user)
        );
        assert!(error.to_string().starts_with(&expected), "{error}");
        assert!(!home.join("share").exists());
    }

    #[test]
    fn a_user_has_a_name_or_a_number() {
        assert_eq!(user_name(ROOT), "root");
        assert_eq!(user_name(STRANGER), "user 4000000001");
    }
}
