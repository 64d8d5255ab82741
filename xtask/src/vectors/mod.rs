//! `cargo xtask vectors FILE`: golden vectors of parameter validation and of messages. A message is read as its model,
//! which the package `xtask/vectors` has; parameters are sent to an endpoint that is generated from
//! their declaration.
//!
//! A line of the file is one vector: what is declared, what is sent, what must come of it. Vectors with the same
//! declaration share an endpoint, which is written with `#[websocket]` as a user would write it. The package of all
//! endpoints is under `target/xtask/vectors`; what they have in common is the package `xtask/vectors`.

mod choices;
mod compile;
mod declaration;
mod declared_type;
mod endpoint;
mod expressible;
mod literal;
mod package;
mod plan;
mod skip;
mod text;
mod vector;
mod width;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use self::plan::Plan;
use crate::arguments::Arguments;
use crate::failure::{Failure, Result, While};
use crate::project;

/// The vectors of the repository.
const OWN: &str = "crates/hangup-validation/tests/vectors.jsonl";

pub(crate) fn command(arguments: Arguments) -> Result<()> {
    match arguments.words()?.as_slice() {
        [] => run(&project::root().join(OWN)),
        [file] => run(Path::new(file)),
        _ => Err(Failure::usage("`vectors` takes one file")),
    }
}

pub(crate) fn own() -> Result<()> {
    run(&project::root().join(OWN))
}

fn run(file: &Path) -> Result<()> {
    let text = fs::read_to_string(file).while_doing(format!("reading {}", file.display()))?;
    if is_of_messages(&text) {
        return run_messages(file);
    }
    let mut plan = Plan::of(&text);
    let (vectors, endpoints) = plan.counts();
    eprintln!("{vectors} vectors, {endpoints} endpoints to build");
    let program = compile::program(&mut plan)?;
    let plan_file = save(&plan)?;
    let status = Command::new(&program)
        .arg(file)
        .arg(plan_file)
        .status()
        .while_doing(format!("starting {}", program.display()))?;
    match status.code() {
        Some(0) => Ok(()),
        // The program has told what is wrong, and its count is to be the last line.
        Some(1) => Err(Failure::told()),
        _ => Err(format!("the vectors did not run to their end ({status})").into()),
    }
}

/// Vectors of messages name their model.
fn is_of_messages(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    serde_json::from_str::<serde_json::Value>(first).is_ok_and(|vector| vector.get("model_name").is_some())
}

fn run_messages(file: &Path) -> Result<()> {
    let status = Command::new("cargo")
        .args([
            "run",
            "--quiet",
            "--package",
            "vectors",
            "--bin",
            "messages",
            "--",
        ])
        .arg(std::path::absolute(file).while_doing("finding the file")?)
        .current_dir(project::root())
        .status()
        .while_doing("starting cargo")?;
    match status.code() {
        Some(0) => Ok(()),
        Some(1) => Err(Failure::told()),
        _ => Err(format!("the vectors did not run to their end ({status})").into()),
    }
}

fn save(plan: &Plan) -> Result<PathBuf> {
    let path = project::work_folder("vectors")?.join("plan.json");
    fs::write(&path, plan.json().to_string()).while_doing(format!("writing {}", path.display()))?;
    Ok(path)
}
