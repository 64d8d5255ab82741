//! Two endings that need the whole server: it is asked to stop, and it says what its last client did.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::http::{self, Outcome};
use super::tour::Tour;
use super::wire::WireConnection;
use crate::failure::Result;

const STOP: Duration = Duration::from_secs(30);
const NOTICED: Duration = Duration::from_secs(5);

/// The server shuts down: an open connection gets 1001, and the process ends.
pub(crate) fn stop(tour: &mut Tour) -> Outcome {
    let mut outcome = Outcome {
        name: "server.stops",
        seen: "nothing".into(),
        wrong: Vec::new(),
    };
    if let Err(failure) = try_stop(tour, &mut outcome) {
        outcome.wrong.push(failure.to_string());
    }
    outcome
}

fn try_stop(tour: &mut Tour, outcome: &mut Outcome) -> Result<()> {
    let (mut connection, response) = WireConnection::open(&tour.address, "/echo", &[])?;
    if response.status != 101 {
        return Err(format!("HTTP {} for /echo", response.status).into());
    }
    connection.echo("still there")?;
    tour.ask_to_stop()?;
    connection.read_to_the_end();
    outcome.seen = connection.seen.shown();
    outcome.wrong.extend(connection.seen.trouble);
    if connection.seen.close.is_none_or(|(code, _)| code != 1001) {
        outcome
            .wrong
            .push("an open connection was not closed with 1001".into());
    }
    if !tour.has_ended_before(Instant::now() + STOP)? {
        outcome
            .wrong
            .push(format!("it still runs after {} s", STOP.as_secs()));
    }
    Ok(())
}

/// Whether `/disconnect/last` comes to say this; the differences if it does not.
pub(crate) fn last_disconnect(address: &str, code: u16, reason: &str, clean: bool) -> Result<Vec<String>> {
    let expected = serde_json::json!({ "code": code, "reason": reason, "clean": clean });
    let deadline = Instant::now() + NOTICED;
    loop {
        let body = http::get(address, "/disconnect/last")?.body;
        if serde_json::from_str::<Value>(&body).is_ok_and(|seen| seen == expected) {
            return Ok(Vec::new());
        }
        if Instant::now() >= deadline {
            return Ok(vec![format!("/disconnect/last says {body}, expected {expected}")]);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
