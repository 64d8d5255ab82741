//! The log of the tour: readable lines on standard error, with colours only on a terminal.

use std::{
    env,
    ffi::OsStr,
    io::{self, IsTerminal},
    panic,
};

use tracing_subscriber::{EnvFilter, filter::LevelFilter};

/// Logs events of the level INFO and above, unless `RUST_LOG` is set.
pub(crate) fn print() {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .from_env_lossy();
    let no_color = env::var_os("NO_COLOR");
    tracing_subscriber::fmt()
        .compact()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(wants_colours(io::stderr().is_terminal(), no_color.as_deref()))
        .init();
}

/// Logs nothing, even when an endpoint panics.
pub(crate) fn silence() {
    panic::set_hook(Box::new(|_| {}));
}

/// Whatever `NO_COLOR` holds, unless it is empty, switches colours off (<https://no-color.org>).
pub(crate) fn wants_colours(is_terminal: bool, no_color: Option<&OsStr>) -> bool {
    is_terminal && no_color.is_none_or(OsStr::is_empty)
}
