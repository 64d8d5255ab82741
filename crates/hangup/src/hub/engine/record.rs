//! Kicks and reports as an engine stores and sends them.

use std::{fmt, time::Duration};

use hangup_protocol::{Close, CloseCode};
use serde::{Deserialize, Serialize};

use super::{node::Node, position::Position, random::random_number};
use crate::hub::tag::Tag;

/// What tells kicks apart: the node that has kicked, and a random number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KickId {
    /// The node that waits for the reports.
    pub node: Node,
    /// A random number.
    pub number: u64,
}

/// Closes every connection with a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kick {
    /// What tells it apart.
    pub id: KickId,
    /// The tag of the connections.
    pub tag: Tag,
    /// With what they are closed.
    pub close: Close,
    /// After what time a connection that is not closed is cut.
    pub within: Duration,
    /// For how long connections with the tag are refused, counted from the append; zero refuses only those whose tag was asked
    /// for before.
    pub block: Duration,
    /// For how long the log keeps the kick at least, for nodes that are cut off.
    pub kept: Duration,
}

impl Kick {
    /// A kick by this node, without a block. It is kept for [`DEFAULT_KEPT`](Self::DEFAULT_KEPT).
    #[must_use]
    pub fn new(node: Node, tag: Tag, close: Close, within: Duration) -> Self {
        Self {
            id: KickId {
                node,
                number: random_number(),
            },
            tag,
            close,
            within,
            block: Duration::ZERO,
            kept: Self::DEFAULT_KEPT,
        }
    }

    /// How long a log keeps a kick without a block: one hour.
    pub const DEFAULT_KEPT: Duration = Duration::from_secs(60 * 60);

    /// The bytes in which engines store it: JSON with a version.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        to_json(&KickRecord {
            v: VERSION,
            node: self.id.node.number(),
            number: self.id.number,
            tag: self.tag.as_str().to_owned(),
            code: self.close.code().get(),
            reason: self.close.reason().to_string(),
            within_ms: milliseconds(self.within),
            block_ms: milliseconds(self.block),
            kept_ms: milliseconds(self.kept),
        })
    }

    /// Reads what [`to_bytes`](Self::to_bytes) has written.
    ///
    /// # Errors
    ///
    /// [`InvalidRecord`] if it is nothing of the kind.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let record: KickRecord = from_json(bytes)?;
        let code = CloseCode::new(record.code).map_err(|_| InvalidRecord(()))?;
        if record.v != VERSION {
            return Err(InvalidRecord(()));
        }
        Ok(Self {
            id: KickId {
                node: Node::from_number(record.node),
                number: record.number,
            },
            tag: Tag::from_text(&record.tag),
            close: Close::new(code, record.reason),
            within: Duration::from_millis(record.within_ms),
            block: Duration::from_millis(record.block_ms),
            kept: Duration::from_millis(record.kept_ms),
        })
    }
}

/// A kick in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedKick {
    /// Its place.
    pub position: Position,
    /// The kick.
    pub kick: Kick,
    /// How long ago it was appended, by the clock of the service.
    pub age: Duration,
}

impl LoggedKick {
    /// A kick that was appended so long ago.
    #[must_use]
    pub const fn new(position: Position, kick: Kick, age: Duration) -> Self {
        Self { position, kick, age }
    }
}

/// A part of the log of kicks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KickLog {
    /// The kicks, the oldest first.
    pub kicks: Vec<LoggedKick>,
    /// The place of the last kick that was ever appended, also of one that is not kept any more. An empty log has the offset 0 in its
    /// epoch, so that a log that is lost afterwards is noticed.
    pub last: Option<Position>,
    /// Whether kicks may be missing: the position that was asked for is of another epoch, or kicks behind it are not kept
    /// any more.
    pub is_incomplete: bool,
}

impl KickLog {
    /// A part of the log.
    #[must_use]
    pub const fn new(kicks: Vec<LoggedKick>, last: Option<Position>, is_incomplete: bool) -> Self {
        Self {
            kicks,
            last,
            is_incomplete,
        }
    }
}

/// How a kick went on one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KickReport {
    /// Which kick.
    pub kick: KickId,
    /// On which node.
    pub node: Node,
    /// How many connections were closed with the kick's code.
    pub closed: u64,
    /// How many were cut, as they were not closed in time.
    pub cut: u64,
}

impl KickReport {
    /// A report of this node.
    #[must_use]
    pub const fn new(kick: KickId, node: Node, closed: u64, cut: u64) -> Self {
        Self {
            kick,
            node,
            closed,
            cut,
        }
    }

    /// The bytes in which engines send it: JSON with a version.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        to_json(&ReportRecord {
            v: VERSION,
            kicker: self.kick.node.number(),
            number: self.kick.number,
            node: self.node.number(),
            closed: self.closed,
            cut: self.cut,
        })
    }

    /// Reads what [`to_bytes`](Self::to_bytes) has written.
    ///
    /// # Errors
    ///
    /// [`InvalidRecord`] if it is nothing of the kind.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let record: ReportRecord = from_json(bytes)?;
        if record.v != VERSION {
            return Err(InvalidRecord(()));
        }
        let kick = KickId {
            node: Node::from_number(record.kicker),
            number: record.number,
        };
        Ok(Self::new(
            kick,
            Node::from_number(record.node),
            record.closed,
            record.cut,
        ))
    }
}

/// What an engine has stored is no kick and no report of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRecord(());

impl fmt::Display for InvalidRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no record of a kick that this version can read")
    }
}

impl std::error::Error for InvalidRecord {}

/// The version of the records.
const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
struct KickRecord {
    v: u8,
    node: u64,
    number: u64,
    tag: String,
    code: u16,
    reason: String,
    within_ms: u64,
    block_ms: u64,
    kept_ms: u64,
}

#[derive(Serialize, Deserialize)]
struct ReportRecord {
    v: u8,
    kicker: u64,
    number: u64,
    node: u64,
    closed: u64,
    cut: u64,
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn to_json(record: &impl Serialize) -> Vec<u8> {
    // Numbers and strings are always JSON.
    serde_json::to_vec(record).unwrap_or_default()
}

fn from_json<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T, InvalidRecord> {
    serde_json::from_slice(bytes).map_err(|_| InvalidRecord(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_as_they_were_written() {
        let close = Close::new(CloseCode::of::<4001>(), "session \"revoked\"");
        let mut kick = Kick::new(
            Node::random(),
            Tag::new("user", "é:1"),
            close,
            Duration::from_secs(1),
        );
        kick.block = Duration::from_millis(1500);
        assert_eq!(Kick::from_bytes(&kick.to_bytes()), Ok(kick.clone()));
        let report = KickReport::new(kick.id, Node::random(), 3, u64::MAX);
        assert_eq!(KickReport::from_bytes(&report.to_bytes()), Ok(report));
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let close = Close::from(CloseCode::of::<4001>());
        let kick = Kick::new(Node::random(), Tag::new("user", 1), close, Duration::ZERO);
        let text = String::from_utf8(kick.to_bytes()).unwrap();
        assert!(Kick::from_bytes(text.replace("4001", "1005").as_bytes()).is_err());
        assert!(Kick::from_bytes(text.replace("\"v\":1", "\"v\":2").as_bytes()).is_err());
        assert!(Kick::from_bytes(b"").is_err());
        assert!(KickReport::from_bytes(text.as_bytes()).is_err());
    }
}
