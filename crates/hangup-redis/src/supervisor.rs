//! The task that connects, watches, and connects again.

use std::{sync::Arc, time::Duration};

use hangup::hub::{Backoff, EngineError, EngineEvent};
use tokio::time::{Instant, sleep};

use crate::session::{FIRST_WAIT, Shared};

/// A session that lived as long has waits begin small again.
const STEADY: Duration = Duration::from_secs(5);

/// Runs until the hub is gone.
pub(crate) async fn supervise(shared: Arc<Shared>) {
    let mut backoff = Backoff::new(FIRST_WAIT, shared.options.longest_wait);
    let mut is_down = false;
    let mut was_up = false;
    while !shared.intake.events.is_closed() {
        let reason = match shared.connect().await {
            Ok(mut session) => {
                let begun = Instant::now();
                shared.begin(&session);
                shared.intake.events.send(EngineEvent::Up);
                if was_up {
                    // Whatever was published meanwhile.
                    shared.intake.events.send(EngineEvent::Lost(None));
                }
                (is_down, was_up) = (false, true);
                let reason = shared.watch(&mut session).await;
                shared.end();
                if begun.elapsed() >= STEADY {
                    backoff.reset();
                }
                reason
            }
            Err(error) => error,
        };
        if !is_down {
            is_down = true;
            shared.intake.events.send(EngineEvent::Down(text_of(&reason)));
        }
        sleep(backoff.wait()).await;
    }
}

/// An error with its cause.
fn text_of(error: &EngineError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
