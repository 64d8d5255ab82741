//! Chromium: the sockets live in a page of the tour's own origin, the events tell what the browser saw.

use super::case::{Case, Do};
use super::client::{Client, Deflate, Seen, script_has};
use super::devtools::Devtools;
use super::exchange;
use crate::failure::{Failure, Result};
use crate::install;
use serde_json::{Value, json};

const NAME: &str = "chromium";
/// Seconds for one case.
const LIMIT: u64 = 40;
const PAGE: &str = include_str!("../../interop/sockets.js");

/// Any page of the tour will do: what counts is its origin.
const PATH: &str = "/disconnect/last";

pub(crate) struct Browser {
    devtools: Devtools,
    scheme: &'static str,
    /// The address whose page is open.
    at: String,
}

impl Browser {
    pub(crate) fn ready() -> Result<Self> {
        let mut devtools = Devtools::start(&install::chromium()?)?;
        devtools.open_tab()?;
        Ok(Self {
            devtools,
            scheme: "http",
            at: String::new(),
        })
    }

    /// The same over TLS, whatever certificate is shown.
    pub(crate) fn over_tls(self) -> Self {
        Self {
            scheme: "https",
            ..self
        }
    }

    /// A page that comes from the tour: for its origin, and because a browser asks before it lets a page from
    /// elsewhere talk to this machine.
    fn open(&mut self, address: &str) -> Result<()> {
        let origin = format!("{}://{address}", self.scheme);
        let answer = self
            .devtools
            .call("Page.navigate", &json!({ "url": format!("{origin}{PATH}") }))?;
        let found = self.evaluate("location.origin")?;
        if found != origin.as_str() {
            let message = format!("the browser's page has the origin {found}, not {origin}: {answer}");
            return Err(Failure::from(message));
        }
        address.clone_into(&mut self.at);
        Ok(())
    }

    fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let order = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.devtools.call("Runtime.evaluate", &order)?;
        if let Some(exception) = answer.get("exceptionDetails") {
            return Err(Failure::from(format!("the page's script failed: {exception}")));
        }
        Ok(answer["result"]["value"].clone())
    }
}

/// What a page cannot send.
pub(crate) fn only_cookies(case: &Case) -> Option<&'static str> {
    let is_header = |(name, _): &(&str, &str)| *name != "cookie";
    case.headers
        .iter()
        .any(is_header)
        .then_some("a page cannot set headers except cookies")
}

impl Client for Browser {
    fn name(&self) -> &'static str {
        NAME
    }

    fn cannot(&self, case: &Case) -> Option<&'static str> {
        if script_has(case, |step| matches!(step, Do::Raw(_) | Do::Vanish)) {
            return Some("a correct client does not violate the protocol");
        }
        only_cookies(case)
    }

    fn deflate(&self) -> Deflate {
        Deflate::Always
    }

    fn run(&mut self, address: &str, cases: &[&Case]) -> Result<Vec<Seen>> {
        if self.at != address {
            self.open(address)?;
        }
        let order = json!({ "limit": LIMIT, "cases": exchange::cases(cases, NAME) });
        let expression = format!("{}({order})", PAGE.trim_end());
        let reports = self.evaluate(&expression)?;
        exchange::reports(&reports, cases.len())
    }
}
