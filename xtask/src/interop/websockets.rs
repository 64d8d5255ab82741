//! Python's `websockets`: one process runs all the cases and reports in JSON.

use std::path::{Path, PathBuf};
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
    /// The certificate that is trusted, where TLS is spoken.
    trusted: Option<PathBuf>,
    /// The address of this machine that connections come from.
    from: Option<&'static str>,
}

impl Websockets {
    pub(crate) fn ready() -> Result<Self> {
        Ok(Self {
            interpreter: install::python_websockets()?,
            trusted: None,
            from: None,
        })
    }

    /// The same over TLS, to a server that shows this certificate.
    pub(crate) fn over_tls(self, trusted: &Path) -> Self {
        Self {
            trusted: Some(trusted.to_owned()),
            ..self
        }
    }

    /// The same from this address of the machine.
    pub(crate) fn from(self, address: &'static str) -> Self {
        Self {
            from: Some(address),
            ..self
        }
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
        let order = serde_json::json!({
            "address": address,
            "trusted": self.trusted,
            "from": self.from,
            "cases": exchange::cases(cases, NAME),
        });
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
