//! See `notes::fuzzing::joplin`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::joplin(data));
