//! The page of the endings that each client shows: written by a run, and held against every later one.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use super::case::Refuse;
use super::client::{Client, Deflate, Seen};
use super::known::{LIMITS, Of};
use super::passes::STOP;
use super::table::Table;
use super::{cases, clients};
use crate::failure::{Failure, Result, While};
use crate::project;

/// What must be shown of an ending.
#[derive(Clone, Copy)]
enum Sent {
    /// A Close frame with this code and a reason.
    Reason(u16),
    /// The same with an empty reason.
    Code(u16),
    /// A response with a status.
    Http,
}

struct Column {
    heading: &'static str,
    case: &'static str,
    refuse: Refuse,
    sent: Sent,
}

const fn column(heading: &'static str, case: &'static str, sent: Sent) -> Column {
    Column {
        heading,
        case,
        refuse: match sent {
            Sent::Http => Refuse::Http,
            Sent::Reason(_) | Sent::Code(_) => Refuse::Close,
        },
        sent,
    }
}

const COLUMNS: &[Column] = &[
    column("1008 after accept", "exception", Sent::Reason(1008)),
    column("1008 before accept", "custom-exception-early", Sent::Reason(1008)),
    column("1008, validation errors", "validation.bad", Sent::Reason(1008)),
    column("1000, `Ok`", "done", Sent::Code(1000)),
    column("1011, an error", "unhandled.after", Sent::Code(1011)),
    column("1001, shutdown", STOP, Sent::Code(1001)),
    column("1012", "early.1012", Sent::Reason(1012)),
    column("1013", "early.1013", Sent::Reason(1013)),
    column("1014", "early.1014", Sent::Reason(1014)),
    column("4001", "early.4001", Sent::Reason(4001)),
    column("123 bytes of reason", "early.reason-124", Sent::Reason(4000)),
    column("HTTP 403", "early.1008", Sent::Http),
];

/// What the clients that ran have shown, by client and heading.
#[derive(Default)]
pub(super) struct Page {
    cells: BTreeMap<(&'static str, &'static str), String>,
    clients: Vec<&'static str>,
}

impl Page {
    pub(super) fn take(&mut self, refuse: Refuse, clients: &[Box<dyn Client>], table: &Table) {
        self.clients = clients.iter().map(|client| client.name()).collect();
        for column in COLUMNS.iter().filter(|column| column.refuse == refuse) {
            for client in &self.clients {
                let cell = table
                    .seen(column.case, client)
                    .map_or_else(|| "-".into(), |seen| cell(column.sent, seen));
                self.cells.insert((client, column.heading), cell);
            }
        }
    }

    fn row(&self, client: &'static str) -> String {
        let cells = COLUMNS.iter().map(|column| {
            self.cells
                .get(&(client, column.heading))
                .map_or("-", String::as_str)
        });
        format!("| {client} | {} |", cells.collect::<Vec<_>>().join(" | "))
    }

    /// Whether each client that ran shows what the page says.
    pub(super) fn compare(&self) -> Result<()> {
        let path = path();
        let page = std::fs::read_to_string(&path).while_doing(format!("reading {}", path.display()))?;
        let missing: Vec<String> = self
            .clients
            .iter()
            .map(|client| self.row(client))
            .filter(|row| !page.lines().any(|line| line == row))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(format!(
            "these rows of the run are not in {} (`cargo xtask interop --clients all --write` writes it):\n{}",
            path.display(),
            missing.join("\n")
        )
        .into())
    }

    pub(super) fn write(&self, clients: &[Box<dyn Client>]) -> Result<()> {
        let path = path();
        let text = self
            .text(clients)
            .map_err(|error| Failure::from(error.to_string()))?;
        std::fs::write(&path, text).while_doing(format!("writing {}", path.display()))
    }

    fn text(&self, clients: &[Box<dyn Client>]) -> std::result::Result<String, std::fmt::Error> {
        let mut text = String::from(HEAD);
        let headings: Vec<&str> = COLUMNS.iter().map(|column| column.heading).collect();
        writeln!(text, "| client | {} |", headings.join(" | "))?;
        writeln!(text, "|---{}|", "|---".repeat(headings.len()))?;
        for client in &self.clients {
            writeln!(text, "{}", self.row(client))?;
        }
        text.push_str(LEGEND);
        for limit in LIMITS {
            let what = match limit.of {
                Of::Codes(codes) => codes.iter().map(u16::to_string).collect::<Vec<_>>().join(", "),
                Of::OwnClose => "the answer to its own Close".to_owned(),
            };
            writeln!(text, "| {} | {what} | {} |", limit.clients.join(", "), limit.why)?;
        }
        text.push_str(CLIENTS);
        for client in clients {
            let Some(known) = clients::ALL.iter().find(|known| known.name == client.name()) else {
                continue;
            };
            let deflate = match client.deflate() {
                Deflate::Optional => "with and without",
                Deflate::Always => "always offered",
                Deflate::Never(why) => why,
            };
            writeln!(
                text,
                "| {} | {} | {} | {deflate} | {} |",
                known.name,
                known.about,
                known.version().unwrap_or_else(|| "-".into()),
                left_out(client.as_ref())
            )?;
        }
        Ok(text)
    }
}

/// How many cases the client cannot send, for each reason.
fn left_out(client: &dyn Client) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for why in cases::all().iter().filter_map(|case| client.cannot(case)) {
        *counts.entry(why).or_default() += 1;
    }
    if counts.is_empty() {
        return "none".into();
    }
    let shown: Vec<String> = counts
        .iter()
        .map(|(why, count)| format!("{count}: {why}"))
        .collect();
    shown.join("; ")
}

fn path() -> PathBuf {
    project::root().join("crates/hangup/docs/clients.md")
}

/// The code; `and reason` where there is one to show, and the client shows it.
fn cell(sent: Sent, seen: &Seen) -> String {
    let sent_reason = matches!(sent, Sent::Reason(_));
    match (&seen.close, seen.status) {
        (_, Some(status)) => format!("HTTP {status}"),
        (Some((code, reason)), None) => match sent {
            Sent::Reason(sent) | Sent::Code(sent) if sent == *code => {
                if sent_reason && !reason.is_empty() {
                    format!("{code} and reason")
                } else {
                    code.to_string()
                }
            }
            _ => code.to_string(),
        },
        (None, None) => "an error".into(),
    }
}

const HEAD: &str = "\
This page shows which ending each client reports to its user: the code and the reason. `cargo xtask interop --clients all
--write` wrote it by a run against the tour. Every other run compares its rows with these.

";

const LEGEND: &str = "
The last column is for a handshake refused by HTTP: `HTTP 403` if the client reports the status; 1006 if it reports only
a failure, as browsers do. `an error` means that the client reports a text without a code or a status.

# What clients cannot show

The server sends the same bytes to all clients. The clients in this table do not report all of it, and no server can change
that. All clients know the codes up to 1011 and those of applications (3000 to 4999). If every client must learn the code,
send one of these. The fewest clients know 1014.

| client | what | why |
|---|---|---|
";

const CLIENTS: &str = "
# The clients

Each client ran without permessage-deflate, with it if it supports it, and with the 101, all frames and the Close frame in
one segment.

| client | what it is | version of the run | permessage-deflate | omitted cases, and why |
|---|---|---|---|---|
";

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(code: u16, reason: &str) -> Seen {
        Seen {
            close: Some((code, reason.into())),
            ..Seen::default()
        }
    }

    #[test]
    fn a_cell_says_what_the_client_shows() {
        assert_eq!(
            cell(Sent::Reason(1012), &closed(1012, "later")),
            "1012 and reason"
        );
        assert_eq!(cell(Sent::Reason(1012), &closed(1012, "")), "1012");
        assert_eq!(cell(Sent::Reason(1012), &closed(1002, "invalid")), "1002");
        assert_eq!(cell(Sent::Code(1000), &closed(1000, "")), "1000");
        assert_eq!(cell(Sent::Http, &closed(1006, "")), "1006");
        assert_eq!(cell(Sent::Http, &Seen::default()), "an error");
    }
}
