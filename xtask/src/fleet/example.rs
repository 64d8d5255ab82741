//! The example `13_two_nodes`, by the plain commands of its `run.sh`.

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::room::Guest;
use crate::failure::{Result, While};
use crate::interop::http;
use crate::process::Running;
use crate::project;

pub(super) const NAME: &str = "the example of two nodes, by its plain commands";

/// It is built first.
const START: Duration = Duration::from_secs(300);
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn run() -> Result<()> {
    let [redis, first, second] = free_ports()?;
    let mut command = Command::new("bash");
    command
        .arg(project::root().join("examples/13_two_nodes/run.sh"))
        .env("REDIS_PORT", redis.to_string())
        .env("FIRST_PORT", first.to_string())
        .env("SECOND_PORT", second.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let mut running = Running::spawn_group(&mut command)?;
    let [first, second] = [first, second].map(|port| format!("127.0.0.1:{port}"));
    for address in [&first, &second] {
        let begun = Instant::now();
        while !http::get(address, "/ready").is_ok_and(|response| response.status == 200) {
            if begun.elapsed() > START {
                return Err(format!("the node on {address} is not ready").into());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
    let mut ann = Guest::join(&first, "lobby", "ann")?;
    let ben = Guest::join(&second, "lobby", "ben")?;
    ann.say("hello")?;
    ben.hears("ann: hello", 1, PATIENCE)?;
    let kicked = http::post(&second, "/kick?name=ann")?;
    if (kicked.status, kicked.body.as_str()) != (200, "{\"closed\":1,\"cut\":0,\"silent\":[]}") {
        return Err(format!("a kick was answered with {} {}", kicked.status, kicked.body).into());
    }
    ann.is_kicked(PATIENCE)?;
    if !ben.is_open() {
        return Err("ben was closed too".into());
    }
    // As Ctrl-C: it ends what it has started, and removes what that has stored.
    crate::process::run(Command::new("kill").args(["-TERM", &running.id().to_string()]))?;
    match running.wait_until(Instant::now() + PATIENCE)? {
        Some(_) => Ok(()),
        None => Err("it does not end".into()),
    }
}

fn free_ports() -> Result<[u16; 3]> {
    let bind = || TcpListener::bind("127.0.0.1:0").while_doing("looking for a free port");
    // All are held until the last is known, so that they differ.
    let held = [bind()?, bind()?, bind()?];
    let mut ports = [0; 3];
    for (port, listener) in ports.iter_mut().zip(&held) {
        *port = listener
            .local_addr()
            .while_doing("looking for a free port")?
            .port();
    }
    Ok(ports)
}
