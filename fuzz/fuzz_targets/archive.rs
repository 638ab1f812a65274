//! See `notes::fuzzing::archive`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::archive(data));
