//! See `notes::fuzzing::text`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::text(data));
