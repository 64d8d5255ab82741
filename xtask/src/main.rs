//! The commands of the project; the list below has all of `cargo xtask`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these are command-line programs: what they print is what they are for"
)]

mod arguments;
mod autobahn;
mod bench;
mod dependencies;
mod docs;
mod engines;
mod external_types;
mod failure;
mod features;
mod fleet;
mod fuzz;
mod install;
mod interop;
mod msrv;
mod process;
mod project;
mod soak;
mod steps;
mod tidy;
mod vectors;

use std::process::ExitCode;

use arguments::Arguments;
use failure::{Failure, Result};

const USAGE: &str = "\
The project's own commands.

usage: cargo xtask COMMAND [OPTIONS]

  test [STEP..]           all that CI checks, or only the named steps; installs what it needs
  tidy                    the rules of the house that a program can check
  interop [OPTIONS]       the tour against the clients that people use, and the bare wire
      --refuse close|http     one refusal mode only (default: both)
      --clients NAMES         such as aiohttp,qt; all: those too that take long to install (default: the quick ones)
      --write                 with `--clients all`: write the page of the endings that each client shows
      --way direct|tls|nginx  one way to the tour only (default: all, nginx from Debian)
      --case TEXT             only the cases whose name contains TEXT
      --address HOST:PORT     a server that runs already (then --refuse says how it refuses)
  page [STEP..]           the page of the tour in Chromium, as a person uses it, and its client.ts
      --write                 keep the two pictures that README shows
  autobahn [OPTIONS]      the Autobahn test suite against the tour's /echo, groups 1 to 10
      --all                   groups 12 and 13 (compression) too
      --cases PATTERNS        only these, such as 1.*,6.4.1
      --address HOST:PORT     a server that runs already
  soak [OPTIONS]          random clients of every kind against the tour: every connection has one end, nothing is left
      --minutes N             default: 2
      --seed N                the clients of an earlier run once more
  drain [OPTIONS]         the tour is stopped with thousands of connections open, and every client sees its code
      --connections N         default: 10000, or as many as the limit on descriptors lets
      --code CODE             default: 1001
  fleet [OPTIONS]         three tours on one Redis, which is killed, cut off, stalled and made to forget
      --rounds N              default: 1
      --only TEXT             only the scenarios whose name contains TEXT
  fuzz [TARGET..]         the fuzz targets, all or only these
      --seconds N             for each target (default: 10)
  bench [OPTIONS]         server CPU per message beside the peers, as a ratio to a bare TCP echo (benches/README.md)
      --quick                 a tenth of the messages
      --rounds N              default: 5
      --only NAMES            scenarios, such as 64x1,64x16
      --peers NAMES           such as raw,hangup,bun
      --idle N                the memory of N idle connections instead
      --instructions          the instructions of the protocol core per message instead, within 3 % of those known
      --write                 keep the table and the chart in benches/results, or the instructions
  vectors [FILE]          vectors of parameter validation, one a line (default: the repository's own few)

Downloads and reports go to target/xtask.
";

fn main() -> ExitCode {
    let mut arguments = Arguments::from_env();
    let command = arguments.next_word();
    let outcome = match command.as_deref() {
        None | Some("help" | "-h" | "--help") => {
            print!("{USAGE}");
            Ok(())
        }
        Some(_) if arguments.asks_for_help() => {
            print!("{USAGE}");
            Ok(())
        }
        Some("test") => steps::command(arguments),
        Some("tidy") => arguments.end().and_then(|()| tidy::command()),
        Some("interop") => interop::command(arguments),
        Some("page") => docs::command(arguments),
        Some("autobahn") => autobahn::command(arguments),
        Some("soak") => soak::command(arguments),
        Some("drain") => soak::drain::command(arguments),
        Some("fleet") => fleet::command(arguments),
        Some("fuzz") => fuzz::command(arguments),
        Some("bench") => bench::command(arguments),
        Some("vectors") => vectors::command(arguments),
        Some(other) => Err(Failure::usage(format!("there is no command `{other}`"))),
    };
    report(outcome)
}

fn report(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_told() {
                eprintln!("\nxtask: {failure}");
            }
            ExitCode::from(failure.exit_code())
        }
    }
}
