//! The directory of the private Redis: for one user alone, and synced to the disk.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use super::error::{self, Error};
use crate::user_dir::{self, WrongOwner};

/// Makes the directory where it is missing, syncs it, and checks that `user` owns it. Closes it to other
/// users.
pub(super) fn prepare(directory: &Path, user: u32) -> Result<(), Error> {
    make_private(directory, user).map_err(|source| Error::of_write(directory, &source))?;
    sync(directory);
    Ok(())
}

fn make_private(directory: &Path, user: u32) -> io::Result<()> {
    user_dir::create(directory, user)?;
    let metadata = fs::metadata(directory)?;
    if metadata.uid() != user {
        return Err(WrongOwner::new(directory, metadata.uid(), user).into());
    }
    if metadata.mode() & 0o077 != 0 {
        fs::set_permissions(directory, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Syncs the directory and those above it to the disk: `fsync` on a file does not cover its directory
/// entry; see fsync(2). Failures are ignored: some file systems refuse it.
pub(super) fn sync(directory: &Path) {
    for directory in directory.ancestors() {
        let _ = File::open(directory).and_then(|directory| directory.sync_all());
    }
}

/// Returns true if the directory's disk, or the user's quota, has no room left.
///
/// Tries a write: the free space of the disk does not include quotas and reserves.
pub(super) fn is_full(directory: &Path) -> bool {
    let attempt = tempfile::tempfile_in(directory).and_then(|mut file| {
        file.write_all(&[b'.'; 16 * 1024])?;
        file.sync_all()
    });
    attempt.is_err_and(|error| error::is_full(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    fn me() -> u32 {
        user_dir::current_user()
    }

    #[test]
    fn every_directory_that_is_made_is_for_its_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("share/notes/redis");
        prepare(&directory, me()).unwrap();
        assert_eq!(mode(&directory), 0o700);
        assert_eq!(mode(&home.path().join("share")), 0o700);
    }

    #[test]
    fn a_directory_that_others_may_enter_is_closed_to_them() {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
        prepare(home.path(), me()).unwrap();
        assert_eq!(mode(home.path()), 0o700);
    }

    #[test]
    fn a_directory_of_another_user_is_refused_and_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
        let refused = prepare(home.path(), me() + 1).unwrap_err().to_string();
        let expected = format!("{} belongs to ", home.path().display());
        assert!(refused.starts_with(&expected), "{refused}");
        assert_eq!(mode(home.path()), 0o755);
    }

    #[test]
    fn a_disk_with_room_is_not_full() {
        let home = tempfile::tempdir().unwrap();
        assert!(!is_full(home.path()));
        assert!(!is_full(&home.path().join("missing")));
        // A device that has no room for anything, where there is one.
        if Path::new("/dev/full").exists() {
            let error = File::create("/dev/full").unwrap().write(b".").unwrap_err();
            assert!(error::is_full(&error));
        }
    }
}
