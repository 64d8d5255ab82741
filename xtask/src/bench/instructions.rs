//! `cargo xtask bench --instructions`: the instructions of the protocol core per echoed message, against the known counts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::failure::{Failure, Result, While};
use crate::{install, process, project};

/// The cases of the program that is counted, and what one round of each holds: messages, or connections.
const CASES: [(&str, u64); 7] = [
    ("text-125", BURST),
    ("text-4096", BURST),
    ("binary-4096", BURST),
    ("fragments-125", BURST),
    ("served-125", BURST),
    ("connection", 1),
    ("refused", 1),
];
/// Messages that arrive with one read.
const BURST: u64 = 16;
/// Two runs, so that what a program executes before its first message cancels out.
const RUNS: [u64; 2] = [50, 1050];
const TOLERANCE: f64 = 0.03;
const LIMIT: Duration = Duration::from_secs(120);
const HEAD: &str = "\
# Instructions, counted by callgrind on x86-64 with AVX2. Per message, 16 with one read: echoed by the protocol core
# (text, binary, fragments), or by the whole framework over the loopback interface (served). Per connection, its client
# included: opened, one echo, closed (connection), or refused by Close before accept (refused).
# `cargo xtask bench --instructions` checks them within 3 %; with `--write` it counts them anew.

";

pub(super) fn command(write: bool) -> Result<()> {
    install::need(&["valgrind"], &["valgrind"], "callgrind counts the instructions")?;
    let program = build()?;
    let kept = project::root().join("benches/instructions.toml");
    let known = if write {
        String::new()
    } else {
        fs::read_to_string(&kept).while_doing("reading benches/instructions.toml")?
    };
    let mut text = String::from(HEAD);
    let mut strays = false;
    for (case, per_round) in CASES {
        let counted = count_each(&program, case, per_round)?;
        text.push_str(&format!("{case} = {counted}\n"));
        if write {
            println!("{case:<14} {counted:>8}");
            continue;
        }
        let wanted = value(&known, case).ok_or_else(|| {
            Failure::from(format!(
                "benches/instructions.toml has no `{case}`: write it with --write"
            ))
        })?;
        let change = counted as f64 / wanted as f64 - 1.0;
        let verdict = if change.abs() > TOLERANCE {
            "  more than 3 %"
        } else {
            ""
        };
        strays |= !verdict.is_empty();
        println!(
            "{case:<14} {counted:>8}  known {wanted:>8}  {:+6.1} %{verdict}",
            change * 100.0
        );
    }
    if write {
        return fs::write(&kept, text).while_doing("writing benches/instructions.toml");
    }
    if strays {
        return Err(
            "the counts have changed: if that is intended, keep the new ones with `--instructions --write`"
                .into(),
        );
    }
    Ok(())
}

/// Without the peers.
fn build() -> Result<PathBuf> {
    let target = project::work_folder("bench/build")?;
    process::run(
        project::cargo()
            .args(["build", "--release", "--quiet", "--no-default-features"])
            .args(["--bin", "instructions", "--manifest-path"])
            .arg(project::root().join("benches/Cargo.toml"))
            .arg("--target-dir")
            .arg(&target),
    )?;
    Ok(target.join("release/instructions"))
}

/// The instructions of one message, or of one connection.
fn count_each(program: &Path, case: &str, per_round: u64) -> Result<u64> {
    let [few, many] = RUNS;
    let more = count(program, case, many)?.saturating_sub(count(program, case, few)?);
    Ok((more as f64 / ((many - few) * per_round) as f64).round() as u64)
}

/// The instructions of one run.
fn count(program: &Path, case: &str, rounds: u64) -> Result<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([case, &rounds.to_string()]);
    let captured = process::capture(&mut valgrind, "", LIMIT)?;
    let counted = collected(&captured.stderr);
    match counted.filter(|_| captured.status.success()) {
        Some(count) => Ok(count),
        None => Err(format!(
            "valgrind counts nothing:\n{}",
            process::last_lines(&captured.stderr, 10)
        )
        .into()),
    }
}

fn collected(said: &str) -> Option<u64> {
    let line = said.lines().find(|line| line.contains("Collected :"))?;
    line.rsplit(' ').next()?.parse().ok()
}

fn value(text: &str, name: &str) -> Option<u64> {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix('='))?
        .trim()
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_back() {
        let text = format!("{HEAD}text-125 = 17\nbinary-4096 = 4\n");
        assert_eq!(value(&text, "text-125"), Some(17));
        assert_eq!(value(&text, "binary-4096"), Some(4));
        assert_eq!(value(&text, "text-4096"), None);
    }

    #[test]
    fn the_sum_is_found_in_what_valgrind_says() {
        let said = "==7== Events    : Ir\n==7== Collected : 1121458\n==7==\n==7== I   refs:      1,121,458\n";
        assert_eq!(collected(said), Some(1_121_458));
        assert_eq!(collected("==7== nothing"), None);
    }
}
