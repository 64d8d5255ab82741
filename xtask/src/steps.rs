//! `cargo xtask test`: all that CI checks, one step after the other, the first failure ends it.

use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::failure::{Failure, Result};
use crate::{
    autobahn, bench, dependencies, docs, engines, external_types, features, fleet, fuzz, interop, msrv,
    process, project, soak, tidy, vectors,
};

struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<()>,
}

/// In the order in which they run: what fails fast comes first.
const STEPS: &[Step] = &[
    Step {
        name: "format",
        what: "cargo fmt --check",
        run: format,
    },
    Step {
        name: "clippy",
        what: "clippy, warnings denied",
        run: clippy,
    },
    Step {
        name: "tests",
        what: "cargo test",
        run: tests,
    },
    Step {
        name: "engines",
        what: "the engines of the hub against a Redis and a Valkey",
        run: engines::test,
    },
    Step {
        name: "services",
        what: "the examples with databases, GraphQL and OpenTelemetry, and the first application",
        run: services,
    },
    Step {
        name: "docs",
        what: "rustdoc, warnings denied",
        run: docs,
    },
    Step {
        name: "dependencies",
        what: "licences, sources and versions of the dependencies",
        run: dependencies::check,
    },
    Step {
        name: "features",
        what: "the libraries with each feature, none and all, by cargo-hack",
        run: features::each,
    },
    Step {
        name: "msrv",
        what: "the oldest Rust that Cargo.toml names",
        run: msrv::check,
    },
    Step {
        name: "types",
        what: "the other crates that the public interface shows",
        run: external_types::check,
    },
    Step {
        name: "vectors",
        what: "parameters against FastAPI's answers",
        run: vectors::own,
    },
    Step {
        name: "tidy",
        what: "the rules of the house",
        run: tidy::command,
    },
    Step {
        name: "instructions",
        what: "the cost of the protocol core, by callgrind",
        run: bench::instructions,
    },
    Step {
        name: "interop",
        what: "real clients against the tour, compressed, merged, over TLS and behind nginx too",
        run: interop::all,
    },
    Step {
        name: "page",
        what: "the page of the tour in Chromium, and its client.ts in Node.js and Chromium",
        run: docs::all,
    },
    Step {
        name: "autobahn",
        what: "Autobahn's groups 1 to 10 against the tour",
        run: autobahn::plain,
    },
    Step {
        name: "drain",
        what: "10,000 connections when the tour stops",
        run: soak::drain::both,
    },
    Step {
        name: "fleet",
        what: "three tours on one Redis, which fails in every way",
        run: fleet::short,
    },
    Step {
        name: "soak",
        what: "random clients against the tour for 2 minutes",
        run: soak::short,
    },
    Step {
        name: "fuzz",
        what: "every fuzz target for 10 seconds",
        run: fuzz::short,
    },
];

pub(crate) fn command(arguments: Arguments) -> Result<()> {
    let names = arguments.words()?;
    if let Some(unknown) = names
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        return Err(Failure::usage(format!(
            "there is no step `{unknown}`: the steps are {}",
            known.join(", ")
        )));
    }
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|step| names.is_empty() || names.iter().any(|name| name == step.name))
        .collect();

    let began = Instant::now();
    let mut times: Vec<(&str, Duration)> = Vec::new();
    for (at, step) in chosen.iter().enumerate() {
        println!("[{}/{}] {}: {}", at + 1, chosen.len(), step.name, step.what);
        let step_began = Instant::now();
        let outcome = (step.run)();
        let seconds = step_began.elapsed();
        if let Err(failure) = outcome {
            println!(
                "[{}/{}] {}: FAILED after {}",
                at + 1,
                chosen.len(),
                step.name,
                shown(seconds)
            );
            println!("steps: {at} passed, 1 failed");
            let not_run = chosen.len() - at - 1;
            return Err(format!("the step `{}` failed ({not_run} not run): {failure}", step.name).into());
        }
        println!(
            "[{}/{}] {}: ok, {}",
            at + 1,
            chosen.len(),
            step.name,
            shown(seconds)
        );
        times.push((step.name, seconds));
    }
    println!("\nall checks passed in {}", shown(began.elapsed()));
    for (name, seconds) in times {
        println!("  {name:<12} {:>9}", shown(seconds));
    }
    println!("steps: {} passed, 0 failed", chosen.len());
    Ok(())
}

fn shown(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn format() -> Result<()> {
    process::run(project::cargo().args(["fmt", "--all", "--check"]))?;
    let benches = ["fmt", "--check", "--manifest-path", "benches/Cargo.toml"];
    process::run(project::cargo().args(benches))?;
    for manifest in [
        "examples/services/Cargo.toml",
        "examples/00_installing/Cargo.toml",
    ] {
        process::run(project::cargo().args(["fmt", "--check", "--manifest-path", manifest]))?;
    }
    Ok(())
}

fn clippy() -> Result<()> {
    let what = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ];
    process::run(project::cargo().args(what))
}

fn tests() -> Result<()> {
    process::run(project::cargo().args(["test", "--workspace", "--all-features"]))
}

/// Workspaces of their own, since their crates take as long to build as all others.
fn services() -> Result<()> {
    let services = ["--locked", "--manifest-path", "examples/services/Cargo.toml"];
    process::run(project::cargo().arg("test").args(services))?;
    let first = ["--manifest-path", "examples/00_installing/Cargo.toml"];
    let target = ["--target-dir", "examples/services/target"];
    process::run(
        project::cargo()
            .args(["build", "--locked"])
            .args(first)
            .args(target),
    )
}

fn docs() -> Result<()> {
    process::run(project::cargo().env("RUSTDOCFLAGS", "-Dwarnings").args([
        "doc",
        "--workspace",
        "--no-deps",
        "--all-features",
        "--quiet",
    ]))
}
