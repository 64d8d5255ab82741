//! Clients that are programs of their own: orders go in, reports come out, a line of JSON each.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::case::{Case, Do};
use super::client::{Client, Deflate, Seen, in_parallel, script_has};
use super::exchange;
use crate::failure::{Failure, Result, While};
use crate::process::{Lines, Running};
use crate::project;

/// For one case, inside the program; and for all cases of an order, before the program is ended.
const CASE_LIMIT: Duration = Duration::from_secs(20);
const GRACE: Duration = Duration::from_secs(5);
const ORDER_LIMIT: Duration = Duration::from_secs(150);

pub(crate) struct Program {
    name: &'static str,
    command: Vec<OsString>,
    /// How many processes at a time, each with one case; `None`: one process does all.
    alone: Option<usize>,
    deflate: Deflate,
    offers_deflate: bool,
    cannot: fn(&Case) -> Option<&'static str>,
    /// The certificate that is trusted, where TLS is spoken.
    trusted: Option<PathBuf>,
    /// The address of this machine that connections come from.
    from: Option<&'static str>,
    /// Behind a lock, so that processes with one case each can be started side by side.
    process: Mutex<Option<Process>>,
}

impl Program {
    pub(crate) fn new<T: Into<OsString>>(name: &'static str, command: impl IntoIterator<Item = T>) -> Self {
        Self {
            name,
            command: command.into_iter().map(Into::into).collect(),
            alone: None,
            deflate: Deflate::Optional,
            offers_deflate: true,
            cannot: |_| None,
            trusted: None,
            from: None,
            process: Mutex::default(),
        }
    }

    pub(crate) fn deflate(self, deflate: Deflate) -> Self {
        Self {
            offers_deflate: !matches!(deflate, Deflate::Never(_)),
            deflate,
            ..self
        }
    }

    /// What this client cannot send, beside what no proper client would.
    pub(crate) fn cannot(self, cannot: fn(&Case) -> Option<&'static str>) -> Self {
        Self { cannot, ..self }
    }

    /// A process for each case, so many at a time: what hangs in one holds up no other.
    pub(crate) fn alone(self, at_a_time: usize) -> Self {
        Self {
            alone: Some(at_a_time),
            ..self
        }
    }

    /// Over TLS, to a server that shows this certificate.
    pub(crate) fn over_tls(self, trusted: &Path) -> Self {
        Self {
            trusted: Some(trusted.to_owned()),
            ..self
        }
    }

    /// From this address of the machine.
    pub(crate) fn from(self, address: &'static str) -> Self {
        Self {
            from: Some(address),
            ..self
        }
    }

    fn order(&self, address: &str, cases: &[&Case]) -> Value {
        json!({
            "address": address,
            "trusted": self.trusted,
            "from": self.from,
            "deflate": self.offers_deflate,
            "limit": CASE_LIMIT.as_secs(),
            "cases": exchange::cases(cases, self.name),
        })
    }

    /// All cases by the process that runs, which is ended when it fails.
    fn together(&self, address: &str, cases: &[&Case]) -> Result<Vec<Seen>> {
        let order = self.order(address, cases);
        let mut running = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let mut process = match running.take() {
            Some(process) => process,
            None => Process::start(self.name, &self.command)?,
        };
        let reports = exchange::reports(&process.ask(&order, ORDER_LIMIT)?, cases.len())?;
        *running = Some(process);
        Ok(reports)
    }
}

impl Client for Program {
    fn name(&self) -> &'static str {
        self.name
    }

    fn cannot(&self, case: &Case) -> Option<&'static str> {
        if script_has(case, |step| matches!(step, Do::Raw(_) | Do::Vanish)) {
            return Some("a correct client does not violate the protocol");
        }
        (self.cannot)(case)
    }

    fn deflate(&self) -> Deflate {
        self.deflate
    }

    fn offer_deflate(&mut self, offer: bool) {
        self.offers_deflate = offer;
    }

    fn run(&mut self, address: &str, cases: &[&Case]) -> Result<Vec<Seen>> {
        if let Some(at_a_time) = self.alone {
            let run = |case: &Case| {
                let mut process = Process::start(self.name, &self.command)?;
                let answer = process.ask(&self.order(address, &[case]), CASE_LIMIT + GRACE)?;
                exchange::reports(&answer, 1)?
                    .pop()
                    .ok_or_else(|| Failure::from("no report"))
            };
            return Ok(in_parallel(cases, at_a_time, run));
        }
        Ok(self.together(address, cases).unwrap_or_else(|failure| {
            let seen = Seen {
                trouble: Some(failure.to_string()),
                ..Seen::default()
            };
            vec![seen; cases.len()]
        }))
    }
}

/// The program as it runs, with all that it has started: they end together.
struct Process {
    // Before `running`: at the end of its input a program ends by itself.
    orders: Option<ChildStdin>,
    reports: Lines,
    running: Running,
    log: PathBuf,
}

impl Process {
    fn start(name: &str, command: &[OsString]) -> Result<Self> {
        let (program, arguments) = command
            .split_first()
            .ok_or_else(|| Failure::from(format!("{name} has no command")))?;
        let log = project::work_folder("interop")?.join(format!("{name}.log"));
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .while_doing(format!("opening {}", log.display()))?;
        let mut running = Running::spawn_group(
            Command::new(program)
                .args(arguments)
                .env("PYTHONUNBUFFERED", "1")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(file),
        )?;
        Ok(Self {
            orders: Some(running.take_stdin()?),
            reports: Lines::of(running.take_stdout()?),
            running,
            log,
        })
    }

    fn ask(&mut self, order: &Value, limit: Duration) -> Result<Value> {
        use std::io::Write;

        let what = || format!("asking a client (its log is {})", self.log.display());
        if let Some(orders) = &mut self.orders {
            writeln!(orders, "{order}").while_doing(what())?;
        }
        let line = self
            .reports
            .next_before(Instant::now() + limit)
            .while_doing(what())?
            .ok_or_else(|| Failure::from(format!("{}: it has ended", what())))?;
        serde_json::from_str(&line).while_doing(format!("{}: it said {line}", what()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.running.wait_until(Instant::now() + Duration::from_secs(5));
    }
}
