//! The controlling terminal, for runs whose standard streams are pipes or files.

use std::fs::File;
use std::io;

/// Opens the controlling terminal for reading and writing. A process without one gets an error.
pub(crate) fn open() -> io::Result<File> {
    File::options().read(true).write(true).open("/dev/tty")
}
