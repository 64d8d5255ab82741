//! The tour over TLS, and the clients that can be told to trust its certificate.

use std::path::Path;

use super::browser::Browser;
use super::case::{Case, Refuse};
use super::certificate;
use super::client::Client;
use super::clients::websockets;
use super::table::Table;
use super::tour::Tour;
use crate::failure::Result;

/// All cases but those that are looked up at the server afterwards, which the checks do over plain HTTP.
pub(super) fn checks(program: &Path, cases: &[Case]) -> Result<Table> {
    let cases: Vec<Case> = cases.iter().filter(|case| case.last.is_none()).cloned().collect();
    let certificate = certificate::make()?;
    let (chain, key) = (
        certificate.chain.to_string_lossy(),
        certificate.key.to_string_lossy(),
    );
    let flags = ["--tls-cert", &chain, "--tls-key", &key];
    let mut tour = Tour::start_with(program, Refuse::Close, "tour-tls", &flags)?;
    let mut clients: [Box<dyn Client>; 2] = [
        Box::new(websockets()?.over_tls(&certificate.chain)),
        Box::new(Browser::ready()?.over_tls()),
    ];
    let mut table = Table::new(clients.iter().map(|client| client.name()).collect());
    for client in &mut clients {
        super::drive(client.as_mut(), &tour.address, Refuse::Close, &cases, &mut table)?;
        tour.still_runs()?;
    }
    Ok(table)
}
