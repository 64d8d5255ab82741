//! The tour as a process: built, started on a free port, ended when it is dropped.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::case::Refuse;
use crate::failure::{Failure, Result, While};
use crate::process::{Lines, Running};
use crate::project;

const START: Duration = Duration::from_secs(20);

pub(crate) struct Tour {
    running: Running,
    pub(crate) address: String,
    pub(crate) log: PathBuf,
    // Kept so that the tour does not write into a closed pipe.
    _lines: Lines,
}

#[derive(Clone, Copy)]
pub(crate) enum Profile {
    Dev,
    Release,
}

/// Builds the tour and gives the program.
pub(crate) fn build(profile: Profile) -> Result<PathBuf> {
    let mut command = project::cargo();
    command.args([
        "build",
        "--package",
        "hangup-examples",
        "--example",
        "tour",
        "--features",
        "tls",
        "--quiet",
    ]);
    command.arg("--message-format=json-render-diagnostics");
    if matches!(profile, Profile::Release) {
        command.arg("--release");
    }
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .while_doing("starting cargo")?;
    if !output.status.success() {
        return Err("the tour does not build".into());
    }
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let program = messages.lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        let is_tour = message["target"]["name"] == "tour";
        message["executable"]
            .as_str()
            .filter(|_| is_tour)
            .map(PathBuf::from)
    });
    program.ok_or_else(|| Failure::from("cargo built no program for the example `tour`"))
}

impl Tour {
    pub(crate) fn start(program: &Path, refuse: Refuse, log_name: &str) -> Result<Self> {
        Self::start_with(program, refuse, log_name, &[])
    }

    /// With more flags than those that every tour has here.
    pub(crate) fn start_with(program: &Path, refuse: Refuse, log_name: &str, flags: &[&str]) -> Result<Self> {
        Self::start_with_events(program, refuse, log_name, &[&["--quiet"], flags].concat())
    }

    /// The same, with events in its log.
    pub(crate) fn start_with_events(
        program: &Path,
        refuse: Refuse,
        log_name: &str,
        flags: &[&str],
    ) -> Result<Self> {
        Self::start_in(&[], program, refuse, log_name, flags)
    }

    /// The same, in an environment with these variables.
    pub(crate) fn start_in(
        environment: &[(&str, &str)],
        program: &Path,
        refuse: Refuse,
        log_name: &str,
        flags: &[&str],
    ) -> Result<Self> {
        let log = project::work_folder("interop")?.join(format!("{log_name}.log"));
        let file = File::create(&log).while_doing(format!("making {}", log.display()))?;
        let mut command = Command::new(program);
        if !flags.contains(&"--port") {
            command.args(["--port", "0"]);
        }
        command.args(["--refuse", refuse.name()]).args(flags);
        // What is told is counted, so it is not for the caller's environment to say.
        command.env_remove("RUST_LOG").envs(environment.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file);
        let mut running = Running::spawn(&mut command)?;
        let lines = Lines::of(running.take_stdout()?);
        let deadline = Instant::now() + START;
        let waiting = || format!("waiting for the tour's address (its log is {})", log.display());
        let address = loop {
            match lines.next_before(deadline).while_doing(waiting())? {
                None => return Err(format!("{}: it has ended", waiting()).into()),
                Some(line) => {
                    if let Some(address) = host_and_port(&line) {
                        break address;
                    }
                }
            }
        };
        Ok(Self {
            running,
            address,
            log,
            _lines: lines,
        })
    }

    pub(crate) fn still_runs(&mut self) -> Result<()> {
        match self.running.wait_until(Instant::now())? {
            None => Ok(()),
            Some(status) => Err(format!(
                "the tour has ended by itself ({status}), see {}",
                self.log.display()
            )
            .into()),
        }
    }

    /// Asks it to stop, as a service manager does.
    pub(crate) fn ask_to_stop(&self) -> Result<()> {
        crate::process::run(Command::new("kill").args(["-TERM", &self.running.id().to_string()]))
    }

    /// Ends it at once, as a crash or the system does.
    pub(crate) fn kill(&mut self) -> Result<()> {
        crate::process::run(Command::new("kill").args(["-KILL", &self.running.id().to_string()]))?;
        let deadline = Instant::now() + START;
        match self.has_ended_before(deadline)? {
            true => Ok(()),
            false => Err("the tour was killed and still runs".into()),
        }
    }

    pub(crate) fn has_ended_before(&mut self, deadline: Instant) -> Result<bool> {
        Ok(self.exit_before(deadline)?.is_some())
    }

    /// How it has ended, unless it still runs at the deadline.
    pub(crate) fn exit_before(&mut self, deadline: Instant) -> Result<Option<ExitStatus>> {
        self.running.wait_until(deadline)
    }

    pub(crate) fn process(&self) -> u32 {
        self.running.id()
    }
}

/// The first `host:port` in a line such as `http://127.0.0.1:8000/`.
fn host_and_port(line: &str) -> Option<String> {
    line.split_whitespace().find_map(|word| {
        let address = word.split_once("://").map_or(word, |(_, rest)| rest);
        let address = address.split('/').next()?;
        let (host, port) = address.rsplit_once(':')?;
        let port = port.trim_end_matches(|c: char| !c.is_ascii_digit());
        let is_address = !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0);
        is_address.then(|| format!("{host}:{port}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_its_line() {
        for line in [
            "http://127.0.0.1:80",
            "ws://127.0.0.1:80/",
            "listening on 127.0.0.1:80.",
            "at: http://127.0.0.1:80/x",
        ] {
            assert_eq!(host_and_port(line).as_deref(), Some("127.0.0.1:80"), "{line}");
        }
        assert_eq!(host_and_port("starting: no address yet"), None);
        assert_eq!(host_and_port("[::1]:9").as_deref(), Some("[::1]:9"));
    }
}
