//! The limits and deadlines of the command line.

use std::time::Duration;

use clap::{Args, ValueEnum};
use hangup::{CloseCode, Settings, serve::Serve, settings::SlowConsumer};

use crate::units::{size, time, time_or_off};

/// A time, or no limit.
type Interval = Option<Duration>;

/// Limits that are not given have their defaults.
#[derive(Args, Debug)]
#[command(next_help_heading = "Limits and deadlines (times as 20s or 500ms, sizes as 64KiB)")]
pub(crate) struct Limits {
    /// The largest message; a larger one is 1009. Default: 32MiB for /echo, 1MiB for the others.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_message_size: Option<usize>,
    /// How many connections may be open at once; one more is 1013.
    #[arg(long, value_name = "N")]
    max_connections: Option<usize>,
    /// How many of them one address may have; one more is 1013.
    #[arg(long, value_name = "N")]
    max_connections_per_peer: Option<usize>,
    /// How long the head of a request may take; then the connection is dropped.
    #[arg(long, value_name = "TIME", value_parser = time)]
    handshake_timeout: Option<Duration>,
    /// How long an endpoint may take until it accepts; then 3008.
    #[arg(long, value_name = "TIME", value_parser = time)]
    accept_timeout: Option<Duration>,
    /// How long a connection may be without a message; then 1001 "idle".
    #[arg(long, value_name = "TIME", value_parser = time)]
    idle_timeout: Option<Duration>,
    /// How long a connection may be open; then 1001 "lifetime".
    #[arg(long, value_name = "TIME", value_parser = time)]
    max_lifetime: Option<Duration>,
    /// The time between pings, or `off`.
    #[arg(long, value_name = "TIME", value_parser = time_or_off)]
    ping_interval: Option<Interval>,
    /// How long a peer may be silent after a ping; then 1011 "keepalive ping timeout".
    #[arg(long, value_name = "TIME", value_parser = time)]
    ping_timeout: Option<Duration>,
    /// How long the closing handshake may take.
    #[arg(long, value_name = "TIME", value_parser = time)]
    close_timeout: Option<Duration>,
    /// How many messages a peer may send in a second; one more is 1008.
    #[arg(long, value_name = "N")]
    messages_per_second: Option<u32>,
    /// How many bytes may be unsent before a peer is a slow consumer.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    write_buffer: Option<usize>,
    /// How long writes may make no progress; then 1013 "slow consumer", or, for an HTTP response, the end of the
    /// connection.
    #[arg(long, value_name = "TIME", value_parser = time)]
    write_timeout: Option<Duration>,
    /// What happens to messages for a slow consumer.
    #[arg(long, value_enum)]
    slow_consumer: Option<Policy>,
    /// How long a shutdown waits for connections.
    #[arg(long = "drain-timeout", value_name = "TIME", value_parser = time)]
    shutdown_timeout: Option<Duration>,
    /// How long connections are accepted after the start of a shutdown; their handshakes are refused.
    #[arg(long, value_name = "TIME", value_parser = time)]
    lame_duck: Option<Duration>,
    /// The close code of a shutdown.
    #[arg(long = "drain-code", value_name = "CODE", value_parser = code)]
    shutdown_code: Option<CloseCode>,
}

/// What happens to messages for a slow consumer.
#[derive(ValueEnum, Clone, Copy, Debug)]
enum Policy {
    /// The send waits.
    Wait,
    /// The newest are dropped.
    Drop,
    /// The connection is closed with 1013.
    Close,
}

impl Limits {
    /// Applies the given limits to the settings.
    pub(crate) fn apply(&self, mut settings: Settings) -> Settings {
        macro_rules! apply {
            ($($name:ident),* $(,)?) => {
                $(if let Some(value) = self.$name {
                    settings = settings.$name(value);
                })*
            };
        }
        apply!(
            max_message_size,
            max_connections,
            max_connections_per_peer,
            accept_timeout,
            idle_timeout,
            max_lifetime,
            ping_interval,
            ping_timeout,
            close_timeout,
            messages_per_second,
            write_buffer,
            write_timeout,
        );
        match self.slow_consumer {
            None => settings,
            Some(Policy::Wait) => settings.slow_consumer(SlowConsumer::Wait),
            Some(Policy::Drop) => settings.slow_consumer(SlowConsumer::DropNewest),
            Some(Policy::Close) => settings.slow_consumer(SlowConsumer::Close),
        }
    }

    /// Applies the given limits to the server.
    pub(crate) fn serve<'a>(&self, mut serve: Serve<'a>) -> Serve<'a> {
        if let Some(timeout) = self.handshake_timeout {
            serve = serve.handshake_timeout(timeout);
        }
        if let Some(timeout) = self.write_timeout {
            serve = serve.response_write_timeout(timeout);
        }
        if let Some(timeout) = self.shutdown_timeout {
            serve = serve.shutdown_timeout(timeout);
        }
        if let Some(time) = self.lame_duck {
            serve = serve.lame_duck(time);
        }
        if let Some(code) = self.shutdown_code {
            serve = serve.shutdown_code(code);
        }
        serve
    }
}

fn code(text: &str) -> Result<CloseCode, String> {
    let number: u16 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    CloseCode::new(number).map_err(|error| error.to_string())
}
