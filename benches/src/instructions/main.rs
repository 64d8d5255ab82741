//! What `cargo xtask bench --instructions` counts: one case, a given number of rounds.

mod core;
mod frames;
mod served;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.as_slice() {
        [case, rounds] => rounds.parse().ok().and_then(|rounds| run(case, rounds)),
        _ => None,
    };
    match done {
        Some(true) => ExitCode::SUCCESS,
        Some(false) => {
            eprintln!("the answer is not what was expected");
            ExitCode::FAILURE
        }
        None => {
            eprintln!(
                "usage: instructions text-125|text-4096|binary-4096|fragments-125|served-125|connection|refused ROUNDS"
            );
            ExitCode::from(2)
        }
    }
}

/// Whether every answer was right; none for an unknown case.
fn run(case: &str, rounds: usize) -> Option<bool> {
    match case {
        "served-125" => Some(served::echo(rounds)),
        "connection" => Some(served::connections(rounds)),
        "refused" => Some(served::refusals(rounds)),
        _ => frames::of(case).map(|(input, answered)| core::echo(&input, rounds) == answered * rounds),
    }
}
