//! An opening handshake that its own endpoint blocks.

use std::{sync::Arc, time::Duration};

use tokio::{runtime::Handle, time::sleep};

use super::server::Shared;
use crate::{logged, params::EndpointContext};

/// How long the poll of an endpoint may go on once the 101 was asked for within it, with another waker.
const BLOCKED_TIMEOUT: Duration = Duration::from_secs(1);

/// Fails the opening where the endpoint waits for it in a way that lets it never come: the 101 goes out when the poll
/// of the endpoint returns, which `block_on` within the endpoint does not before the 101 is out.
pub(crate) fn watch_opening(shared: &Arc<Shared>, endpoint: Option<Arc<EndpointContext>>) {
    // Outside of a runtime there is no timer.
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    let shared = Arc::downgrade(shared);
    runtime.spawn(async move {
        sleep(BLOCKED_TIMEOUT).await;
        let is_blocked = shared
            .upgrade()
            .is_some_and(|shared| shared.lock().fail_blocked_opening());
        if is_blocked {
            tracing::error!(
                endpoint = endpoint.as_ref().map(|endpoint| tracing::field::display(logged::text(&endpoint.function))),
                path = endpoint.as_ref().map(|endpoint| tracing::field::display(logged::path(&endpoint.path))),
                "the opening handshake is blocked: the endpoint itself must await accept, not block_on or another \
                 task that the endpoint's thread waits for"
            );
        }
    });
}
