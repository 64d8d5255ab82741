//! wscat, as a person at a terminal runs it: what it prints is what it saw.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::case::{Case, Do, signed};
use super::client::{Client, Deflate, Got, Seen, in_parallel, script_has};
use super::screen::Screen;
use crate::failure::{Failure, Result, While};
use crate::install;
use crate::process::Running;

const NAME: &str = "wscat";
const LIMIT: Duration = Duration::from_secs(20);
const AT_A_TIME: usize = 3;

pub(crate) struct Wscat {
    program: PathBuf,
}

impl Wscat {
    pub(crate) fn ready() -> Result<Self> {
        let folder = install::npm_clients()?;
        install::need(
            &["script"],
            &["bsdutils"],
            "wscat prints how a connection ended to a terminal only",
        )?;
        Ok(Self {
            program: folder.join("node_modules/wscat/bin/wscat"),
        })
    }
}

impl Client for Wscat {
    fn name(&self) -> &'static str {
        NAME
    }

    fn cannot(&self, case: &Case) -> Option<&'static str> {
        script_has(case, |step| {
            matches!(step, Do::Binary(_) | Do::LongText(_) | Do::Raw(_) | Do::Vanish)
        })
        .then_some("it can only send lines of text, and close")
    }

    fn deflate(&self) -> Deflate {
        Deflate::Always
    }

    fn run(&mut self, address: &str, cases: &[&Case]) -> Result<Vec<Seen>> {
        Ok(in_parallel(cases, AT_A_TIME, |case| self.run_case(address, case)))
    }
}

impl Wscat {
    fn run_case(&self, address: &str, case: &Case) -> Result<Seen> {
        let mut words = vec![
            "node".into(),
            self.program.display().to_string(),
            "--no-color".into(),
            "--slash".into(),
        ];
        for (name, value) in &case.headers {
            words.extend(["--header".into(), format!("{name}:{value}")]);
        }
        words.extend(["--connect".into(), format!("ws://{address}{}", case.path)]);
        let line: Vec<String> = words
            .iter()
            .map(|word| format!("'{}'", word.replace('\'', r"'\''")))
            .collect();
        // `script` gives it the terminal without which it prints messages only.
        let mut command = Command::new("script");
        command.args([
            "--quiet",
            "--return",
            "--command",
            &format!("exec {}", line.join(" ")),
            "/dev/null",
        ]);
        command
            .env("TERM", "xterm")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut running = Running::spawn(&mut command)?;
        let mut terminal = Terminal {
            stdin: running.take_stdin()?,
            output: chunks(running.take_stdout()?),
            screen: Screen::default(),
            deadline: Instant::now() + LIMIT,
            over: false,
        };
        terminal.play(&case.script)?;
        terminal.read_until(|_| false);
        let mut seen = report(&terminal.screen.lines());
        if !terminal.over {
            seen.trouble = Some(format!("wscat was still connected after {} s", LIMIT.as_secs()));
        }
        seen.transcript = terminal.screen.lines().join("\n");
        Ok(seen)
    }
}

struct Terminal {
    stdin: ChildStdin,
    output: Receiver<Vec<u8>>,
    screen: Screen,
    deadline: Instant,
    /// The program has ended.
    over: bool,
}

impl Terminal {
    fn play(&mut self, script: &[Do]) -> Result<()> {
        self.read_until(|lines| lines.iter().any(|line| line.starts_with("Connected")));
        for step in script {
            let line = match step {
                Do::Text(text) => (*text).to_owned(),
                Do::Close(code, reason) => format!("/close {code} {}", signed(reason, NAME)),
                Do::Await(count) => {
                    self.read_until(|lines| {
                        lines.iter().filter(|line| line.starts_with("< ")).count() >= *count
                    });
                    continue;
                }
                other => return Err(Failure::from(format!("wscat cannot do {other:?}"))),
            };
            if !self.over {
                writeln!(self.stdin, "{line}").while_doing("typing into wscat")?;
            }
        }
        Ok(())
    }

    fn read_until(&mut self, is_enough: impl Fn(&[String]) -> bool) {
        while !self.over && !is_enough(&self.screen.lines()) {
            match self
                .output
                .recv_timeout(self.deadline.saturating_duration_since(Instant::now()))
            {
                Ok(bytes) => self.screen.feed(&bytes),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => self.over = true,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => break,
            }
        }
    }
}

fn chunks(mut from: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if sender.send(buffer[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}

fn report(lines: &[String]) -> Seen {
    let mut seen = Seen::default();
    for line in lines {
        if line.starts_with("Connected") {
            seen.opened = true;
        } else if let Some(message) = line.strip_prefix("< ") {
            seen.messages.push(Got::Text(message.to_owned()));
        } else if let Some(close) = line.strip_prefix("Disconnected (code: ") {
            seen.close = disconnected(close);
        } else if let Some(error) = line.strip_prefix("error: ") {
            seen.status = error
                .strip_prefix("Unexpected server response: ")
                .and_then(|status| status.parse().ok());
            if seen.status.is_none() {
                seen.trouble = Some(error.to_owned());
            }
        }
    }
    seen
}

/// `1008, reason: "why")` after `Disconnected (code: `.
fn disconnected(text: &str) -> Option<(u16, String)> {
    let (code, reason) = text.split_once(", reason: \"")?;
    Some((code.parse().ok()?, reason.strip_suffix("\")")?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn its_lines_are_understood() {
        let seen = report(&lines(
            "Connected (press CTRL+C to quit)\n< {\"a\":1}\nDisconnected (code: 4102, reason: \"a \"b\"\")",
        ));
        assert!(seen.opened);
        assert_eq!(seen.messages, [Got::Text("{\"a\":1}".into())]);
        assert_eq!(seen.close, Some((4102, "a \"b\"".into())));
    }

    #[test]
    fn a_refusal_and_an_error_are_told_apart() {
        assert_eq!(
            report(&lines("error: Unexpected server response: 403")).status,
            Some(403)
        );
        assert!(
            report(&lines("error: Invalid WebSocket frame: RSV1 must be clear"))
                .trouble
                .is_some()
        );
    }
}
