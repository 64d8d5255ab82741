//! The chart: a panel for each scenario, a bar for each peer, as SVG.

use std::fmt::Write;

use crate::rounds::{Line, Measured};

const WIDTH: f64 = 760.0;
const LABELS: f64 = 170.0;
const BARS: f64 = 500.0;
const ROW: f64 = 20.0;
const HEAD: f64 = 34.0;

pub fn svg(measured: &[Measured]) -> String {
    let mut body = String::new();
    let mut y = 10.0;
    for result in measured {
        panel(result, &mut y, &mut body);
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<title>CPU time of WebSocket servers</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    )
}

fn panel(result: &Measured, y: &mut f64, body: &mut String) {
    let scenario = result.scenario;
    let widest = result.lines.iter().map(|line| shown(line).1).fold(0.0, f64::max);
    let _ = writeln!(
        body,
        "<text x=\"10\" y=\"{:.0}\" font-weight=\"bold\" fill=\"#222222\">{}: server CPU per {}, {} = 1</text>",
        *y + 18.0,
        scenario.title,
        scenario.unit,
        scenario.base(),
    );
    *y += HEAD - 6.0;
    for line in &result.lines {
        let (text, value) = shown(line);
        let length = if widest > 0.0 { value / widest * BARS } else { 0.0 };
        let fill = if line.peer.name == "hangup" {
            "#0b7a75"
        } else {
            "#9aa5b1"
        };
        let _ = writeln!(
            body,
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\" fill=\"#222222\">{}</text>\
             <rect x=\"{LABELS:.0}\" y=\"{:.0}\" width=\"{length:.1}\" height=\"{:.0}\" fill=\"{fill}\"/>\
             <text x=\"{:.0}\" y=\"{:.0}\" fill=\"#222222\">{text}</text>",
            LABELS - 8.0,
            *y + 14.0,
            line.peer.title(),
            *y + 3.0,
            ROW - 6.0,
            LABELS + length + 6.0,
            *y + 14.0,
        );
        *y += ROW;
    }
    *y += 10.0;
}

/// The ratio, or the cost if there is no base.
fn shown(line: &Line) -> (String, f64) {
    match line.ratio {
        Some(ratio) => (format!("{:.2}", ratio.median), ratio.median),
        None => (format!("{:.3} us", line.cost.median), line.cost.median),
    }
}
