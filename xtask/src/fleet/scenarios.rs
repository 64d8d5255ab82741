//! What is done to the fleet, and what is to be seen then.

use std::time::{Duration, Instant};

use super::proxy::Line;
use super::room::{Guest, is_refused};
use super::service::Fleet;
use crate::failure::{Failure, Result};

type Scenario = fn(&mut Fleet) -> Result<()>;

pub(super) const SCENARIOS: &[(&str, Scenario)] = &[
    ("one order on all nodes", one_order),
    (
        "a kick closes on every node, and refuses on every node while it is in force",
        kick,
    ),
    ("the server is killed and comes back with its data", |fleet| {
        server_is_killed(fleet, false)
    }),
    ("the server is killed and comes back without its data", |fleet| {
        server_is_killed(fleet, true)
    }),
    ("a node is cut off", |fleet| one_is_cut_off(fleet, Line::Cut)),
    ("a node is cut off by a stall", |fleet| {
        one_is_cut_off(fleet, Line::Stalled)
    }),
    ("a node is cut off by a half-open connection", |fleet| {
        one_is_cut_off(fleet, Line::HalfOpen)
    }),
    ("a node is stopped, and wakes", one_is_stopped),
    ("a node is killed", one_is_killed),
];

const SECOND: Duration = Duration::from_secs(1);
/// What a machine that is busy with other things may add.
const BUSY: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(10);

fn wrong<T>(what: impl Into<String>) -> Result<T> {
    Err(Failure::from(what.into()))
}

fn guests(fleet: &Fleet, room: &str, name: &str) -> Result<Vec<Guest>> {
    let nodes = fleet.nodes.iter();
    nodes
        .map(|node| Guest::join(node.address(), room, name))
        .collect()
}

fn one_order(fleet: &mut Fleet) -> Result<()> {
    const EACH: usize = 100;
    let mut speakers = guests(fleet, "order", "speaker")?;
    let listeners = guests(fleet, "order", "listener")?;
    for number in 0..EACH {
        for (speaker, guest) in speakers.iter_mut().enumerate() {
            guest.say(&format!("said {speaker} {number}"))?;
        }
    }
    let total = EACH * speakers.len();
    let mut orders = Vec::new();
    for guest in listeners.iter().chain(&speakers) {
        let heard = guest.hears("speaker: said ", total, PATIENCE)?;
        orders.push(heard);
    }
    if orders.iter().any(|order| order.len() != total) {
        return wrong("some heard less than all");
    }
    if orders.windows(2).any(|pair| pair[0] != pair[1]) {
        return wrong("the orders differ");
    }
    for speaker in 0..speakers.len() {
        let own = format!("speaker: said {speaker} ");
        let numbers = orders[0].iter().filter_map(|text| text.strip_prefix(&own));
        let expected: Vec<String> = (0..EACH).map(|number| number.to_string()).collect();
        if !numbers.eq(expected.iter().map(String::as_str)) {
            return wrong(format!("what speaker {speaker} said is out of its order"));
        }
    }
    Ok(())
}

fn kick(fleet: &mut Fleet) -> Result<()> {
    let [eves, others] = [guests(fleet, "kick", "eve")?, guests(fleet, "kick", "ann")?];
    let begun = Instant::now();
    let kicked = fleet.nodes[0].kick("eve", 2)?;
    for eve in &eves {
        let took = eve.is_kicked(SECOND)?.duration_since(begun);
        if took > SECOND {
            return wrong(format!("a kick took {took:?}"));
        }
    }
    if (kicked.status, kicked.closed, kicked.cut, kicked.silent) != (200, 3, 0, 0) {
        return wrong(format!("{kicked:?}"));
    }
    for node in &fleet.nodes {
        is_refused(node.address(), "eve")?;
    }
    if !others.iter().all(Guest::is_open) {
        return wrong("others were closed");
    }
    let over = Duration::from_secs(2) + Duration::from_millis(100);
    std::thread::sleep(over.saturating_sub(begun.elapsed()));
    guests(fleet, "kick", "eve").map(drop)
}

fn server_is_killed(fleet: &mut Fleet, is_forgotten: bool) -> Result<()> {
    let anns = guests(fleet, "outage", "ann")?;
    let eve = Guest::join(fleet.nodes[0].address(), "outage", "eve")?;
    // In force over the outage.
    fleet.nodes[0].kick("mallory", 60)?;
    fleet.server.kill();
    for node in &fleet.nodes {
        node.wait_for_readiness(false, PATIENCE)?;
        let (status, took) = node.publish("outage", "lost")?;
        if status != 503 || took > SECOND + BUSY {
            return wrong(format!("a publish without the server: {status} after {took:?}"));
        }
    }
    let kicked = fleet.nodes[0].kick("eve", 0)?;
    if kicked.status != 503 || kicked.took > 2 * SECOND + BUSY {
        return wrong(format!("a kick without the server: {kicked:?}"));
    }
    eve.is_kicked(SECOND)?;
    if !anns.iter().all(Guest::is_open) {
        return wrong("connections were closed with the server");
    }
    if is_forgotten {
        fleet.server.forget()?;
    }
    fleet.server.run()?;
    fleet.wait_until_ready()?;
    for node in &fleet.nodes {
        // Those who were there remember it, whatever the server does.
        is_refused(node.address(), "mallory")?;
    }
    fleet.nodes[1].publish("outage", "back")?;
    for ann in &anns {
        ann.hears("back", 1, PATIENCE)?;
        if ann.hears("lost", 1, Duration::ZERO).is_ok() {
            return wrong("what failed was delivered later");
        }
    }
    let kicked = fleet.nodes[2].kick("ann", 0)?;
    if (kicked.closed, kicked.silent) != (3, 0) {
        return wrong(format!("after the outage: {kicked:?}"));
    }
    Ok(())
}

fn one_is_cut_off(fleet: &mut Fleet, line: Line) -> Result<()> {
    let eve = Guest::join(fleet.nodes[2].address(), "cut", "eve")?;
    let ann = Guest::join(fleet.nodes[2].address(), "cut", "ann")?;
    let cut_off = &fleet.nodes[2];
    cut_off.proxy.set(line);
    let (status, took) = cut_off.publish("cut", "lost")?;
    if status != 503 || took > SECOND + BUSY {
        return wrong(format!(
            "a publish of the node that is cut off: {status} after {took:?}"
        ));
    }
    cut_off.wait_for_readiness(false, PATIENCE)?;
    let kicked = fleet.nodes[0].kick("eve", 30)?;
    if (kicked.status, kicked.silent) != (200, 1) {
        return wrong(format!("the node that is cut off is not named: {kicked:?}"));
    }
    if !eve.is_open() || !ann.is_open() {
        return wrong("a node that is cut off has closed its connections");
    }
    cut_off.proxy.set(Line::Whole);
    cut_off.wait_for_readiness(true, PATIENCE)?;
    // The log was read before it was ready.
    is_refused(cut_off.address(), "eve")?;
    eve.is_kicked(SECOND)?;
    fleet.nodes[1].publish("cut", "back")?;
    ann.hears("back", 1, PATIENCE)?;
    let kicked = fleet.nodes[1].kick("ann", 0)?;
    match (kicked.closed, kicked.silent) {
        (1, 0) => Ok(()),
        _ => wrong(format!("after it is back: {kicked:?}")),
    }
}

fn one_is_stopped(fleet: &mut Fleet) -> Result<()> {
    let eve = Guest::join(fleet.nodes[2].address(), "stop", "eve")?;
    let here = Guest::join(fleet.nodes[1].address(), "stop", "eve")?;
    let stopped = &fleet.nodes[2];
    stopped.signal("-STOP")?;
    let kicked = fleet.nodes[0].kick("eve", 30)?;
    here.is_kicked(SECOND)?;
    let is_as_expected = (kicked.status, kicked.closed, kicked.silent) == (200, 1, 1);
    stopped.signal("-CONT")?;
    if !is_as_expected {
        return wrong(format!("the node that is stopped is not named: {kicked:?}"));
    }
    eve.is_kicked(SECOND + BUSY)?;
    stopped.wait_for_readiness(true, PATIENCE)?;
    is_refused(stopped.address(), "eve")
}

fn one_is_killed(fleet: &mut Fleet) -> Result<()> {
    let eve = Guest::join(fleet.nodes[1].address(), "kill", "eve")?;
    fleet.nodes[2].tour.kill()?;
    let kicked = fleet.nodes[0].kick("eve", 0)?;
    eve.is_kicked(SECOND)?;
    if (kicked.status, kicked.closed, kicked.silent) != (200, 1, 1) {
        return wrong(format!("the node that was killed is not named: {kicked:?}"));
    }
    // Until its lease ends.
    std::thread::sleep(Duration::from_secs(11));
    match fleet.nodes[0].kick("eve", 0)? {
        kicked if kicked.silent == 0 => Ok(()),
        kicked => wrong(format!("long after it was killed: {kicked:?}")),
    }
}
