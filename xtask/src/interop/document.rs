//! The document of the tour, read by AsyncAPI's own parser.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::table::Table;
use crate::failure::{Result, While};
use crate::install;
use crate::process;
use crate::project;

pub(super) const CASE: &str = "document.valid";

const PARSER: &str = "@asyncapi/parser";

const LIMIT: Duration = Duration::from_secs(60);

/// What the parser notes of a right document: 3.1.0 adds a binding of ROS 2 and nothing else.
const KNOWN: &str = "The latest version of AsyncAPi is not used";

pub(super) fn checks(program: &Path) -> Result<Table> {
    let document = process::capture_ok(Command::new(program).arg("--asyncapi"), LIMIT)?;
    let packages = install::asyncapi_parser()?;
    let script = project::root().join("xtask/interop/asyncapi/parse.mjs");
    let parsed = process::capture(
        Command::new("node").arg(script).current_dir(packages),
        &document,
        LIMIT,
    )?;
    let found: Value = serde_json::from_str(&parsed.stdout)
        .while_doing(format!("reading what {PARSER} found: {}", parsed.stderr))?;
    let sent: Value = serde_json::from_str(&document).while_doing("reading the document of the tour")?;
    let mut table = Table::new(vec![PARSER]);
    let shown = format!(
        "{} channels, {} operations",
        found["channels"], found["operations"]
    );
    table.add(CASE, PARSER, shown, wrong(&sent, &found));
    Ok(table)
}

fn wrong(sent: &Value, found: &Value) -> Vec<String> {
    let diagnostics = found["diagnostics"].as_array().into_iter().flatten();
    let mut wrong: Vec<String> = diagnostics
        .filter(|diagnostic| {
            let message = diagnostic["message"].as_str();
            !message.is_some_and(|message| message.starts_with(KNOWN))
        })
        .map(|diagnostic| format!("{}: {}", diagnostic["path"], diagnostic["message"]))
        .collect();
    for part in ["channels", "operations"] {
        let count = sent[part].as_object().map(serde_json::Map::len);
        if found[part].as_u64() != count.map(|count| count as u64) || count == Some(0) {
            wrong.push(format!("{part}: {} were read, {count:?} were sent", found[part]));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_diagnostic_but_that_of_the_version_is_told() {
        let sent = json!({"channels": {"a": {}}, "operations": {"b": {}}});
        let found = |message: &str| {
            json!({
                "diagnostics": [{"severity": 2, "path": "asyncapi", "message": message}],
                "channels": 1,
                "operations": 1,
            })
        };
        assert_eq!(
            wrong(&sent, &found(&format!("{KNOWN}. It is recommended"))),
            [""; 0]
        );
        assert_eq!(wrong(&sent, &found("other")).len(), 1);
        let unread = json!({"diagnostics": [], "channels": 0, "operations": 1});
        assert_eq!(wrong(&sent, &unread).len(), 1);
    }
}
