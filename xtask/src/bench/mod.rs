//! `cargo xtask bench`: builds the benchmarks (the folder `benches`), installs Bun and FastAPI, and runs the scenarios.

mod instructions;
mod peers;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::arguments::Arguments;
use crate::failure::{Failure, Result, While};
use crate::{process, project};

/// Options that are passed on to the program.
const VALUES: [&str; 5] = ["--rounds", "--only", "--peers", "--idle", "--hub"];

/// The counts of the protocol core against the known counts, as `cargo xtask test` checks them.
pub(crate) fn instructions() -> Result<()> {
    instructions::command(false)
}

pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    if arguments.switch("--instructions") {
        let write = arguments.switch("--write");
        return arguments.end().and_then(|()| instructions::command(write));
    }
    let mut options = Vec::new();
    let mut whole = true;
    let mut peers = None;
    for name in VALUES {
        let Some(value) = arguments.option(name)? else {
            continue;
        };
        whole &= matches!(name, "--rounds" | "--peers");
        if name == "--peers" {
            peers = Some(value.clone());
        }
        options.extend([name.to_owned(), value]);
    }
    if arguments.switch("--quick") {
        whole = false;
        options.push("--quick".to_owned());
    }
    let write = arguments.switch("--write");
    arguments.end()?;
    if write && !whole {
        return Err(Failure::usage(
            "--write keeps whole runs only, without --only, --quick, --idle and --hub",
        ));
    }

    let program = build()?;
    let asked = |name: &str| {
        peers
            .as_ref()
            .is_none_or(|peers| peers.split(',').any(|peer| peer == name))
    };
    let report = project::work_folder("bench/report")?;
    let mut run = Command::new(program);
    run.args(options).arg("--out").arg(&report);
    if asked("bun") {
        optional("Bun", peers::bun(), "--bun", &mut run);
    }
    if asked("fastapi") {
        optional("FastAPI", peers::fastapi(), "--python", &mut run);
    }
    process::run(&mut run)?;
    if write {
        let kept = project::root().join("benches/results");
        fs::create_dir_all(&kept).while_doing("making benches/results")?;
        for name in ["bench.md", "bench.svg"] {
            fs::copy(report.join(name), kept.join(name)).while_doing(format!("copying {name}"))?;
        }
        println!("the table and the chart are in benches/results");
    }
    Ok(())
}

/// A release build; the benchmarks are a workspace of their own, so that their dependencies are not the project's.
fn build() -> Result<PathBuf> {
    let target = project::work_folder("bench/build")?;
    process::run(
        project::cargo()
            .args(["build", "--release", "--quiet", "--manifest-path"])
            .arg(project::root().join("benches/Cargo.toml"))
            .arg("--target-dir")
            .arg(&target),
    )?;
    Ok(target.join("release/hangup-benches"))
}

/// Reports peers that cannot be installed, and continues without them.
fn optional(name: &str, installed: Result<PathBuf>, option: &str, run: &mut Command) {
    match installed {
        Ok(path) => {
            run.arg(option).arg(path);
        }
        Err(failure) => println!("{name} cannot be installed here: {failure}"),
    }
}
