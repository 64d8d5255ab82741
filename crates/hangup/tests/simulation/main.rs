//! The hub on a simulated network under paused time: five nodes, some hundred connections, and a random schedule of kicks, losses,
//! delays, duplicates, partitions and restarts. The checkers are the promises of the guide.
//!
//! `HANGUP_SIMULATION_SEED=N` runs one schedule, `HANGUP_SIMULATION_RUNS=N` so many.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails where something is missing, and says with which seed"
)]

mod chance;
mod guest;
mod network;
mod record;
mod schedule;

use std::{
    env,
    time::{SystemTime, UNIX_EPOCH},
};

use chance::Chance;

/// How many schedules a run of the tests takes.
const RUNS: u64 = 4;

/// Names the seed where a schedule fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("this schedule again: HANGUP_SIMULATION_SEED={}", self.0);
        }
    }
}

#[test]
fn no_promise_is_broken_by_any_schedule() {
    let number = |variable| env::var(variable).ok().map(|text| text.parse::<u64>().unwrap());
    let seeds: Vec<u64> = match number("HANGUP_SIMULATION_SEED") {
        Some(seed) => vec![seed],
        None => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            let mut chance = Chance::new(now.as_nanos() as u64);
            let runs = number("HANGUP_SIMULATION_RUNS").unwrap_or(RUNS);
            (0..runs).map(|_| chance.next() >> 32).collect()
        }
    };
    for seed in seeds {
        let _named = Seed(seed);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(schedule::run(seed));
    }
}
