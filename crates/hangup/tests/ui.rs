//! The mistakes that the macros report: one file per mistake in `ui/`, with its messages beside it.
//!
//! `TRYBUILD=overwrite cargo test -p hangup --all-features --test ui` writes the messages anew; read them before
//! they are kept.
#![allow(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::process::Command;

/// The compiler that has written the messages in `ui/types`.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn mistakes_are_reported_where_they_are_and_in_plain_words() {
    let tests = trybuild::TestCases::new();
    for macros in ["websocket", "parameter", "params", "param", "into_close", "model"] {
        tests.compile_fail(format!("tests/ui/{macros}/*.rs"));
    }
    // What only the types can tell is in the compiler's words, which differ from one compiler to the next and list
    // the types of the features.
    if cfg!(all(
        feature = "chrono",
        feature = "email",
        feature = "jiff",
        feature = "time",
        feature = "url"
    )) && compiler().starts_with(COMPILER)
    {
        tests.compile_fail("tests/ui/types/*.rs");
    }
}

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().unwrap();
    String::from_utf8(version.stdout).unwrap()
}
