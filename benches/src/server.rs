//! A peer as a child process on its own core: its port, its CPU time, its memory.

use std::fs;
use std::io::{self, BufRead, BufReader, Error};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::command_line::Options;
use crate::peer::{Peer, Program};
use crate::threads;

pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// Whether what the peer runs on is there.
    pub fn is_there(peer: &Peer, options: &Options) -> bool {
        command(peer, options).is_some()
    }

    pub fn start(peer: &Peer, options: &Options) -> io::Result<Self> {
        let mut command = command(peer, options).ok_or_else(|| Error::other("it is not installed"))??;
        threads::pin(threads::SERVER)?;
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        threads::pin(threads::LOAD)?;
        let mut server = Self {
            child: child?,
            port: 0,
        };
        let mut line = String::new();
        if let Some(output) = server.child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        server.port = line
            .trim()
            .strip_prefix("port ")
            .and_then(|port| port.parse().ok())
            .ok_or_else(|| Error::other(format!("it tells no port but `{}`", line.trim())))?;
        Ok(server)
    }

    /// The CPU time of all its threads, in nanoseconds.
    pub fn cpu(&self) -> io::Result<u64> {
        // The kernel adds up when the thread sleeps.
        thread::sleep(Duration::from_millis(5));
        let mut sum = 0;
        for task in fs::read_dir(self.proc("task"))? {
            let path = task?.path().join("schedstat");
            let text = fs::read_to_string(&path)?;
            let time = text
                .split_whitespace()
                .next()
                .and_then(|word| word.parse::<u64>().ok());
            sum += time.ok_or_else(|| Error::other("the kernel keeps no schedstat"))?;
        }
        Ok(sum)
    }

    /// Its resident memory in bytes.
    pub fn resident(&self) -> io::Result<u64> {
        let text = fs::read_to_string(self.proc("smaps_rollup"))?;
        let kilobytes = text
            .lines()
            .find_map(|line| line.strip_prefix("Rss:"))
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|word| word.parse::<u64>().ok());
        Ok(1024 * kilobytes.ok_or_else(|| Error::other("smaps_rollup has no line Rss"))?)
    }

    fn proc(&self, name: &str) -> PathBuf {
        Path::new("/proc").join(self.child.id().to_string()).join(name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(peer: &Peer, options: &Options) -> Option<io::Result<Command>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = |interpreter: &PathBuf, script: &str| {
        let mut command = Command::new(interpreter);
        command.arg(here.join(script));
        Ok(command)
    };
    match peer.program {
        Program::Own => Some(std::env::current_exe().map(|program| {
            let mut command = Command::new(program);
            command.args(["peer", peer.name]);
            command
        })),
        Program::Bun => options.bun.as_ref().map(|bun| script(bun, "bun/server.js")),
        Program::Python => options
            .python
            .as_ref()
            .map(|python| script(python, "uvicorn/server.py")),
    }
}
