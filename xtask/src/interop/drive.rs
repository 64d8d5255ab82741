//! All cases of a list, done by one client and judged.

use super::case::{Case, Refuse, signed};
use super::client::Client;
use super::table::Table;
use super::{ending, judge};
use crate::failure::Result;

/// All cases that the client can do: the ones that are looked up at the server afterwards each by itself.
pub(crate) fn drive(
    client: &mut dyn Client,
    address: &str,
    refuse: Refuse,
    cases: &[Case],
    table: &mut Table,
) -> Result<()> {
    let name = client.name();
    for why in cases.iter().filter_map(|case| client.cannot(case)) {
        table.leave_out(name, why);
    }
    let (alone, together): (Vec<&Case>, Vec<&Case>) = cases
        .iter()
        .filter(|case| client.cannot(case).is_none())
        .partition(|case| case.last.is_some());
    for (case, seen) in together.iter().zip(client.run(address, &together)?) {
        let wrong = judge::judge_client(name, case, refuse, &seen);
        table.add_seen(case.name, name, seen, wrong);
    }
    for case in alone {
        for seen in client.run(address, &[case])? {
            let mut wrong = judge::judge_client(name, case, refuse, &seen);
            if let Some((code, reason, clean)) = case.last {
                wrong.extend(ending::last_disconnect(
                    address,
                    code,
                    &signed(reason, name),
                    clean,
                )?);
            }
            table.add_seen(case.name, name, seen, wrong);
        }
    }
    Ok(())
}
