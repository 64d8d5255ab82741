//! The limits of the tour, each given on its command line so low that every client meets it.

use std::path::Path;

use super::case::Ending::{Closed, Refused};
use super::case::Says::Exactly;
use super::case::{Case, Do, Message, Refuse};
use super::client::Client;
use super::judge;
use super::table::Table;
use super::tour::Tour;
use super::wire::WireConnection;
use crate::failure::Result;

/// A tour with these flags, and what a client sees there.
struct Limited {
    flags: &'static [&'static str],
    case: Case,
    /// How many connections are open before the client comes.
    held: usize,
}

/// As many as are held, and as may be on their way out at once.
const FULL: &[&str] = &["--max-connections", "4"];
const FULL_FOR_ONE: &[&str] = &["--max-connections-per-peer", "4"];

#[rustfmt::skip]
fn all() -> Vec<Limited> {
    let limited = |flags, case| Limited { flags, case, held: 0 };
    let full = |flags, name| Limited {
        flags,
        case: Case::new(name, "/echo", Refused(1013, Exactly("too many connections"), 503)),
        held: 4,
    };
    vec![
        full(FULL, "limit.connections"),
        full(FULL_FOR_ONE, "limit.connections-per-peer"),
        limited(&["--idle-timeout", "300ms"], Case::new("limit.idle", "/echo", Closed(1001, Exactly("idle")))),
        limited(&["--max-lifetime", "300ms"], Case::new("limit.lifetime", "/echo", Closed(1001, Exactly("lifetime")))),
        limited(&["--messages-per-second", "2"],
            Case::new("limit.messages", "/echo", Closed(1008, Exactly("too many messages")))
                .does(&[Do::Text("a"), Do::Text("b"), Do::Text("c")])
                .gets(&[Message::Whatever])),
        // Whoever answered no ping would be closed with 1011 long before.
        limited(&["--ping-interval", "100ms", "--ping-timeout", "300ms", "--idle-timeout", "1200ms"],
            Case::new("limit.pings-are-answered", "/echo", Closed(1001, Exactly("idle")))),
    ]
}

/// Every client against every limit, where the tour refuses by Close and by HTTP.
pub(crate) fn drive(
    program: &Path,
    refuse: Refuse,
    clients: &mut [Box<dyn Client>],
    chosen: impl Fn(&Case) -> bool,
    table: &mut Table,
) -> Result<()> {
    for Limited { flags, case, held } in all().into_iter().filter(|limited| chosen(&limited.case)) {
        let log = format!("tour-{}-{}", refuse.name(), case.name);
        let mut tour = Tour::start_with(program, refuse, &log, flags)?;
        let _held = (0..held)
            .map(|_| Ok(WireConnection::open(&tour.address, case.path, &[])?.0))
            .collect::<Result<Vec<_>>>()?;
        for client in clients.iter_mut().filter(|client| client.cannot(&case).is_none()) {
            for seen in client.run(&tour.address, &[&case])? {
                let wrong = judge::judge_client(client.name(), &case, refuse, &seen);
                table.add_seen(case.name, client.name(), seen, wrong);
            }
        }
        tour.still_runs()?;
    }
    Ok(())
}
