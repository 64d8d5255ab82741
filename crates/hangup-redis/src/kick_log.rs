//! The log of kicks: a stream, with scripts for what must happen at once.

use std::time::Duration;

use hangup::hub::{EngineError, Kick, KickId, KickLog, LoggedKick, Node, Position};
use redis::{Cmd, aio::MultiplexedConnection};

use crate::{failure::failed, keyspace::Keyspace, seen::SeenKicks};

const APPEND: &str = concat!(include_str!("kick_log.lua"), include_str!("kick_log_append.lua"));
const READ: &str = concat!(include_str!("kick_log.lua"), include_str!("kick_log_read.lua"));

/// Appends a kick and publishes it, both or none.
pub(crate) async fn append_kick(
    connection: &mut MultiplexedConnection,
    keyspace: &Keyspace,
    kick: &Kick,
    bound: usize,
) -> Result<Position, EngineError> {
    let kept = milliseconds(kick.block.max(kick.kept));
    let mut command = script(APPEND, keyspace);
    command
        .arg(&keyspace.kicks)
        .arg(id_text(kick.id))
        .arg(kick.to_bytes())
        .arg(kept)
        .arg(bound.max(1));
    let (epoch, offset): (String, u64) = command
        .query_async(connection)
        .await
        .map_err(|error| failed("the kick was not appended", error))?;
    Ok(Position::new(epoch_from(&epoch)?, offset))
}

/// Waits until so many replicas have what this connection has written.
pub(crate) async fn wait_for_replicas(
    connection: &mut MultiplexedConnection,
    replicas: u32,
    within: Duration,
) -> Result<(), EngineError> {
    let mut command = redis::cmd("WAIT");
    // Zero would be for ever.
    command.arg(replicas).arg(milliseconds(within).max(1));
    let reached: u32 = command
        .query_async(connection)
        .await
        .map_err(|error| failed("it is not known which replicas have the kick", error))?;
    match reached >= replicas {
        true => Ok(()),
        false => Err(EngineError::new(format!(
            "the kick is on {reached} replicas and not on {replicas}"
        ))),
    }
}

/// Reads the kicks behind a position, or all.
pub(crate) async fn read_kicks(
    connection: &mut MultiplexedConnection,
    keyspace: &Keyspace,
    position: Option<Position>,
    seen: &SeenKicks,
) -> Result<KickLog, EngineError> {
    let mut command = script(READ, keyspace);
    match position {
        Some(position) => command
            .arg(epoch_text(position.epoch))
            .arg(position.offset)
            .arg(seen.at(position).map(id_text).unwrap_or_default()),
        None => command.arg("").arg(0).arg(""),
    };
    type Entries = Vec<(u64, u64, Vec<u8>)>;
    let (epoch, last, is_incomplete, now, entries): (String, u64, bool, u64, Entries) = command
        .query_async(connection)
        .await
        .map_err(|error| failed("the log of kicks was not read", error))?;
    let epoch = epoch_from(&epoch)?;
    let mut kicks = Vec::with_capacity(entries.len());
    for (offset, at, bytes) in entries {
        let position = Position::new(epoch, offset);
        match Kick::from_bytes(&bytes) {
            Ok(kick) => {
                seen.add(position, kick.id);
                let age = Duration::from_millis(now.saturating_sub(at));
                kicks.push(LoggedKick::new(position, kick, age));
            }
            Err(error) => tracing::error!(engine = "redis", offset, %error, "a kick in the log is skipped"),
        }
    }
    Ok(KickLog::new(
        kicks,
        Some(Position::new(epoch, last)),
        is_incomplete,
    ))
}

/// A kick as it was published when it was appended, and when that was by the server's clock.
pub(crate) fn published_kick(payload: &[u8]) -> Option<(Position, u64, Kick)> {
    let mut fields = payload.splitn(4, |byte| *byte == b' ');
    let mut number = || std::str::from_utf8(fields.next()?).ok();
    let epoch = epoch_from(number()?).ok()?;
    let offset = number()?.parse().ok()?;
    let at = number()?.parse().ok()?;
    let kick = Kick::from_bytes(fields.next()?).ok()?;
    Some((Position::new(epoch, offset), at, kick))
}

/// A script over the keys of the log, with the epoch that begins if the server has none.
fn script(text: &str, keyspace: &Keyspace) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command
        .arg(text)
        .arg(3)
        .arg(&keyspace.log_state)
        .arg(&keyspace.log)
        .arg(&keyspace.log_expiry)
        .arg(epoch_text(Node::random().number()));
    command
}

fn id_text(id: KickId) -> String {
    format!("{}{:016x}", id.node, id.number)
}

fn epoch_text(epoch: u64) -> String {
    format!("{epoch:016x}")
}

fn epoch_from(text: &str) -> Result<u64, EngineError> {
    u64::from_str_radix(text, 16)
        .map_err(|_| EngineError::new("the log of kicks has no epoch of this version"))
}

fn milliseconds(time: Duration) -> u64 {
    // 1,000 years: sums stay exact in the numbers of a script.
    const MOST: u64 = 1000 * 365 * 24 * 60 * 60 * 1000;
    u64::try_from(time.as_millis()).unwrap_or(MOST).min(MOST)
}
