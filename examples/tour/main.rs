//! The tour: every sample of the two documents and every way to end, each with a command to try it.

mod arguments;
mod board;
mod close;
mod conversation;
mod docs;
mod documents;
mod engine;
mod failures;
mod limits;
mod log;
mod metrics;
mod operation;
mod rooms;
mod sample;
mod slow_accept;
mod ticks;
#[cfg(feature = "tls")]
mod tls;
mod units;
mod validation;

use std::io::{self, Write};

use axum::Router;
use clap::Parser;
use hangup::{App, Settings};
use tokio::net::TcpListener;

use crate::arguments::{Arguments, Deflate};

/// The largest message that /echo takes, unless it is given.
const MAX_ECHO: usize = 32 * 1024 * 1024;

#[tokio::main]
async fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    if arguments.quiet {
        log::silence();
    } else {
        log::print();
    }
    let settings = arguments.limits.apply(Settings::new());
    let settings = settings
        .refusal(arguments.refuse.into())
        .allowed_origins(arguments.allowed_origins())
        .trusted_proxies(arguments.trusted_proxies())
        .deflate(arguments.deflate.and_then(Deflate::config));
    let app = App::new()
        .title("hangup tour")
        .include(documents::app())
        .include(validation::app())
        .include(failures::app())
        .include(close::app())
        .include(conversation::app(
            arguments.limits.max_message_size.unwrap_or(MAX_ECHO),
            arguments.deflate.unwrap_or(Deflate::Takeover),
        ))
        .include(operation::app())
        .include(rooms::app())
        .include(ticks::app())
        .include(slow_accept::app())
        .include(board::app())
        .docs(docs::page())
        .settings(settings);
    if arguments.asyncapi {
        let document = serde_json::to_string_pretty(&app.asyncapi())?;
        return writeln!(io::stdout().lock(), "{document}");
    }
    let metrics = match arguments.metrics {
        true => metrics::page()?,
        false => Router::new(),
    };
    let hub = arguments.hub.hub().await?;
    let app = app.merge(metrics).hub(&hub);
    let listener = TcpListener::bind((arguments.host.as_str(), arguments.port)).await?;
    let address = listener.local_addr()?;
    #[cfg(feature = "tls")]
    let tls = arguments.tls.read()?;
    #[cfg(feature = "tls")]
    let secure = if tls.is_some() { "s" } else { "" };
    #[cfg(not(feature = "tls"))]
    let secure = "";
    print(&arguments, secure, &address.to_string())?;

    #[cfg(feature = "tls")]
    if let Some(tls) = tls {
        let served = arguments.limits.serve(app.serve_tls_on(listener, tls)).await;
        hub.leave().await;
        return served;
    }
    let served = arguments.limits.serve(app.serve_on(listener)).await;
    hub.leave().await;
    served
}

/// The line with the address and, unless it is to be quiet, the lines to try.
///
/// `secure` is what the names of the schemes end in.
fn print(arguments: &Arguments, secure: &str, address: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "hangup tour on http{secure}://{address}")?;
    if arguments.quiet {
        return out.flush();
    }
    let groups = [
        documents::SAMPLES,
        validation::SAMPLES,
        failures::SAMPLES,
        close::SAMPLES,
        conversation::SAMPLES,
        operation::SAMPLES,
        rooms::SAMPLES,
        ticks::SAMPLES,
        slow_accept::SAMPLES,
        board::SAMPLES,
    ];
    for sample in groups.into_iter().flatten() {
        writeln!(
            out,
            "\n{}\n  wscat -c 'ws{secure}://{address}{}",
            sample.shows,
            closing_quote(sample.wscat)
        )?;
        if let Some(curl) = sample.curl {
            writeln!(out, "  curl -i 'http{secure}://{address}{}", closing_quote(curl))?;
        }
    }
    writeln!(
        out,
        "\nthe page of all these endpoints, with a console\n  http{secure}://{address}/docs"
    )?;
    if arguments.metrics {
        writeln!(
            out,
            "\nthe metrics so far, for Prometheus\n  curl -i 'http://{address}/metrics'"
        )?;
    }
    out.flush()
}

/// Puts the closing quote behind the URL and before further options.
fn closing_quote(line: &str) -> String {
    match line.split_once(' ') {
        Some((url, options)) => format!("{url}' {options}"),
        None => format!("{line}'"),
    }
}
