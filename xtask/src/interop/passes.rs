//! Ways in which the same clients meet the tour once more: compressed, with all bytes at once, and when it stops.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::case::Ending::{Closed, Refused};
use super::case::Says::Exactly;
use super::case::{Case, Refuse};
use super::client::{Client, Deflate, Seen};
use super::drive::drive;
use super::relay::{Passing, Relay};
use super::table::Table;
use super::tour::Tour;
use super::{http, judge};
use crate::failure::{Failure, Result};

pub(super) const STOP: &str = "server.stops-with-clients";

const OPEN: Duration = Duration::from_secs(30);
const ENDED: Duration = Duration::from_secs(30);

fn names(clients: &[Box<dyn Client>]) -> Vec<&'static str> {
    clients.iter().map(|client| client.name()).collect()
}

/// Every endpoint compresses, and every client that can offers it.
pub(super) fn deflated(program: &Path, clients: &mut [Box<dyn Client>], cases: &[Case]) -> Result<Table> {
    let flags = ["--deflate", "takeover"];
    let mut tour = Tour::start_with(program, Refuse::Close, "tour-deflate", &flags)?;
    let mut table = Table::new(names(clients));
    for client in clients {
        let name = client.name();
        if let Deflate::Never(why) = client.deflate() {
            table.add("deflate.negotiated", name, why.into(), vec![]);
            continue;
        }
        client.offer_deflate(true);
        let relay = Relay::start(&tour.address, Passing::AsItComes)?;
        drive(client.as_mut(), &relay.address, Refuse::Close, cases, &mut table)?;
        client.offer_deflate(false);
        tour.still_runs()?;
        // A request for the last disconnect is no opening handshake.
        let (completed, deflated) = (relay.completed(), relay.deflated());
        let wrong = (deflated < completed)
            .then(|| format!("{deflated} of {completed} connections have permessage-deflate"));
        table.add(
            "deflate.negotiated",
            name,
            format!("{deflated} of {completed}"),
            wrong.into_iter().collect(),
        );
    }
    Ok(table)
}

/// Endings that wait for nothing, each with the 101, all frames and the Close in one segment.
pub(super) fn merged(program: &Path, clients: &mut [Box<dyn Client>], cases: &[Case]) -> Result<Table> {
    let cases: Vec<Case> = cases
        .iter()
        .filter(|case| case.script.is_empty() && matches!(case.ending, Closed(..) | Refused(..)))
        .cloned()
        .collect();
    let mut tour = Tour::start_with(program, Refuse::Close, "tour-merged", &["--deflate", "off"])?;
    let mut table = Table::new(names(clients));
    for client in clients {
        let relay = Relay::start(&tour.address, Passing::Merged)?;
        drive(client.as_mut(), &relay.address, Refuse::Close, &cases, &mut table)?;
        tour.still_runs()?;
        let (completed, merged) = (relay.completed(), relay.merged());
        let wrong = (merged < completed).then(|| format!("{merged} of {completed} connections were merged"));
        table.add(
            "segments.merged",
            client.name(),
            format!("{merged} of {completed}"),
            wrong.into_iter().collect(),
        );
    }
    Ok(table)
}

/// A tour with one connection of each client is asked to stop.
pub(super) fn stop(
    program: &Path,
    refuse: Refuse,
    clients: &mut [Box<dyn Client>],
    table: &mut Table,
) -> Result<()> {
    let case = Case::new(STOP, "/echo", Closed(1001, Exactly("")));
    let case = &case;
    let log = format!("tour-stop-{}", refuse.name());
    let mut tour = Tour::start_with(program, refuse, &log, &["--metrics", "--deflate", "off"])?;
    let address = tour.address.clone();
    let seen: Vec<Seen> = thread::scope(|scope| {
        let running: Vec<_> = clients
            .iter_mut()
            .map(|client| scope.spawn(|| client.run(&address, &[case])))
            .collect();
        let are_open = wait_until_open(&address, running.len());
        tour.ask_to_stop()?;
        are_open?;
        running
            .into_iter()
            .map(|client| {
                let seen = client
                    .join()
                    .map_err(|_| Failure::from("a client has panicked"))??;
                seen.into_iter().next().ok_or_else(|| Failure::from("no report"))
            })
            .collect::<Result<Vec<_>>>()
    })?;
    let has_ended = tour.has_ended_before(Instant::now() + ENDED)?;
    for (client, seen) in clients.iter().zip(seen) {
        let mut wrong = judge::judge_client(client.name(), case, refuse, &seen);
        if !has_ended {
            wrong.push("the tour still runs".into());
        }
        table.add_seen(STOP, client.name(), seen, wrong);
    }
    Ok(())
}

fn wait_until_open(address: &str, count: usize) -> Result<()> {
    let deadline = Instant::now() + OPEN;
    loop {
        let metrics = http::get(address, "/metrics")?.body;
        let live = metrics
            .lines()
            .filter(|line| line.starts_with("hangup_connections_live{") && line.contains("\"/echo\""))
            .find_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
        if live.is_some_and(|live| live >= count as f64) {
            return Ok(());
        }
        if Instant::now() >= deadline {
            return Err(format!("{live:?} of {count} clients have connected").into());
        }
        thread::sleep(Duration::from_millis(20));
    }
}
