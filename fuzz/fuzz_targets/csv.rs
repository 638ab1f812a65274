//! See `notes::fuzzing::csv`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::csv(data));
