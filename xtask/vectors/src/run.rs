//! All vectors of a file, one after the other, each at its endpoint; then the count.

use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;

use hangup::App;
use serde_json::Value;

use crate::compare::same;
use crate::request::outcome;

/// A router with one generated endpoint.
pub type Endpoint = fn() -> App;

#[derive(Debug, Default)]
struct Tally {
    passed: usize,
    failed: usize,
    /// The vectors that were not sent, by the reason.
    skipped: BTreeMap<String, Vec<String>>,
}

/// Sends the vectors of the file that the first argument names. The second names the plan: a JSON array with, for each
/// vector, `{"endpoint": place in `endpoints`}` or `{"skip": reason}`.
pub fn run(endpoints: &[Endpoint]) -> ExitCode {
    match tally(endpoints) {
        Ok(tally) => {
            let skipped = tally.show_skipped();
            println!(
                "{} passed, {} failed, {skipped} skipped",
                tally.passed, tally.failed
            );
            ExitCode::from(u8::from(tally.failed > 0))
        }
        Err(error) => {
            eprintln!("vectors: {error}");
            ExitCode::from(2)
        }
    }
}

fn tally(endpoints: &[Endpoint]) -> Result<Tally, String> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(plan)) = (arguments.next(), arguments.next()) else {
        return Err("needs a file of vectors and a plan".to_owned());
    };
    let read = |path: &str| fs::read_to_string(path).map_err(|error| format!("{path}: {error}"));
    let text = read(&file)?;
    let plan: Vec<Value> = serde_json::from_str(&read(&plan)?).map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;

    let mut tally = Tally::default();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    for (line, plan) in lines.zip(&plan) {
        let vector: Value = serde_json::from_str(line).unwrap_or_default();
        let id = vector["id"].as_str().unwrap_or_default();
        if let Some(reason) = plan["skip"].as_str() {
            let ids = tally.skipped.entry(reason.to_owned()).or_default();
            ids.push(id.to_owned());
            continue;
        }
        let place = plan["endpoint"]
            .as_u64()
            .and_then(|place| usize::try_from(place).ok());
        let Some(endpoint) = place.and_then(|place| endpoints.get(place)) else {
            return Err(format!("{id}: the plan does not fit the endpoints"));
        };
        let got = runtime.block_on(send(*endpoint, vector["request"].clone()));
        if same(&vector["expect"], &got) {
            tally.passed += 1;
        } else {
            tally.failed += 1;
            println!("FAILED {id}\n  sent      {}", vector["request"]);
            println!("  expected  {}\n  got       {got}", vector["expect"]);
        }
    }
    Ok(tally)
}

/// In a task of its own, so that a panic is one failure and not the end.
async fn send(endpoint: Endpoint, request: Value) -> Value {
    let task = tokio::spawn(async move { outcome(endpoint(), &request).await });
    task.await
        .unwrap_or_else(|error| serde_json::json!({ "panic": error.to_string() }))
}

impl Tally {
    /// Prints every reason with its vectors, and gives the count of them all.
    fn show_skipped(&self) -> usize {
        for (reason, ids) in &self.skipped {
            println!("skipped {:>3}: {reason}", ids.len());
            for id in ids {
                println!("             {id}");
            }
        }
        self.skipped.values().map(Vec::len).sum()
    }
}
