//! The results, as text for the terminal and as Markdown for the documents.

use std::fmt::Write;

use crate::rounds::{Line, Measured, Spread};

pub fn text(measured: &[Measured]) -> String {
    let mut text = String::new();
    for result in measured {
        let scenario = result.scenario;
        let _ = writeln!(text, "{}: {}", scenario.name, scenario.title);
        let _ = writeln!(
            text,
            "  {:<20} {:>8} {:>15} {:>20}   goal of hangup: <= {:.2}",
            "server CPU",
            format!("/ {}", scenario.base()),
            "min to max",
            format!("us per {}", scenario.unit),
            scenario.goal,
        );
        for line in &result.lines {
            let (median, range) = match line.ratio {
                Some(ratio) => (format!("{:.2}", ratio.median), range(ratio)),
                None => ("-".into(), "-".into()),
            };
            let title = line.peer.title();
            let _ = writeln!(
                text,
                "  {title:<20} {median:>8} {range:>15} {:>20.3}",
                line.cost.median
            );
        }
        text.push('\n');
    }
    text
}

/// A row for each scenario, a column for each peer.
pub fn markdown(measured: &[Measured]) -> String {
    let mut peers = Vec::new();
    for line in measured.iter().flat_map(|result| &result.lines) {
        if !peers.contains(&line.peer.name) {
            peers.push(line.peer.name);
        }
    }
    let mut text = String::from("| server CPU | as a ratio to |");
    for name in &peers {
        let _ = write!(text, " {name} |");
    }
    let _ = write!(text, "\n|---|---|{}\n", "---|".repeat(peers.len()));
    for result in measured {
        let scenario = result.scenario;
        let _ = write!(
            text,
            "| {}, per {} | {} |",
            scenario.title,
            scenario.unit,
            scenario.base()
        );
        for name in &peers {
            let line = result.lines.iter().find(|line| line.peer.name == *name);
            let _ = write!(text, " {} |", line.map_or("–".into(), cell));
        }
        text.push('\n');
    }
    text
}

fn cell(line: &Line) -> String {
    match line.ratio {
        Some(ratio) => format!("{:.2} ({})", ratio.median, range(ratio)),
        None => format!("{:.3} us", line.cost.median),
    }
}

fn range(spread: Spread) -> String {
    format!("{:.2} to {:.2}", spread.min, spread.max)
}
