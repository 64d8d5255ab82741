//! `cargo xtask soak`: random clients of every kind against the tour, whose endings are counted and whose memory and
//! descriptors must come back. `cargo xtask drain` is beside it: a server with many open connections is stopped.

mod chance;
mod clients;
pub(crate) mod connection;
mod costly;
mod documented;
pub(crate) mod drain;
mod early;
mod endings;
mod figures;
mod kinds;
mod late;
mod rooms;
mod round_trip;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::arguments::Arguments;
use crate::failure::{Failure, Result, While};
use crate::interop::Refuse;
use crate::interop::tour::{self, Profile, Tour};
use chance::Chance;
use connection::Stop;
use documented::DocumentedCloses;
use endings::Endings;
use figures::Figures;
use kinds::{Asks, FLAGS, Kind, choose, kinds};

/// How many clients there are at a time: more than the tour lets in.
const CLIENTS: u64 = 170;

/// What is allocated once, as buffers and metrics, is there after this.
const WARM_UP: Duration = Duration::from_secs(12);

/// Has the allocator of glibc give back what is free, so that the memory of the process is what it uses. A backtrace of
/// one of the endpoints that panic would keep the program's debug information in memory.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("MALLOC_MMAP_THRESHOLD_", "16384"),
    ("MALLOC_TRIM_THRESHOLD_", "65536"),
    ("MALLOC_ARENA_MAX", "2"),
    ("RUST_BACKTRACE", "0"),
];

/// How much more memory may be in use at the end than after the warm-up, in KiB: what the allocator keeps
/// in pieces.
const MEMORY_TOLERANCE: u64 = 4 * 1024;

/// How long it may take until nothing is left of clients that have left.
const REST: Duration = Duration::from_secs(20);

/// How long a server without connections may take to stop.
const STOP: Duration = Duration::from_secs(2);

/// How long an honest client may wait for its echo, whatever the others do: the machine that runs both may be busy.
const ROUND_TRIP: Duration = Duration::from_secs(3);

/// How many failures are told one by one.
const TOLD: usize = 10;

/// Two minutes, as `cargo xtask test` runs it.
pub(crate) fn short() -> Result<()> {
    run(Duration::from_secs(120), new_seed())
}

pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let minutes = arguments.option("--minutes")?.unwrap_or_else(|| "2".into());
    let seed = arguments.option("--seed")?;
    arguments.end()?;
    let time = minutes.parse().ok().and_then(|minutes: f64| {
        let time = Duration::try_from_secs_f64(minutes * 60.0).ok()?;
        (!time.is_zero()).then_some(time)
    });
    let time = time.ok_or_else(|| Failure::usage(format!("--minutes is a number, not `{minutes}`")))?;
    let seed = match seed {
        None => new_seed(),
        Some(seed) => seed
            .parse()
            .map_err(|_| Failure::usage(format!("--seed is a whole number, not `{seed}`")))?,
    };
    run(time, seed)
}

fn new_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Chance::new(now.map_or(0, |now| now.as_nanos() as u64)).next() >> 32
}

fn run(time: Duration, seed: u64) -> Result<()> {
    let program = tour::build(Profile::Dev)?;
    let documented = DocumentedCloses::of_program(&program, FLAGS)?;
    let mut tour = Tour::start_in(ENVIRONMENT, &program, Refuse::Close, "tour-soak", FLAGS)?;
    println!(
        "soak: {:.1} min, {CLIENTS} clients at a time, --seed {seed}",
        time.as_secs_f64() / 60.0
    );
    let tally = Tally::new(seed);
    // Each kind once, then as chance has it.
    tally.let_loose(&tour.address, WARM_UP);
    let before = Figures::at_rest(&tour, None, REST)?;
    tour.still_runs()?;
    let begun = Instant::now();
    let warmed_up = tally.runs();
    tally.let_loose(&tour.address, time);
    let (runs, took) = (tally.runs() - warmed_up, begun.elapsed());
    tour.still_runs()?;
    let after = Figures::at_rest(&tour, Some(before.descriptors), REST);
    let counted = Endings::of_metrics(&tour.address)?;

    tally.print();
    println!(
        "{runs} connections in {:.0} s, {:.0} a minute",
        took.as_secs_f64(),
        runs as f64 * 60.0 / took.as_secs_f64()
    );
    counted.print();
    let undocumented = documented.missing(&counted.seen);
    println!(
        "{} close codes of endpoints were seen, {} of them not in the document",
        counted.seen.len(),
        undocumented.len()
    );
    let after = after?;
    println!("before: {before}\nafter:  {after}");

    let stopping = Instant::now();
    tour.ask_to_stop()?;
    let status = tour.exit_before(stopping + STOP)?;
    let stopped = stopping.elapsed();
    let mut wrong = tally.failures();
    let slowest = round_trip::slowest();
    println!(
        "the slowest echo of an honest client took {} ms",
        slowest.as_millis()
    );
    if slowest > ROUND_TRIP {
        wrong.push(format!(
            "an honest client waited {} ms for its echo, which is more than {}",
            slowest.as_millis(),
            ROUND_TRIP.as_millis()
        ));
    }
    match status {
        None => wrong.push(format!(
            "the tour still runs {} s after SIGTERM without connections",
            STOP.as_secs()
        )),
        Some(status) if !status.success() => wrong.push(format!("the tour ended with {status}")),
        Some(_) => println!("stopped after {} ms", stopped.as_millis()),
    }
    if after.memory > before.memory + MEMORY_TOLERANCE {
        wrong.push(format!(
            "memory has grown by {} KiB, which is more than {MEMORY_TOLERANCE}",
            after.memory - before.memory
        ));
    }
    let log = std::fs::File::open(&tour.log).while_doing(tour.log.display())?;
    let logged = endings::read_log(log)?;
    wrong.extend(counted.differences(&logged, tally.asked()));
    wrong.extend(counted.hub.differences(rooms::kicks()));
    wrong.extend(undocumented);
    report(&wrong, seed, &tour)
}

fn report(wrong: &[String], seed: u64, tour: &Tour) -> Result<()> {
    for failure in wrong.iter().take(TOLD) {
        println!("WRONG: {failure}");
    }
    if wrong.is_empty() {
        println!("every connection had one end, and nothing is left");
        return Ok(());
    }
    let log = tour.log.display();
    Err(format!(
        "{} failures; again with --seed {seed}; the tour's log is {log}",
        wrong.len()
    )
    .into())
}

/// What the clients did, and what they saw that they should not have.
struct Tally {
    seed: u64,
    next: AtomicU64,
    full: AtomicU64,
    runs: Vec<AtomicU64>,
    /// How many of them failed, by kind.
    failed: Vec<AtomicU64>,
    failures: Mutex<Vec<String>>,
}

impl Tally {
    fn new(seed: u64) -> Self {
        Self {
            seed,
            next: AtomicU64::new(0),
            full: AtomicU64::new(0),
            runs: kinds().iter().map(|_| AtomicU64::new(0)).collect(),
            failed: kinds().iter().map(|_| AtomicU64::new(0)).collect(),
            failures: Mutex::new(Vec::new()),
        }
    }

    /// Lets clients come and go for so long, and waits for the last of them.
    fn let_loose(&self, address: &str, time: Duration) {
        let end = Instant::now() + time;
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    while Instant::now() < end {
                        self.run_one(address);
                    }
                });
            }
        });
    }

    fn run_one(&self, address: &str) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut chance = Chance::of(self.seed, number);
        let kind: Option<(usize, &Kind)> = match kinds().get(number as usize) {
            Some(kind) => Some((number as usize, kind)),
            None => choose(&mut chance),
        };
        let Some((at, kind)) = kind else { return };
        self.runs[at].fetch_add(1, Ordering::Relaxed);
        match (kind.run)(address, &mut chance) {
            Ok(()) => {}
            Err(Stop::Full) => {
                self.full.fetch_add(1, Ordering::Relaxed);
            }
            Err(Stop::Wrong(what) | Stop::Gone(what)) => {
                self.failed[at].fetch_add(1, Ordering::Relaxed);
                let failure = format!("client {number}, which {}: {what}", kind.name);
                self.failures
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(failure);
            }
        }
    }

    fn runs(&self) -> u64 {
        self.runs.iter().map(|runs| runs.load(Ordering::Relaxed)).sum()
    }

    /// How many handshakes were sent for certain, and how many perhaps.
    fn asked(&self) -> (u64, u64) {
        let of = |asks| {
            let runs = kinds().iter().zip(&self.runs);
            let runs = runs.filter(|(kind, _)| kind.asks == asks);
            runs.map(|(_, runs)| runs.load(Ordering::Relaxed)).sum()
        };
        (of(Asks::Surely), of(Asks::Perhaps))
    }

    fn failures(&self) -> Vec<String> {
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn print(&self) {
        for ((kind, runs), failed) in kinds().iter().zip(&self.runs).zip(&self.failed) {
            let wrong = match failed.load(Ordering::Relaxed) {
                0 => String::new(),
                failed => format!(": {failed} WRONG"),
            };
            println!("  {:>8}  {}{wrong}", runs.load(Ordering::Relaxed), kind.name);
        }
        println!(
            "  {:>8}  of them were told that there are too many",
            self.full.load(Ordering::Relaxed)
        );
    }
}
