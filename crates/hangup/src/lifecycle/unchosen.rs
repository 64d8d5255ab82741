//! The warning where a client has offered subprotocols, and the endpoint has accepted without choosing one.

use std::{
    collections::HashSet,
    net::IpAddr,
    sync::{LazyLock, Mutex, PoisonError},
};

use crate::{logged, params::EndpointContext};

/// The endpoints of the process that were warned of, by where they are declared: as many as the program has.
static WARNED_OF: LazyLock<Mutex<HashSet<(String, u32, String)>>> = LazyLock::new(Mutex::default);

/// A browser that has offered subprotocols fails the connection then, and does not say why. The offers are not shown, as
/// they often are tokens. Once for each endpoint it is a warning, then a debug event, so that a peer cannot fill the log.
pub(super) fn warn(endpoint: &EndpointContext, client: Option<IpAddr>) {
    let place = (
        endpoint.file.to_string(),
        endpoint.line,
        endpoint.function.to_string(),
    );
    let is_first = WARNED_OF
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(place);
    macro_rules! event {
        ($level:ident) => {
            tracing::$level!(
                endpoint = %logged::text(&endpoint.function),
                path = %logged::path(&endpoint.path),
                client = client.map(|client| tracing::field::display(logged::text(client))),
                "the client has offered subprotocols and the endpoint chose none, so a browser fails the connection: \
                 call Handshake::choose_subprotocol before accept"
            )
        };
    }
    if is_first { event!(warn) } else { event!(debug) }
}
