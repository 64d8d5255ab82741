//! `Keyspace`: the names of the channels and keys of one service.

use std::sync::Arc;

use hangup::hub::Node;

/// What the names of one service begin with.
///
/// The keys share a hash tag, so that one script may use them in a cluster.
#[derive(Clone, Debug)]
pub(crate) struct Keyspace {
    topics: String,
    nodes: String,
    /// The channel of kicks.
    pub(crate) kicks: String,
    /// The hash with the epoch of the log, its last offset, and what was removed from it.
    pub(crate) log_state: String,
    /// The stream of kicks.
    pub(crate) log: String,
    /// The sorted set of offsets by the time at which the log may forget them.
    pub(crate) log_expiry: String,
    /// The sorted set of nodes by the end of their lease.
    pub(crate) leases: String,
}

impl Keyspace {
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            topics: format!("{prefix}:topic:"),
            nodes: format!("{prefix}:node:"),
            kicks: format!("{{{prefix}}}:kicks"),
            log_state: format!("{{{prefix}}}:log"),
            log: format!("{{{prefix}}}:log:kicks"),
            log_expiry: format!("{{{prefix}}}:log:expiry"),
            leases: format!("{{{prefix}}}:nodes"),
        }
    }

    pub(crate) fn topic_channel(&self, topic: &str) -> String {
        format!("{}{topic}", self.topics)
    }

    /// The topic of a channel, if it is one's.
    pub(crate) fn topic_of<'c>(&self, channel: &'c str) -> Option<&'c str> {
        channel.strip_prefix(&self.topics)
    }

    pub(crate) fn topic_channels(&self, topics: &[Arc<str>]) -> Vec<String> {
        topics.iter().map(|topic| self.topic_channel(topic)).collect()
    }

    /// The channel of the reports to a node.
    pub(crate) fn node_channel(&self, node: Node) -> String {
        format!("{}{node}", self.nodes)
    }

    /// What the channels of nodes begin with.
    pub(crate) fn node_channels(&self) -> &str {
        &self.nodes
    }
}
