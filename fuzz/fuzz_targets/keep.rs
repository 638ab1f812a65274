//! See `notes::fuzzing::keep`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::keep(data));
