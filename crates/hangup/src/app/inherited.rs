//! Listening sockets that were handed to the process: by systemd, or by `systemfd` where one is restarted by hand.

use std::{
    io,
    net::TcpListener as Listener,
    sync::{Mutex, OnceLock, PoisonError},
};

use listenfd::ListenFd;
use tokio::net::TcpListener;

/// The sockets of the process, and how many of them were taken. Each may be owned once.
struct Inherited {
    sockets: ListenFd,
    taken: usize,
}

/// The next listening socket that `LISTEN_FDS` hands to this process, in their order; `None` if there is none left.
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
        let text = format!("LISTEN_FDS hands over what is no listening TCP socket: {error}");
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
