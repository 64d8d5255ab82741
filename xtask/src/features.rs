//! The libraries with each feature alone, with none and with all, by cargo-hack; the core's tests without features.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::failure::Result;
use crate::{install, process, project};

const CARGO_HACK: &str = "0.6.44";
const INSTALL: Duration = Duration::from_secs(600);

pub(crate) fn each() -> Result<()> {
    let hack = cargo_hack()?;
    // Clippy and not `check`: its `-D warnings` holds for these crates alone, so that nothing else is built again.
    process::run(
        Command::new(hack)
            .arg("hack")
            .env("CARGO", "cargo")
            .args(["clippy", "--quiet", "--each-feature"])
            .args(["-p", "hangup", "-p", "hangup-protocol", "-p", "hangup-redis"])
            .args(["-p", "hangup-validation"])
            .args(["--", "-D", "warnings"])
            .current_dir(project::root()),
    )?;
    // A feature of `tracing` that any crate of a program may switch on: its macros then bring the name `log` into scope.
    process::run(project::cargo().args(["check", "--quiet", "-p", "hangup", "--features", "tracing/log"]))?;
    process::run(project::cargo().args([
        "test",
        "--quiet",
        "--no-default-features",
        "--lib",
        "-p",
        "hangup-protocol",
    ]))
}

fn cargo_hack() -> Result<PathBuf> {
    let folder = project::work_folder("tools/cargo-hack")?;
    let program = folder.join("bin/cargo-hack");
    install::installed_once(
        &folder,
        CARGO_HACK,
        || program.is_file(),
        "cargo-hack (crates.io)",
        || {
            let mut command = project::cargo();
            command
                .args(["install", "--locked", "--quiet", "--root"])
                .arg(&folder)
                .arg(format!("cargo-hack@{CARGO_HACK}"));
            process::capture_ok(&mut command, INSTALL)
        },
    )?;
    Ok(program)
}
