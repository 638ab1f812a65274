//! See `notes::fuzzing::simplenote`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::simplenote(data));
