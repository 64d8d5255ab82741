//! The leases of nodes: a sorted set by the end of the lease, by the server's clock.

use std::time::Duration;

use hangup::hub::{EngineError, Node};
use redis::{Cmd, aio::MultiplexedConnection};

use crate::{failure::failed, keyspace::Keyspace};

const RENEW: &str = concat!(include_str!("leases.lua"), include_str!("leases_renew.lua"));
const LIST: &str = concat!(include_str!("leases.lua"), include_str!("leases_list.lua"));

/// Renews the lease of a node; the server's time.
pub(crate) async fn renew_lease(
    connection: &mut MultiplexedConnection,
    keyspace: &Keyspace,
    node: Node,
    lease: Duration,
) -> Result<u64, EngineError> {
    let lease = u64::try_from(lease.as_millis()).unwrap_or(u64::MAX);
    script(RENEW, keyspace)
        .arg(node.to_string())
        .arg(lease)
        .query_async(connection)
        .await
        .map_err(|error| failed("the lease was not renewed", error))
}

/// The nodes whose lease holds, and those that are stopped.
pub(crate) async fn live_nodes(
    connection: &mut MultiplexedConnection,
    keyspace: &Keyspace,
) -> Result<Vec<Node>, EngineError> {
    let nodes: Vec<String> = script(LIST, keyspace)
        .query_async(connection)
        .await
        .map_err(|error| failed("the nodes were not listed", error))?;
    let number = |node: &String| u64::from_str_radix(node, 16).ok();
    Ok(nodes.iter().filter_map(number).map(Node::from_number).collect())
}

pub(crate) async fn end_lease(
    connection: &mut MultiplexedConnection,
    keyspace: &Keyspace,
    node: Node,
) -> Result<(), EngineError> {
    redis::cmd("ZREM")
        .arg(&keyspace.leases)
        .arg(node.to_string())
        .query_async(connection)
        .await
        .map_err(|error| failed("the lease was not ended", error))
}

fn script(text: &str, keyspace: &Keyspace) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command
        .arg(text)
        .arg(1)
        .arg(&keyspace.leases)
        .arg(keyspace.node_channels());
    command
}
