//! `cargo xtask interop`: every path of the tour, driven by real clients, held against what the design says.
//!
//! `cases` says what is to be seen, the clients see, `judge` compares, `table` tells.

mod browser;
mod built;
mod case;
mod cases;
pub(crate) mod certificate;
mod client;
mod clients;
pub(crate) mod devtools;
mod document;
mod drive;
mod ending;
mod exchange;
pub(crate) mod http;
mod judge;
mod known;
mod limits;
pub(crate) mod nginx;
mod page;
mod passes;
mod program;
mod proxied;
mod relay;
mod screen;
mod secured;
mod table;
pub(crate) mod tour;
mod wire;
mod wscat;

use std::path::Path;

use crate::arguments::Arguments;
use crate::failure::{Failure, Result};
use case::Case;
pub(crate) use case::Refuse;
use drive::drive;
use page::Page;
use table::Table;
use tour::{Profile, Tour};

#[derive(Default)]
struct Choice {
    refuse: Option<Refuse>,
    clients: Option<String>,
    case: Option<String>,
    address: Option<String>,
    way: Option<Way>,
    /// The page of endings is written, and not compared.
    writes: bool,
}

impl Choice {
    /// Nothing is left out but clients: then the page of endings can be told.
    const fn is_whole(&self) -> bool {
        self.refuse.is_none() && self.case.is_none() && self.address.is_none()
    }
}

/// How the clients get to the tour.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Direct,
    Tls,
    Nginx,
}

impl Choice {
    fn picks(&self, case: &Case) -> bool {
        self.picks_name(case.name)
    }

    fn picks_name(&self, name: &str) -> bool {
        let part = self.case.as_ref();
        part.is_none_or(|part| name.contains(part.as_str()))
    }
}

/// Everything, as `cargo xtask test` runs it.
pub(crate) fn all() -> Result<()> {
    run(&Choice::default())
}

pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let refuse = match arguments.option("--refuse")?.as_deref() {
        None => None,
        Some("close") => Some(Refuse::Close),
        Some("http") => Some(Refuse::Http),
        Some(other) => {
            return Err(Failure::usage(format!(
                "--refuse is close or http, not `{other}`"
            )));
        }
    };
    let way = match arguments.option("--way")?.as_deref() {
        None => None,
        Some("direct") => Some(Way::Direct),
        Some("tls") => Some(Way::Tls),
        Some("nginx") => Some(Way::Nginx),
        Some(other) => {
            return Err(Failure::usage(format!(
                "--way is direct, tls or nginx, not `{other}`"
            )));
        }
    };
    let choice = Choice {
        refuse,
        way,
        clients: arguments.option("--clients")?.or(arguments.option("--client")?),
        case: arguments.option("--case")?,
        address: arguments.option("--address")?,
        writes: arguments.switch("--write"),
    };
    arguments.end()?;
    if choice.writes && (!choice.is_whole() || choice.clients.as_deref() != Some("all")) {
        return Err(Failure::usage(
            "--write goes with --clients all and all cases, as the page tells of all",
        ));
    }
    run(&choice)
}

fn run(choice: &Choice) -> Result<()> {
    let is_direct = choice.way.is_none_or(|way| way == Way::Direct);
    if !is_direct && (choice.clients.is_some() || choice.address.is_some()) {
        return Err(Failure::usage(
            "--way tls and nginx start a tour of their own, for the clients that can take that way",
        ));
    }
    let program = match choice.address {
        Some(_) => None,
        None => Some(tour::build(Profile::Dev)?),
    };
    let cases: Vec<Case> = cases::all()
        .into_iter()
        .filter(|case| choice.picks(case))
        .collect();
    let modes: Vec<Refuse> = match (choice.refuse, &choice.address) {
        (Some(one), _) => vec![one],
        (None, Some(_)) => vec![Refuse::Close],
        (None, None) => Refuse::BOTH.to_vec(),
    };
    let mut sums = Sums::default();
    if is_direct {
        direct(choice, program.as_deref(), &cases, &modes, &mut sums)?;
    }
    if let Some(program) = program.filter(|_| choice.clients.is_none()) {
        if is_direct && choice.picks_name(document::CASE) {
            sums.add("interop, the document", &document::checks(&program)?);
        }
        if choice.way.is_none_or(|way| way == Way::Tls) {
            let table = secured::checks(&program, &cases)?;
            sums.add("interop, over TLS", &table);
        }
        if choice.way.is_none_or(|way| way == Way::Nginx) {
            for refuse in modes {
                let table = proxied::checks(&program, &cases, refuse)?;
                sums.add(
                    &format!("interop, behind nginx, --refuse {}", refuse.name()),
                    &table,
                );
            }
        }
    }
    sums.judge()
}

/// What all tables say together.
#[derive(Default)]
struct Sums {
    rows: usize,
    failed: usize,
    results: usize,
    logs: String,
}

impl Sums {
    fn add(&mut self, title: &str, table: &Table) {
        table.print(title);
        self.rows += table.len();
        self.failed += table.failed();
        self.results += table.results();
    }

    fn judge(self) -> Result<()> {
        let Self {
            rows,
            failed,
            results,
            logs,
        } = self;
        println!("\ninterop: {results} results in {rows} rows, {failed} wrong");
        if failed > 0 {
            return Err(format!("interop: {failed} of {rows} rows are not as the design says{logs}").into());
        }
        Ok(())
    }
}

/// The clients against the tour itself, or against the server at the address that was given.
fn direct(
    choice: &Choice,
    program: Option<&Path>,
    cases: &[Case],
    modes: &[Refuse],
    sums: &mut Sums,
) -> Result<()> {
    let mut clients = clients::chosen(choice.clients.as_deref())?
        .into_iter()
        .map(|client| (client.ready)())
        .collect::<Result<Vec<_>>>()?;
    let mut page = Page::default();
    for client in &mut clients {
        client.offer_deflate(false);
    }
    for &refuse in modes {
        let mut tour = match program {
            Some(program) => Some(Tour::start_with(
                program,
                refuse,
                &format!("tour-{}", refuse.name()),
                &["--deflate", "off"],
            )?),
            None => None,
        };
        let address = match (&tour, &choice.address) {
            (Some(tour), _) => tour.address.clone(),
            (None, address) => address.clone().unwrap_or_default(),
        };
        let mut table = Table::new(clients.iter().map(|client| client.name()).collect());
        for client in &mut clients {
            drive(client.as_mut(), &address, refuse, cases, &mut table)?;
            if let Some(tour) = &mut tour {
                tour.still_runs()?;
            }
        }
        if let Some(program) = program {
            let is_chosen = |case: &Case| choice.picks(case);
            limits::drive(program, refuse, &mut clients, is_chosen, &mut table)?;
        }
        if choice.case.is_none() && clients.iter().any(|client| client.name() == "wire") {
            let mut outcomes = http::checks(&address);
            outcomes.extend(tour.as_mut().map(ending::stop));
            for outcome in outcomes {
                table.add(outcome.name, "wire", outcome.seen, outcome.wrong);
            }
        }
        if let Some(program) = program.filter(|_| choice.picks_name(passes::STOP)) {
            passes::stop(program, refuse, &mut clients, &mut table)?;
        }
        page.take(refuse, &clients, &table);
        sums.add(&format!("interop, --refuse {}", refuse.name()), &table);
        if let Some(tour) = tour.filter(|_| table.failed() > 0) {
            sums.logs
                .push_str(&format!("\nthe tour's log is {}", tour.log.display()));
        }
    }
    if let Some(program) = program.filter(|_| choice.refuse != Some(Refuse::Http)) {
        let table = passes::deflated(program, &mut clients, cases)?;
        sums.add("interop, with permessage-deflate everywhere", &table);
        let table = passes::merged(program, &mut clients, cases)?;
        sums.add("interop, all of the server's bytes in one segment", &table);
    }
    match (choice.writes, choice.is_whole()) {
        (true, _) => page.write(&clients),
        (false, true) => page.compare(),
        (false, false) => Ok(()),
    }
}
