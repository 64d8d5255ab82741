//! Reads the message vectors of a file: what `cargo xtask vectors FILE` starts for them.

use std::process::ExitCode;

fn main() -> ExitCode {
    vectors::run_messages()
}
