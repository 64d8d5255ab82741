//! `cargo xtask fleet`: three tours as nodes of one service, each behind a proxy of its own in front of one Redis, and all that
//! can go wrong between them.

mod example;
mod node;
mod proxy;
mod room;
mod scenarios;
mod server;
mod service;

use std::time::Instant;

use crate::arguments::Arguments;
use crate::engines;
use crate::failure::{Failure, Result};
use crate::interop::tour::{self, Profile};
use scenarios::SCENARIOS;
use service::{Fleet, NODES};

/// Every scenario once, as `cargo xtask test` runs it.
pub(crate) fn short() -> Result<()> {
    run(1, None)
}

pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let rounds = arguments.option("--rounds")?.unwrap_or_else(|| "1".into());
    let rounds = rounds
        .parse()
        .map_err(|_| Failure::usage(format!("--rounds is a whole number, not `{rounds}`")))?;
    let only = arguments.option("--only")?;
    arguments.end()?;
    run(rounds, only.as_deref())
}

fn run(rounds: u32, only: Option<&str>) -> Result<()> {
    let program = tour::build(Profile::Dev)?;
    let redis = engines::redis_server()?;
    let begun = Instant::now();
    let mut failures = 0;
    for round in 0..rounds {
        let chosen = SCENARIOS
            .iter()
            .filter(|(name, _)| only.is_none_or(|only| name.contains(only)));
        for (number, (name, scenario)) in chosen.enumerate() {
            // Each has a fleet of its own, so that none depends on what another left.
            let start = || Fleet::start(&redis, &program, &format!("fleet-{round}-{number}"));
            report(
                name,
                || start().and_then(|mut fleet| scenario(&mut fleet)),
                &mut failures,
            );
        }
    }
    if only.is_none_or(|only| example::NAME.contains(only)) {
        report(example::NAME, example::run, &mut failures);
    }
    println!("fleet: {NODES} nodes, {:.0} s", begun.elapsed().as_secs_f64());
    match failures {
        0 => Ok(()),
        _ => Err(format!("{failures} scenarios of the fleet failed").into()),
    }
}

/// Runs a scenario and says how it went.
fn report(name: &str, scenario: impl FnOnce() -> Result<()>, failures: &mut usize) {
    let begun = Instant::now();
    let outcome = scenario();
    let took = begun.elapsed().as_secs_f64();
    match outcome {
        Ok(()) => println!("  ok      {took:4.1} s  {name}"),
        Err(failure) => {
            *failures += 1;
            println!("  FAILED  {took:4.1} s  {name}: {failure}");
        }
    }
}
