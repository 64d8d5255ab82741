//! The log of the framework: each text of an event is escaped and cut.

use super::source::Token;
use super::tree::{Finding, Tree};

const HANGUP: &str = "crates/hangup/src/";

/// The module whose functions do that.
const MODULE: &str = "logged";

const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "event"];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.rust() {
        if !file.path.starts_with(HANGUP) || file.is_test() {
            continue;
        }
        let tokens = source.tokens();
        for start in 0..tokens.len() {
            let Some(event) = event(&tokens[start..]) else {
                continue;
            };
            for (line, message) in faults(event) {
                if !source.is_test(line) {
                    findings.push(file.finding(line, message));
                }
            }
        }
    }
    findings
}

/// What stands in the brackets of `tracing::level!(..)`, both included; `level` may be `$level`.
fn event<'t, 's>(tokens: &'t [Token<'s>]) -> Option<&'t [Token<'s>]> {
    let text = |place: usize| tokens.get(place).map(|token| token.text);
    if (text(0), text(1)) != (Some("tracing"), Some("::")) {
        return None;
    }
    let bang = match text(2)? {
        "$" => 4,
        level if LEVELS.contains(&level) => 3,
        _ => return None,
    };
    if (text(bang), text(bang + 1)) != (Some("!"), Some("(")) {
        return None;
    }
    let inside = &tokens[bang + 1..];
    let mut depth = 0_usize;
    let end = inside.iter().position(|token| {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    Some(&inside[..=end])
}

fn faults(event: &[Token<'_>]) -> Vec<(usize, String)> {
    let mut faults = Vec::new();
    for window in event.windows(3) {
        let [before, sign, behind] = window else { continue };
        let begins_a_value = matches!(before.text, "(" | "," | "=");
        let is_shown_raw = match sign.text {
            "%" => begins_a_value && behind.text != MODULE,
            "?" => begins_a_value,
            // `field::display(..)`, and without brackets as a function.
            "display" | "debug" => before.text == "::" && (behind.text != "(" || !is_logged(event, behind)),
            _ => false,
        };
        if is_shown_raw {
            let message =
                format!("show it with `{MODULE}::text` or its like: escaped, and of bounded length");
            faults.push((sign.line, message));
        }
    }
    faults
}

/// Whether the module is named directly behind this bracket.
fn is_logged(event: &[Token<'_>], bracket: &Token<'_>) -> bool {
    let place = event.iter().position(|token| std::ptr::eq(token, bracket));
    place
        .and_then(|place| event.get(place + 1))
        .is_some_and(|token| token.text == MODULE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str) -> usize {
        let code = format!("fn f() {{ {code} }}");
        check(&Tree::of(&[("crates/hangup/src/a.rs", &code)])).len()
    }

    #[test]
    fn texts_that_are_escaped_and_numbers_pass() {
        assert_eq!(
            found("tracing::info!(target: \"x\", error = %logged::text(&error), count = 7, \"said\");"),
            0
        );
        assert_eq!(
            found("tracing::$level!(error = end.map(|e| tracing::field::display(logged::chain(e))));"),
            0
        );
        assert_eq!(
            found("tracing::debug!(left = count(a)? % 7, \"said\"); let x = y % z;"),
            0
        );
    }

    #[test]
    fn others_are_flagged() {
        assert_eq!(found("tracing::error!(%error, \"failed\");"), 1);
        assert_eq!(
            found("tracing::debug!(peer = %self.peer, ?error, \"failed\");"),
            2
        );
        assert_eq!(found("tracing::$level!(path = %self.path);"), 1);
        assert_eq!(
            found("tracing::info!(client = client.map(tracing::field::display));"),
            1
        );
        assert_eq!(
            found("tracing::info!(client = tracing::field::display(client));"),
            1
        );
    }

    #[test]
    fn tests_and_other_crates_are_left_alone() {
        let code = "fn f() { tracing::error!(%error); }";
        let in_tests = format!("#[cfg(test)]\nmod tests {{ {code} }}");
        let tree = Tree::of(&[
            ("examples/tour/main.rs", code),
            ("crates/hangup/tests/life/a.rs", code),
            ("crates/hangup/src/a.rs", &in_tests),
        ]);
        assert_eq!(check(&tree), []);
    }
}
