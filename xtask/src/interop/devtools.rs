//! The DevTools protocol over a pair of pipes: JSON messages, each ended by a zero byte.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::failure::{Failure, Result, While};
use crate::process::Running;
use crate::project;

/// Events that are kept until they are taken; only a domain that was enabled tells any.
const MOST_EVENTS: usize = 10_000;

const LIMIT: Duration = Duration::from_secs(150);

/// No window, and no talk with anybody but the tour, whose certificate is made for each run.
const FLAGS: [&str; 13] = [
    "--ignore-certificate-errors",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--remote-debugging-pipe",
];

pub(crate) struct Devtools {
    // Before `profile`, so that the browser is gone when its folder goes.
    browser: Running,
    profile: Profile,
    input: ChildStdin,
    output: Receiver<Value>,
    last_id: u64,
    /// What the browser has told unasked, in order.
    events: Vec<Value>,
    session: Option<String>,
}

/// The browser's own folder, new for each run.
struct Profile(PathBuf);

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Devtools {
    pub(crate) fn start(program: &Path) -> Result<Self> {
        let folder = project::work_folder("interop")?;
        let profile = Profile(folder.join(format!("chromium-{}", std::process::id())));
        let log = fs::File::create(folder.join("chromium.log")).while_doing("making chromium.log")?;
        // Chromium reads its orders from descriptor 3 and answers on 4: our pipes, moved there by the shell.
        let mut command = Command::new("sh");
        command
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >&2"])
            .arg(program)
            .args(FLAGS);
        command
            .arg(format!("--user-data-dir={}", profile.0.display()))
            .arg("about:blank");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut browser = Running::spawn(&mut command)?;
        let input = browser.take_stdin()?;
        let output = messages(browser.take_stdout()?);
        Ok(Self {
            browser,
            profile,
            input,
            output,
            last_id: 0,
            events: Vec::new(),
            session: None,
        })
    }

    pub(crate) fn open_tab(&mut self) -> Result<()> {
        let tab = self.call("Target.createTarget", &json!({ "url": "about:blank" }))?;
        let order = json!({ "targetId": tab["targetId"], "flatten": true });
        let session = self.call("Target.attachToTarget", &order)?;
        self.session = session["sessionId"].as_str().map(str::to_owned);
        Ok(())
    }

    /// Sends an order and waits for its answer.
    pub(crate) fn call(&mut self, method: &str, parameters: &Value) -> Result<Value> {
        let deadline = Instant::now() + LIMIT;
        let id = self.send(method, parameters)?;
        loop {
            let message = self
                .output
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
                .map_err(|_| self.silence(method))?;
            if message["id"] != id {
                if message.get("method").is_some() && self.events.len() < MOST_EVENTS {
                    self.events.push(message);
                }
                continue;
            }
            return match message.get("error") {
                Some(error) => Err(Failure::from(format!("Chromium refused {method}: {error}"))),
                None => Ok(message["result"].clone()),
            };
        }
    }

    /// The events since they were last taken.
    pub(crate) fn take_events(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.events)
    }

    fn silence(&mut self, method: &str) -> Failure {
        let log = self.profile.0.with_file_name("chromium.log");
        let ended = matches!(self.browser.wait_until(Instant::now()), Ok(Some(_)));
        let what = if ended { "has ended" } else { "does not answer" };
        Failure::from(format!(
            "Chromium {what} ({method}); its log is {}",
            log.display()
        ))
    }

    fn send(&mut self, method: &str, parameters: &Value) -> Result<u64> {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = Value::from(session.as_str());
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.input.write_all(&bytes).map_err(|_| self.silence(method))?;
        Ok(self.last_id)
    }
}

impl Drop for Devtools {
    fn drop(&mut self) {
        // A browser that is asked to leave takes its other processes with it; `Running` ends one that does not.
        self.session = None;
        if self.send("Browser.close", &json!({})).is_ok() {
            let _ = self.browser.wait_until(Instant::now() + Duration::from_secs(5));
        }
    }
}

fn messages(from: impl std::io::Read + Send + 'static) -> Receiver<Value> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for message in BufReader::new(from).split(0).map_while(std::result::Result::ok) {
            let Ok(value) = serde_json::from_slice(&message) else {
                continue;
            };
            if sender.send(value).is_err() {
                break;
            }
        }
    });
    receiver
}
