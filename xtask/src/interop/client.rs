//! A client that the cases are run with, and what it reports of one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::case::{Case, Do};
use crate::failure::{Failure, Result};

pub(crate) trait Client: Send {
    fn name(&self) -> &'static str;

    /// Why this client cannot send what the case asks for, where it cannot.
    fn cannot(&self, case: &Case) -> Option<&'static str>;

    fn deflate(&self) -> Deflate;

    /// Whether permessage-deflate is offered from now on, where the client has the choice.
    fn offer_deflate(&mut self, _offer: bool) {}

    /// Runs the cases, as many at a time as it likes; one report a case, in their order.
    fn run(&mut self, address: &str, cases: &[&Case]) -> Result<Vec<Seen>>;
}

/// Whether a client offers permessage-deflate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Deflate {
    Optional,
    Always,
    /// It cannot, for this reason.
    Never(&'static str),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    /// The handshake was completed.
    pub(crate) opened: bool,
    /// The HTTP answer, as far as the client can see it.
    pub(crate) status: Option<u16>,
    pub(crate) headers: Option<Vec<(String, String)>>,
    pub(crate) body: Option<String>,
    pub(crate) messages: Vec<Got>,
    pub(crate) close: Option<(u16, String)>,
    /// The client's own word for it, where it has one.
    pub(crate) clean: Option<bool>,
    /// The client's own words for a handshake or a connection that failed.
    pub(crate) error: Option<String>,
    /// What went wrong that must not.
    pub(crate) trouble: Option<String>,
    /// All that the client showed, to be searched.
    pub(crate) transcript: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Got {
    Text(String),
    Binary(Vec<u8>),
}

impl Seen {
    /// In one cell of a table.
    pub(crate) fn shown(&self) -> String {
        let mut parts = Vec::new();
        if let Some(status) = self.status {
            parts.push(format!("HTTP {status}"));
        }
        if let Some((code, reason)) = &self.close {
            let count = reason.chars().count();
            let cut: String = reason.chars().take(if count > 26 { 24 } else { 26 }).collect();
            parts.push(format!("{code} \"{cut}{}\"", if count > 26 { ".." } else { "" }));
        }
        if self.clean == Some(false) {
            parts.push("unclean".into());
        }
        if !self.messages.is_empty() {
            parts.insert(0, format!("{} msg,", self.messages.len()));
        }
        if parts.is_empty() {
            let said = self.trouble.as_ref().or(self.error.as_ref());
            let said = said.map_or("no close seen", String::as_str);
            parts.push(said.chars().take(40).collect());
        }
        parts.join(" ")
    }
}

/// Whether the script has a step that only some clients can do.
pub(crate) fn script_has(case: &Case, is_special: impl Fn(&Do) -> bool) -> bool {
    case.script.iter().any(is_special)
}

/// Runs each case by itself, some at a time; a case that cannot be run is a report of trouble.
pub(crate) fn in_parallel(
    cases: &[&Case],
    at_a_time: usize,
    run: impl Fn(&Case) -> Result<Seen> + Sync,
) -> Vec<Seen> {
    let next = AtomicUsize::new(0);
    let reports = Mutex::new(vec![Seen::default(); cases.len()]);
    thread::scope(|scope| {
        for _ in 0..at_a_time.min(cases.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(at) else { break };
                    let trouble = |failure: Failure| Seen {
                        trouble: Some(failure.to_string()),
                        ..Seen::default()
                    };
                    let report = run(case).unwrap_or_else(trouble);
                    reports.lock().unwrap_or_else(PoisonError::into_inner)[at] = report;
                }
            });
        }
    });
    reports.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::super::case::Ending;
    use super::*;

    #[test]
    fn reports_keep_the_order_and_a_failure_is_one_of_them() {
        let cases: Vec<Case> = ["a", "b", "c"]
            .map(|path| Case::new(path, path, Ending::Gone))
            .into();
        let reports = in_parallel(&cases.iter().collect::<Vec<_>>(), 2, |case| match case.path {
            "b" => Err("no way".into()),
            path => Ok(Seen {
                transcript: path.into(),
                ..Seen::default()
            }),
        });
        let shown: Vec<&str> = reports.iter().map(|seen| seen.transcript.as_str()).collect();
        assert_eq!(shown, ["a", "", "c"]);
        assert_eq!(reports[1].trouble.as_deref(), Some("no way"));
    }
}
