//! Vectors of JSON messages: each is read as its model, and the whole answer is compared.

mod deviation;
mod models;
mod outcome;

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::Value;

use self::outcome::outcome;

/// What became of the vectors of a file.
#[derive(Debug, Default)]
pub struct MessageTally {
    /// How many were answered as expected.
    pub passed: usize,
    /// What differs, in words.
    pub failed: Vec<String>,
    /// The vectors that differ on purpose, by the reason.
    pub deviating: BTreeMap<&'static str, Vec<String>>,
}

/// Reads every vector of a text, one a line.
#[must_use]
pub fn tally_messages(text: &str) -> MessageTally {
    let mut tally = MessageTally::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let vector: Value = serde_json::from_str(line).unwrap_or_default();
        let id = vector["id"].as_str().unwrap_or_default().to_owned();
        let (model, input) = (&vector["model_name"], &vector["input"]);
        let (Some(model), Some(input)) = (model.as_str(), input.as_str()) else {
            tally.failed.push(format!("{id}: no vector of a message"));
            continue;
        };
        let expect = &vector["expect"];
        let Some(got) = outcome(model, input) else {
            let ids = tally.deviating.entry(deviation::NO_MODEL).or_default();
            ids.push(id);
            continue;
        };
        if outcome::same(expect, &got) {
            tally.passed += 1;
        } else if let Some(reason) = deviation::reason(model, input, expect) {
            tally.deviating.entry(reason).or_default().push(id);
        } else {
            let start: String = input.chars().take(200).collect();
            tally.failed.push(format!(
                "{id}: {model} {start}\n  expected {expect}\n  got      {got}"
            ));
        }
    }
    tally
}

/// Reads the vectors of the file that the first argument names, and shows what became of them.
pub fn run_messages() -> ExitCode {
    let Some(file) = std::env::args().nth(1) else {
        eprintln!("messages: needs a file of vectors");
        return ExitCode::from(2);
    };
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("messages: {file}: {error}");
            return ExitCode::from(2);
        }
    };
    let tally = tally_messages(&text);
    for failed in &tally.failed {
        println!("{failed}");
    }
    for (reason, ids) in &tally.deviating {
        println!("{} deviate: {reason}: {}", ids.len(), ids.join(" "));
    }
    let deviating: usize = tally.deviating.values().map(Vec::len).sum();
    println!(
        "{} passed, {} failed, {deviating} deviate",
        tally.passed,
        tally.failed.len()
    );
    ExitCode::from(u8::from(!tally.failed.is_empty()))
}
