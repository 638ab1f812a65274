//! See `notes::fuzzing::jsonl`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::jsonl(data));
