//! See `notes::fuzzing::standard_notes`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::standard_notes(data));
