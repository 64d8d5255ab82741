//! Listening sockets that the process inherits: from systemd, or from `systemfd` during development.

use std::{
    io,
    net::TcpListener as Listener,
    sync::{Mutex, OnceLock, PoisonError},
};

use listenfd::ListenFd;
use tokio::net::TcpListener;

/// The inherited sockets, and how many of them are in use. Each has one owner.
struct Inherited {
    sockets: ListenFd,
    taken: usize,
}

/// The next socket of `LISTEN_FDS`, in order; `None` if all are in use.
pub(super) fn next() -> io::Result<Option<TcpListener>> {
    static INHERITED: OnceLock<Mutex<Inherited>> = OnceLock::new();
    let inherited = INHERITED.get_or_init(|| {
        Mutex::new(Inherited {
            sockets: ListenFd::from_env(),
            taken: 0,
        })
    });
    let mut inherited = inherited.lock().unwrap_or_else(PoisonError::into_inner);
    let taken = inherited.taken;
    let listener = inherited.sockets.take_tcp_listener(taken).map_err(|error| {
        let text = format!("LISTEN_FDS names a descriptor that is not a listening TCP socket: {error}");
        io::Error::new(error.kind(), text)
    })?;
    let Some(listener) = listener else {
        return Ok(None);
    };
    inherited.taken += 1;
    drop(inherited);
    Listener::set_nonblocking(&listener, true)?;
    TcpListener::from_std(listener).map(Some)
}
