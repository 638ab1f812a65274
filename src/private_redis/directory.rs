//! The directory of the private Redis: made, kept to one user, and as safe from a power cut as the
//! files in it.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use super::error::{self, Error};

/// Makes the directory where it is missing, has it on the disk, and sees to it that its owner is
/// `user` and no other user gets in.
pub(super) fn prepare(directory: &Path, user: u32) -> Result<(), Error> {
    let unwritable = |source| Error::of_write(directory, &source);
    let mut builder = DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(directory);
    made.map_err(unwritable)?;
    let metadata = fs::metadata(directory).map_err(unwritable)?;
    if metadata.uid() != user {
        return Err(Error(format!(
            "{} belongs to the user with id {} and you are {user}; run notes as that user, or set \
             NOTES_DATA_DIR to a directory of your own",
            directory.display(),
            metadata.uid()
        )));
    }
    if metadata.mode() & 0o077 != 0 {
        fs::set_permissions(directory, Permissions::from_mode(0o700)).map_err(unwritable)?;
    }
    sync(directory);
    Ok(())
}

/// Has the entries of the directory, and those that lead to it, on the disk: `fsync` on a file does
/// not cover them; see fsync(2). Some file systems refuse it, and then nothing more can be done.
pub(super) fn sync(directory: &Path) {
    for directory in directory.ancestors() {
        let _ = File::open(directory).and_then(|directory| directory.sync_all());
    }
}

/// Returns true if the directory's disk, or the user's quota, has no room left.
///
/// Tries a write: the free space of the disk does not tell of quotas and reserves.
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
        rustix::process::geteuid().as_raw()
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
        let (owner, user) = (me(), me() + 1);
        let expected = format!("belongs to the user with id {owner} and you are {user}");
        assert!(refused.contains(&expected), "{refused}");
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
