//! The command line of the tour.

use clap::{Parser, ValueEnum};
use hangup::{
    Refusal,
    origin::{InvalidOrigin, Network, Origin, Origins, TrustedProxies},
    settings::DeflateConfig,
};

use crate::{engine::EngineChoice, limits::Limits};

/// Serves every sample of the two documents, and prints a command to try each.
#[derive(Parser, Debug)]
#[command(name = "tour")]
pub(crate) struct Arguments {
    /// The port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = 8000)]
    pub(crate) port: u16,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// How a connection is refused before accept.
    #[arg(long, value_enum, default_value_t = Refuse::Close)]
    pub(crate) refuse: Refuse,
    /// Print nothing but the line with the address.
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Print the AsyncAPI document of the tour and end.
    #[arg(long)]
    pub(crate) asyncapi: bool,
    /// Serve /metrics for Prometheus, to all who can reach the port.
    #[arg(long)]
    pub(crate) metrics: bool,
    /// Which messages are compressed if the client offers it. By default those of /echo, with context takeover.
    #[arg(long, value_enum, num_args = 0..=1, require_equals = false, default_missing_value = "on")]
    pub(crate) deflate: Option<Deflate>,
    /// An origin whose pages may connect, such as https://app.example, or `any`; may be given more than once.
    /// By default only pages of the tour's own origin may connect.
    #[arg(long, value_name = "ORIGIN", value_parser = page)]
    allow_origin: Vec<Page>,
    /// A trusted reverse proxy, or a network of them, such as 10.0.0.0/8; may be given more than once.
    #[arg(long, value_name = "ADDRESS")]
    trusted_proxy: Vec<Network>,
    /// What connects the nodes of the hub: memory (this process alone), redis://host:port/ or nats://host:port.
    #[arg(long, value_name = "ENGINE", default_value = "memory")]
    pub(crate) hub: EngineChoice,
    #[command(flatten)]
    pub(crate) limits: Limits,
    #[cfg(feature = "tls")]
    #[command(flatten)]
    pub(crate) tls: crate::tls::TlsArguments,
}

/// How messages are compressed with permessage-deflate.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum Deflate {
    /// Without context takeover: each message by itself.
    On,
    /// With context takeover: smaller messages, for more memory per connection.
    Takeover,
    /// Not at all.
    Off,
}

impl Deflate {
    pub(crate) const fn config(self) -> Option<DeflateConfig> {
        match self {
            Self::On => Some(DeflateConfig::new()),
            Self::Takeover => Some(
                DeflateConfig::new()
                    .server_context_takeover(true)
                    .client_context_takeover(true),
            ),
            Self::Off => None,
        }
    }
}

/// What `--allow-origin` names.
#[derive(Clone, Debug)]
enum Page {
    Any,
    Of(Origin),
}

impl Arguments {
    /// The trusted proxies.
    pub(crate) fn trusted_proxies(&self) -> TrustedProxies {
        TrustedProxies::list(self.trusted_proxy.iter().copied())
    }

    /// Which pages may connect.
    pub(crate) fn allowed_origins(&self) -> Origins {
        let mut named = Vec::new();
        for page in &self.allow_origin {
            match page {
                Page::Any => return Origins::any(),
                Page::Of(origin) => named.push(origin.clone()),
            }
        }
        if named.is_empty() {
            Origins::same()
        } else {
            Origins::list(named)
        }
    }
}

/// How a connection is refused before accept.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum Refuse {
    /// With a completed handshake and a Close frame.
    Close,
    /// With an HTTP status.
    Http,
}

impl From<Refuse> for Refusal {
    fn from(refuse: Refuse) -> Self {
        match refuse {
            Refuse::Close => Self::Close,
            Refuse::Http => Self::Http,
        }
    }
}

fn page(text: &str) -> Result<Page, InvalidOrigin> {
    match text {
        "any" => Ok(Page::Any),
        text => text.parse().map(Page::Of),
    }
}
