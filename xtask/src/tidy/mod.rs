//! `cargo xtask tidy`: the rules of the house that a program can check, one file a subject.

mod circles;
mod crates;
mod documents;
mod imports;
mod items;
mod lockfiles;
mod log_texts;
mod machine_paths;
mod names;
mod order;
mod root_names;
mod shape;
mod source;
mod tree;
mod unfinished;
mod unsafe_code;
mod unwraps;
mod version;
mod words;

use crate::failure::Result;
use tree::{Finding, Tree};

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: &[Rule] = &[
    shape::first_lines,
    shape::lengths,
    order::modules_of_hangup,
    order::cycles,
    circles::check,
    names::check,
    root_names::check,
    unfinished::check,
    unsafe_code::check,
    unwraps::check,
    log_texts::check,
    machine_paths::check,
    lockfiles::check,
    words::check,
    version::check,
    documents::changelog,
    documents::architecture,
    documents::tour_paths,
];

pub(crate) fn command() -> Result<()> {
    let tree = Tree::of_project()?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    findings.sort();
    findings.dedup();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!(
                "tidy: {} files, {} rules, nothing found",
                tree.files.len(),
                RULES.len()
            );
            Ok(())
        }
        1 => Err("tidy found 1 thing to put right".into()),
        count => Err(format!("tidy found {count} things to put right").into()),
    }
}
