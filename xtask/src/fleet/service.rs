//! `Fleet`: one server and the nodes on it.

use std::path::Path;
use std::time::Duration;

use super::node::FleetNode;
use super::server::Server;
use crate::failure::Result;

/// How many tours there are.
pub(super) const NODES: usize = 3;

/// One Redis and its nodes.
pub(super) struct Fleet {
    pub(super) server: Server,
    pub(super) nodes: Vec<FleetNode>,
}

impl Fleet {
    pub(super) fn start(redis: &Path, program: &Path, name: &str) -> Result<Self> {
        let server = Server::start(redis)?;
        let nodes = (0..NODES)
            .map(|number| FleetNode::start(program, &format!("{name}-{number}"), &server))
            .collect::<Result<Vec<FleetNode>>>()?;
        let fleet = Self { server, nodes };
        fleet.wait_until_ready()?;
        Ok(fleet)
    }

    pub(super) fn wait_until_ready(&self) -> Result<()> {
        for node in &self.nodes {
            node.wait_for_readiness(true, Duration::from_secs(10))?;
        }
        Ok(())
    }
}
