//! Child processes: each has a deadline, or is killed when its value is dropped.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Result, While};

/// A running child; dropping it ends the child and waits for it.
pub(crate) struct Running {
    child: Child,
    name: String,
    /// It leads a process group, which ends with it.
    leads_group: bool,
}

impl Running {
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().while_doing(format!("starting {name}"))?;
        Ok(Self {
            child,
            name,
            leads_group: false,
        })
    }

    /// The same for a child that starts others: all that are in its group end with it.
    pub(crate) fn spawn_group(command: &mut Command) -> Result<Self> {
        let mut running = Self::spawn(command.process_group(0))?;
        running.leads_group = true;
        Ok(running)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn take_stdin(&mut self) -> Result<ChildStdin> {
        self.child
            .stdin
            .take()
            .ok_or_else(|| format!("{}: no standard input", self.name).into())
    }

    pub(crate) fn take_stdout(&mut self) -> Result<ChildStdout> {
        self.child
            .stdout
            .take()
            .ok_or_else(|| format!("{}: no standard output", self.name).into())
    }

    /// The exit status, or `None` when the child still runs at the deadline.
    pub(crate) fn wait_until(&mut self, deadline: Instant) -> Result<Option<ExitStatus>> {
        loop {
            if let Some(status) = self.child.try_wait().while_doing(&self.name)? {
                return Ok(Some(status));
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.leads_group {
            let group = format!("-{}", self.child.id());
            let _ = Command::new("kill")
                .args(["-KILL", "--", &group])
                .stderr(Stdio::null())
                .status();
        }
        // Both fail only if the child has exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command to its end, with our own output streams.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().while_doing(format!("starting `{shown}`"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{shown}` failed ({status})").into())
    }
}

pub(crate) struct Captured {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a command with this input, and returns its output. At the deadline it is killed, which is an error.
pub(crate) fn capture(command: &mut Command, input: &str, limit: Duration) -> Result<Captured> {
    let shown = shown(command);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut running = Running::spawn(command)?;
    let mut stdin = running.take_stdin()?;
    let input = input.to_owned();
    // A child that does not read its input closes the pipe: no error of ours.
    thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let stdout = collect(running.take_stdout()?);
    let stderr = running.child.stderr.take().map(collect);
    let Some(status) = running.wait_until(Instant::now() + limit)? else {
        return Err(format!("`{shown}` was still running after {} s", limit.as_secs()).into());
    };
    Ok(Captured {
        status,
        stdout: received(&stdout),
        stderr: stderr.as_ref().map(received).unwrap_or_default(),
    })
}

/// The same, without input, for a command that must succeed; gives its standard output.
pub(crate) fn capture_ok(command: &mut Command, limit: Duration) -> Result<String> {
    let shown = shown(command);
    let captured = capture(command, "", limit)?;
    if captured.status.success() {
        return Ok(captured.stdout);
    }
    let said = last_lines(&format!("{}\n{}", captured.stdout, captured.stderr), 15);
    Err(format!("`{shown}` failed ({}):\n{said}", captured.status).into())
}

fn collect(mut from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// What was collected; a grandchild that holds the pipe open must not hold us up.
fn received(from: &Receiver<String>) -> String {
    from.recv_timeout(Duration::from_secs(5)).unwrap_or_default()
}

/// The lines of a child's output, as they come.
pub(crate) struct Lines(Receiver<String>);

impl Lines {
    pub(crate) fn of(from: impl Read + Send + 'static) -> Self {
        let (sender, receiver) = channel();
        thread::spawn(move || {
            for line in BufReader::new(from).lines().map_while(std::result::Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self(receiver)
    }

    /// The next line; `None` at the end of the output; an error at the deadline.
    pub(crate) fn next_before(&self, deadline: Instant) -> Result<Option<String>> {
        match self
            .0
            .recv_timeout(deadline.saturating_duration_since(Instant::now()))
        {
            Ok(line) => Ok(Some(line)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err("no further line before the deadline".into()),
        }
    }
}

/// A command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut words = vec![
        program
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    ];
    words.extend(
        command
            .get_args()
            .map(|argument| argument.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

pub(crate) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_kept_and_input_is_given() {
        let captured = capture(&mut Command::new("cat"), "to and fro", Duration::from_secs(10)).unwrap();
        assert_eq!(captured.stdout, "to and fro");
        assert!(captured.status.success());
    }

    #[test]
    fn a_command_that_hangs_ends_at_its_deadline() {
        let began = Instant::now();
        let outcome = capture(Command::new("sleep").arg("60"), "", Duration::from_millis(50));
        assert!(outcome.is_err());
        assert!(began.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_failure_shows_what_the_command_said() {
        let failed = capture_ok(
            Command::new("sh").args(["-c", "echo why; exit 3"]),
            Duration::from_secs(10),
        );
        assert!(failed.unwrap_err().to_string().contains("why"));
    }
}
