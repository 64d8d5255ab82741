//! `cargo xtask fuzz`: the fuzz targets with stable Rust, each for a few seconds from the seeds that are checked in.
//!
//! It does what `cargo fuzz run --sanitizer none` does: the compiler counts edges and comparisons, libFuzzer drives.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::arguments::Arguments;
use crate::failure::{Failure, Result, While};
use crate::{install, process, project};

/// The default for each target.
const SECONDS: u64 = 10;
/// Beyond the time that libFuzzer was given, which it looks at between two runs of a target.
const SPARE: Duration = Duration::from_secs(60);

/// The flags of cargo-fuzz, all of them known to stable Rust.
const FLAGS: [&str; 8] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "-Cdebug-assertions",
];

/// Every target for a short time, as `cargo xtask test` does.
pub(crate) fn short() -> Result<()> {
    run(&[], SECONDS)
}

pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let seconds = match arguments.option("--seconds")? {
        None => SECONDS,
        Some(text) => text
            .parse()
            .map_err(|_| Failure::usage(format!("--seconds wants a number and not `{text}`")))?,
    };
    run(&arguments.words()?, seconds)
}

fn run(names: &[String], seconds: u64) -> Result<()> {
    install::need(&["c++"], &["g++"], "libFuzzer is C++")?;
    let programs = build()?;
    let known: Vec<&str> = programs.iter().map(|(name, _)| name.as_str()).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(Failure::usage(format!(
            "there is no fuzz target `{unknown}`: they are {}",
            known.join(", ")
        )));
    }
    for (name, program) in &programs {
        if names.is_empty() || names.contains(name) {
            fuzz(name, program, seconds)?;
        }
    }
    Ok(())
}

/// Builds all targets and gives their names and programs.
fn build() -> Result<Vec<(String, PathBuf)>> {
    // With a target named, the flags are not for build scripts and macros, which have no fuzzer to link with.
    let output = project::cargo()
        .args(["build", "--release", "--bins", "--quiet"])
        .arg("--message-format=json-render-diagnostics")
        .args(["--manifest-path", "fuzz/Cargo.toml", "--target", &host()?])
        .arg("--target-dir")
        .arg(project::work_folder("fuzz/build")?)
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"))
        .stderr(std::process::Stdio::inherit())
        .output()
        .while_doing("starting cargo")?;
    if !output.status.success() {
        return Err("the fuzz targets do not build".into());
    }
    let mut programs: Vec<(String, PathBuf)> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(built)
        .collect();
    programs.sort();
    Ok(programs)
}

/// The program in a message of cargo.
fn built(message: &str) -> Option<(String, PathBuf)> {
    let message: Value = serde_json::from_str(message).ok()?;
    let program = message["executable"].as_str()?;
    let name = message["target"]["name"].as_str()?;
    Some((name.to_owned(), PathBuf::from(program)))
}

fn host() -> Result<String> {
    let said = process::capture_ok(Command::new("rustc").arg("-vV"), Duration::from_secs(60))?;
    said.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| "rustc does not say for which machine it compiles".into())
}

/// Runs a target from its seeds and the findings of earlier runs. A failing input is kept.
fn fuzz(name: &str, program: &PathBuf, seconds: u64) -> Result<()> {
    let seeds = project::root().join("fuzz/seeds").join(name);
    if fs::read_dir(&seeds).map_or(0, Iterator::count) == 0 {
        return Err(format!("the fuzz target `{name}` has no seeds in fuzz/seeds/{name}").into());
    }
    let found = project::work_folder(&format!("fuzz/corpus/{name}"))?;
    let failures = project::work_folder(&format!("fuzz/failures/{name}"))?;
    let mut command = Command::new(program);
    command
        .arg(format!("-max_total_time={seconds}"))
        .args(["-max_len=4096", "-timeout=10", "-rss_limit_mb=1024"])
        .arg(format!("-artifact_prefix={}/", failures.display()))
        .arg(&found)
        .arg(&seeds);
    let captured = process::capture(&mut command, "", Duration::from_secs(seconds) + SPARE)?;
    if !captured.status.success() {
        return Err(format!(
            "the fuzz target `{name}` failed; the input is kept in {}:\n{}",
            failures.display(),
            process::last_lines(&captured.stderr, 25)
        )
        .into());
    }
    println!("fuzz {name}: {}", process::last_lines(&captured.stderr, 1));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_in_cargos_messages() {
        let message =
            r#"{"reason":"compiler-artifact","target":{"name":"inflate"},"executable":"a/inflate"}"#;
        assert_eq!(built(message), Some(("inflate".into(), "a/inflate".into())));
        assert_eq!(built(r#"{"target":{"name":"http"},"executable":null}"#), None);
        assert_eq!(built("Compiling"), None);
    }
}
