//! See `notes::fuzzing::json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::json(data));
