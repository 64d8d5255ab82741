//! Python's `websockets`: one process runs all the cases and reports in JSON.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::case::{Case, Do};
use super::client::{Client, Seen, script_has};
use super::exchange;
use crate::failure::{Result, While};
use crate::{install, process, project};

const NAME: &str = "websockets";
const LIMIT: Duration = Duration::from_secs(120);

pub(crate) struct Websockets {
    interpreter: PathBuf,
}

impl Websockets {
    pub(crate) fn ready() -> Result<Self> {
        Ok(Self {
            interpreter: install::python_websockets()?,
        })
    }
}

impl Client for Websockets {
    fn name(&self) -> &'static str {
        NAME
    }

    fn can(&self, case: &Case) -> bool {
        !script_has(case, |step| matches!(step, Do::Raw(_) | Do::Vanish))
    }

    fn run(&mut self, address: &str, cases: &[&Case]) -> Result<Vec<Seen>> {
        let script = project::root().join("xtask/interop/python_client.py");
        let order = serde_json::json!({ "address": address, "cases": exchange::cases(cases, NAME) });
        let captured = process::capture(
            Command::new(&self.interpreter).arg(script),
            &order.to_string(),
            LIMIT,
        )?;
        let reports = serde_json::from_str(&captured.stdout).while_doing(format!(
            "the Python client said {}{}",
            captured.stdout, captured.stderr
        ))?;
        exchange::reports(&reports, cases.len())
    }
}
