//! `Kicked`: how a kick went on all nodes.

use serde::Serialize;

use super::engine::Node;

/// How a kick went on all nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Kicked {
    /// How many connections were closed with the kick's code and have answered, or whose handshake was refused with it.
    pub closed: u64,
    /// How many were cut: their peer has not answered in time. One that does not read may not have seen the Close frame.
    pub cut: u64,
    /// The live nodes that have not answered in time, in order. They carry the kick out when they read it.
    pub silent: Vec<Node>,
}
