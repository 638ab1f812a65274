//! See `notes::fuzzing::markdown_file`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::markdown_file(data));
