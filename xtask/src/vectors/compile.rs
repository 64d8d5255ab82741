//! Building the generated package; what the compiler refuses is taken out of the plan, with its words.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::package::{Item, Package};
use super::plan::Plan;
use crate::failure::Result;
use crate::process::{self, last_lines};
use crate::project;

const LIMIT: Duration = Duration::from_secs(1800);

/// Errors of one stage of the compiler hide those of the next.
const ROUNDS: usize = 6;

/// Writes and builds the package until the compiler is content, and gives its program.
pub(crate) fn program(plan: &mut Plan) -> Result<PathBuf> {
    for _ in 0..ROUNDS {
        let package = Package::write(plan)?;
        let built = process::capture(&mut cargo(&package), "", LIMIT)?;
        let messages: Vec<Value> = built
            .stdout
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        if built.status.success() {
            let program = messages.iter().find_map(|message| message["executable"].as_str());
            return program
                .map(PathBuf::from)
                .ok_or_else(|| "cargo built no program of the vectors".into());
        }
        let mut found = false;
        for message in messages.iter().map(|message| &message["message"]) {
            if message["level"] == "error"
                && let Some(item) = culprit(message, &package)
            {
                found = true;
                let words = message["message"].as_str().unwrap_or_default();
                match item {
                    Item::Endpoint(place) => plan.refuse(*place, words),
                    Item::Choice(name) => plan.refuse_choice(name, words),
                }
            }
        }
        if !found {
            let rendered = messages
                .iter()
                .filter_map(|message| message["message"]["rendered"].as_str());
            let said = format!("{}\n{}", rendered.collect::<String>(), built.stderr);
            return Err(format!("the endpoints do not compile:\n{}", last_lines(&said, 40)).into());
        }
    }
    Err("the endpoints do not compile, even without all that the compiler named".into())
}

fn cargo(package: &Package) -> Command {
    let mut cargo = project::cargo();
    cargo
        .current_dir(package.folder())
        .args(["build", "--message-format=json", "--quiet", "--target-dir"])
        .arg(project::target_folder());
    cargo
}

/// The endpoint or enum that an error is about: where its first span in the generated sources is.
fn culprit<'p>(message: &Value, package: &'p Package) -> Option<&'p Item> {
    let spans = message["spans"].as_array()?;
    let mut primary: Vec<&Value> = spans.iter().filter(|span| span["is_primary"] == true).collect();
    primary.extend(spans.iter().filter(|span| span["is_primary"] != true));
    primary.into_iter().find_map(|span| {
        let file = span["file_name"].as_str()?;
        let line = usize::try_from(span["line_start"].as_u64()?).ok()?;
        let file = Path::new(file)
            .strip_prefix(package.folder())
            .map_or(file, |file| file.to_str().unwrap_or_default());
        package.item_at(file, line)
    })
}
