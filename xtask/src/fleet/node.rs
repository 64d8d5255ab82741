//! `FleetNode`: a tour that reaches the server through a proxy of its own.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::proxy::Proxy;
use super::server::Server;
use crate::failure::{Result, While};
use crate::interop::Refuse;
use crate::interop::http;
use crate::interop::tour::Tour;
use crate::process;

pub(super) struct FleetNode {
    pub(super) tour: Tour,
    pub(super) proxy: Proxy,
}

/// The answer to a kick.
#[derive(Debug)]
pub(super) struct KickAnswer {
    pub(super) status: u16,
    pub(super) closed: u64,
    pub(super) cut: u64,
    pub(super) silent: usize,
    pub(super) took: Duration,
}

impl FleetNode {
    pub(super) fn start(program: &Path, name: &str, server: &Server) -> Result<Self> {
        let proxy = Proxy::start(server.port)?;
        let hub = format!("redis://127.0.0.1:{}/", proxy.port);
        let flags = ["--hub", &hub];
        let tour = Tour::start_with_events(program, Refuse::Close, name, &flags)?;
        Ok(Self { tour, proxy })
    }

    pub(super) fn address(&self) -> &str {
        &self.tour.address
    }

    pub(super) fn is_ready(&self) -> Result<bool> {
        let response = http::get(self.address(), "/ready")?;
        match (response.status, response.body.as_str()) {
            (200, "{\"ready\": true}") => Ok(true),
            (503, "{\"ready\": false}") => Ok(false),
            (status, body) => Err(format!("/ready answered {status} with {body}").into()),
        }
    }

    /// How long it took.
    pub(super) fn wait_for_readiness(&self, is_ready: bool, within: Duration) -> Result<Duration> {
        let begun = Instant::now();
        while self.is_ready()? != is_ready {
            if begun.elapsed() > within {
                return Err(format!("/ready is not {is_ready} after {within:?}").into());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(begun.elapsed())
    }

    /// The status, and how long it took.
    pub(super) fn publish(&self, room: &str, text: &str) -> Result<(u16, Duration)> {
        let begun = Instant::now();
        let response = http::post_text(self.address(), &format!("/rooms/{room}"), text)?;
        Ok((response.status, begun.elapsed()))
    }

    pub(super) fn kick(&self, name: &str, block: u32) -> Result<KickAnswer> {
        let begun = Instant::now();
        let path = format!("/kick?name={name}&code=4001&reason=enough&block={block}");
        let response = http::post(self.address(), &path)?;
        let body: serde_json::Value = match response.status {
            200 => serde_json::from_str(&response.body).while_doing("reading the answer to a kick")?,
            _ => serde_json::Value::Null,
        };
        Ok(KickAnswer {
            status: response.status,
            closed: body["closed"].as_u64().unwrap_or_default(),
            cut: body["cut"].as_u64().unwrap_or_default(),
            silent: body["silent"].as_array().map_or(0, Vec::len),
            took: begun.elapsed(),
        })
    }

    pub(super) fn signal(&self, signal: &str) -> Result<()> {
        process::run(Command::new("kill").args([signal, &self.tour.process().to_string()]))
    }
}
