//! Marks of unfinished work: macros that panic in its place, notes to oneself, tests that nobody runs.

use super::source::Token;
use super::tree::{File, Finding, Tree};

const MACROS: [(&str, &str); 3] = [
    (
        "todo",
        "write what is missing, or open an issue and leave the feature out",
    ),
    (
        "unimplemented",
        "write what is missing, or make the case impossible by a type",
    ),
    ("dbg", "use a `tracing` event, or take it out"),
];

const NOTES: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.rust() {
        macros_and_attributes(file, &source.tokens(), &mut findings);
    }
    for file in tree.files.iter().filter(|file| !file.path.ends_with(".lock")) {
        match &file.rust {
            Some(source) => notes(file, source.comments.iter().map(String::as_str), &mut findings),
            None => notes(file, file.text.lines(), &mut findings),
        }
    }
    findings
}

fn macros_and_attributes(file: &File, tokens: &[Token<'_>], findings: &mut Vec<Finding>) {
    for window in tokens.windows(3) {
        let [first, second, third] = window else { continue };
        for (name, instead) in MACROS {
            if first.text == name && second.text == "!" && matches!(third.text, "(" | "[" | "{") {
                findings.push(file.finding(first.line, format!("`{name}!`: {instead}")));
            }
        }
        if (first.text, second.text, third.text) == ("#", "[", "ignore") {
            findings.push(file.finding(
                first.line,
                "an ignored test is run by nobody: mend it or take it out",
            ));
        }
    }
}

fn notes<'a>(file: &File, lines: impl Iterator<Item = &'a str>, findings: &mut Vec<Finding>) {
    for (at, line) in lines.enumerate() {
        for word in line.split(|c: char| !c.is_alphanumeric() && c != '_') {
            if NOTES.contains(&word) {
                let message =
                    format!("`{word}`: do it now, or open an issue; the tree holds no notes to oneself");
                findings.push(file.finding(at + 1, message));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finished_work_passes() {
        let good = "fn f() { g(\"todo!()\"); }\n// nothing to do here\n#[should_panic]\nfn dbg() {}\n";
        assert_eq!(check(&Tree::of(&[("a.rs", good), ("b.md", "what to do\n")])), []);
    }

    #[test]
    fn each_mark_is_found_at_its_line() {
        let bad = format!(
            "fn f() {{\n todo!()\n}}\n#[ignore = \"slow\"]\nfn g() {{ dbg!(1); }}\n// {}: later\n",
            NOTES[0]
        );
        let found = check(&Tree::of(&[("a.rs", &bad)]));
        assert_eq!(
            found.iter().map(|found| found.line).collect::<Vec<_>>(),
            [2, 4, 5, 6]
        );
        assert_eq!(
            check(&Tree::of(&[("a.py", &format!("# {} this", NOTES[1]))])).len(),
            1
        );
    }
}
