//! The close codes in the document of the tour: what is seen of an endpoint must stand there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::endings::SeenClose;
use crate::failure::{Failure, Result};
use crate::process;

const LIMIT: Duration = Duration::from_secs(20);

/// The codes that the server may close with, by the path of the endpoint.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct DocumentedCloses(BTreeMap<String, BTreeSet<u64>>);

impl DocumentedCloses {
    /// Asks the program, with the flags that it runs with.
    pub(crate) fn of_program(program: &Path, flags: &[&str]) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(flags).arg("--asyncapi");
        let text = process::capture_ok(&mut command, LIMIT)?;
        let document: Value = serde_json::from_str(&text)
            .map_err(|error| Failure::from(format!("the tour's document is not JSON: {error}")))?;
        Ok(Self::read(&document))
    }

    fn read(document: &Value) -> Self {
        let channels = document["channels"].as_object().into_iter().flatten();
        Self(
            channels
                .map(|(_, channel)| {
                    let address = channel["address"].as_str().unwrap_or_default().to_owned();
                    let closes = channel["x-close-codes"].as_array().into_iter().flatten();
                    let by_server = closes.filter(|close| close["initiator"] != "client");
                    let codes = by_server.filter_map(|close| close["code"].as_u64());
                    (address, codes.collect())
                })
                .collect(),
        )
    }

    /// What was seen and does not stand here.
    pub(crate) fn missing(&self, seen: &BTreeSet<SeenClose>) -> Vec<String> {
        seen.iter()
            .filter(|SeenClose { route, code }| !self.0.get(route).is_some_and(|codes| codes.contains(code)))
            .map(|SeenClose { route, code }| {
                format!("{route} was closed with {code}, which is not in its document")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_in_the_document_is_told() {
        let documented = DocumentedCloses::read(&json!({"channels": {"echo": {
            "address": "/echo",
            "x-close-codes": [
                {"code": 1000, "initiator": "server"},
                {"code": 1001, "initiator": "client"},
            ],
        }}}));
        let seen = |route: &str, code| {
            let route = route.to_owned();
            BTreeSet::from([SeenClose { route, code }])
        };
        assert_eq!(documented.missing(&seen("/echo", 1000)), [""; 0]);
        assert_eq!(
            documented.missing(&seen("/echo", 1001)).len(),
            1,
            "a client's is not the server's"
        );
        assert_eq!(documented.missing(&seen("/other", 1000)).len(), 1);
    }
}
