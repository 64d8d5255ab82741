//! The tour behind nginx: what clients see through it, what the app learns of them, and what a killed app looks like.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::browser::Browser;
use super::case::Ending::{Closed, Refused};
use super::case::Says::Exactly;
use super::case::{Case, Do, Message, Refuse};
use super::certificate;
use super::client::Client;
use super::clients::websockets;
use super::http;
use super::nginx::Nginx;
use super::program::Program;
use super::table::Table;
use super::tour::Tour;
use super::wire::{Wire, WireConnection};
use crate::failure::{Result, While};

/// Another address of this machine than the one that nginx connects from.
const CLIENT: &str = "127.0.0.9";
const NOTICED: Duration = Duration::from_secs(5);

/// The cases of clients that break no rule and no bound: there the tour ends the stream first, and what the client
/// still sends may then be answered by nginx with a reset.
fn through_nginx(cases: &[Case]) -> Vec<Case> {
    cases
        .iter()
        .filter(|case| !case.name.starts_with("breach.") && !matches!(case.ending, Closed(1009, _)))
        .cloned()
        .collect()
}

/// The cases through nginx, and then what a proxy adds to them.
pub(super) fn checks(program: &Path, cases: &[Case], refuse: Refuse) -> Result<Table> {
    let log_name = format!("tour-nginx-{}", refuse.name());
    let flags = ["--trusted-proxy", "127.0.0.1"];
    let mut tour = Tour::start_with_events(program, refuse, &log_name, &flags)?;
    let certificate = certificate::make()?;
    let nginx = Nginx::start(&tour.address, &certificate)?;
    let mut clients: [Box<dyn Client>; 3] = [
        Box::new(Wire),
        Box::new(websockets()?),
        Box::new(Browser::ready()?),
    ];
    let mut table = Table::new(clients.iter().map(|client| client.name()).collect());
    let cases = through_nginx(cases);
    for client in &mut clients {
        super::drive(client.as_mut(), &nginx.plain, refuse, &cases, &mut table)?;
        tour.still_runs()?;
    }
    origins(&nginx, &mut table);
    let mut client = websockets()?.over_tls(&certificate.chain).from(CLIENT);
    over_tls(&mut client, &nginx.secured, &mut table)?;
    let (seen, wrong) = client_in_log(&tour)?;
    table.add("nginx.client-in-log", "websockets", seen, wrong);
    killed(&mut tour, &nginx, &mut table);
    Ok(table)
}

/// A page's origin against what nginx says that the client has asked for; what the client says of that is nothing.
fn origins(nginx: &Nginx, table: &mut Table) {
    let own = format!("http://{}", nginx.plain);
    let other_scheme = format!("https://{}", nginx.plain);
    let evil = "https://evil.example";
    let forged = [
        ("Forwarded", "for=192.0.2.1;host=evil.example;proto=https"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "https"),
    ];
    type Headers<'a> = &'a [(&'a str, &'a str)];
    let checks: [(&str, &str, Headers<'_>, u16); 5] = [
        ("nginx.own-origin", &own, &[], 101),
        ("nginx.origin-of-other-scheme", &other_scheme, &[], 403),
        ("nginx.other-origin", evil, &[], 403),
        ("nginx.other-origin-forged", evil, &forged, 403),
        ("nginx.own-origin-forged", &own, &forged, 101),
    ];
    for (name, origin, more, status) in checks {
        let headers: Vec<(&str, &str)> = [("Origin", origin)]
            .into_iter()
            .chain(more.iter().copied())
            .collect();
        let (seen, wrong) = match WireConnection::open(&nginx.plain, "/echo", &headers) {
            Err(failure) => ("nothing".into(), vec![failure.to_string()]),
            Ok((_, response)) if response.status == status => (format!("HTTP {status}"), vec![]),
            Ok((_, response)) => (
                format!("HTTP {}", response.status),
                vec![format!("HTTP {}, expected {status}", response.status)],
            ),
        };
        table.add(name, "wire", seen, wrong);
    }
}

/// TLS at nginx: the page is then one of `https`.
fn over_tls(client: &mut Program, address: &str, table: &mut Table) -> Result<()> {
    let own: &'static str = String::leak(format!("https://{address}"));
    let other: &'static str = String::leak(format!("http://{address}"));
    let cases = [
        Case::new("nginx.tls-own-origin", "/echo", Closed(1000, Exactly("bye")))
            .header("origin", own)
            .does(&[Do::Text("hi"), Do::Await(1), Do::Close(1000, "bye")])
            .gets(&[Message::Text("hi")]),
        Case::new(
            "nginx.tls-origin-of-other-scheme",
            "/echo",
            Refused(3003, Exactly("origin not allowed"), 403),
        )
        .header("origin", other),
    ];
    // A page that is not allowed to connect is refused with HTTP in any case.
    super::drive(client, address, Refuse::Http, &cases, table)
}

/// Whether the event of a connection names the client, and not nginx.
fn client_in_log(tour: &Tour) -> Result<(String, Vec<String>)> {
    let deadline = Instant::now() + NOTICED;
    loop {
        let log = fs::read_to_string(&tour.log).while_doing("reading the tour's log")?;
        if log
            .lines()
            .any(|line| line.contains("/echo") && line.contains(CLIENT))
        {
            return Ok((CLIENT.into(), vec![]));
        }
        if Instant::now() >= deadline {
            let wrong = format!("no event in {} names {CLIENT}", tour.log.display());
            return Ok(("nothing".into(), vec![wrong]));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The app is killed: an open connection ends without a Close frame, and nginx answers new ones itself.
fn killed(tour: &mut Tour, nginx: &Nginx, table: &mut Table) {
    let mut seen = "nothing".to_owned();
    let mut wrong = Vec::new();
    if let Err(failure) = try_kill(tour, nginx, &mut seen, &mut wrong) {
        wrong.push(failure.to_string());
    }
    table.add("nginx.app-killed", "wire", seen, wrong);
}

fn try_kill(tour: &mut Tour, nginx: &Nginx, seen: &mut String, wrong: &mut Vec<String>) -> Result<()> {
    let (mut connection, response) = WireConnection::open(&nginx.plain, "/echo", &[])?;
    if response.status != 101 {
        return Err(format!("HTTP {} for /echo", response.status).into());
    }
    connection.echo("still there")?;
    tour.kill()?;
    let began = Instant::now();
    connection.read_to_the_end();
    if let Some((code, _)) = &connection.seen.close {
        wrong.push(format!("a Close frame with {code} from an app that is dead"));
    }
    if began.elapsed() > NOTICED {
        wrong.push("nginx has held the connection open".into());
    }
    let status = http::get(&nginx.plain, "/disconnect/last")?.status;
    *seen = format!("end without Close, then {status}");
    if status != 502 {
        wrong.push(format!("HTTP {status} for a new handshake, expected 502"));
    }
    Ok(())
}
