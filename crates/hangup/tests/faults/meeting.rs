//! One connection over a faulty transport, from its first byte to the last thing that is left of it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
};
use hangup::Settings;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    runtime::Handle,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use crate::{
    lives::{Deed, Ends, Life},
    log::{Event, Log},
    stream::{Fault, Faulty, Passed, Plan},
    watch::Watch,
    wire::{self, CLOSE, Frame, whole_frames},
};

const SECOND: Duration = Duration::from_secs(1);
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Every deadline of a connection, one after the other: that of the head, `accept_timeout`, the ping and the wait for
/// its pong, `write_timeout`, `close_timeout`, `linger_timeout`, `disconnect_grace`, `handler_timeout`.
const DEADLINES: [u64; 9] = [10, 60, 20, 20, 30, 5, 1, 30, 10];

/// How many bytes are on their way at the most.
const PIPE: usize = 64 * 1024;

/// What a connection came to.
pub(crate) struct Met {
    pub(crate) read: usize,
    pub(crate) written: usize,
    /// How long the head of the response is.
    pub(crate) head: usize,
}

/// Leads one life under one plan, and checks that it ends as it must.
pub(crate) fn meet(life: &Life, plan: Plan) -> Met {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let log = Log::listen();
    let watch = Watch::default();
    let passed = Arc::<Mutex<Passed>>::default();
    let called = format!("{} under {plan:?}", life.name);
    runtime.block_on(lead(life, plan, &watch, &passed, &log, &called));
    let events = log.connections();
    assert_eq!(events.len(), usize::from(watch.has_begun()), "events of {called}");
    let passed = passed.lock().unwrap();
    if has_switched(&passed.written) {
        assert_eq!(
            passed.used_in_vain, 0,
            "a stream that has failed was used in {called}"
        );
    }
    let head = check_bytes(life, plan, &passed.written, events.first(), &called);
    Met {
        read: passed.read,
        written: passed.written.len(),
        head,
    }
}

async fn lead(life: &Life, plan: Plan, watch: &Watch, passed: &Arc<Mutex<Passed>>, log: &Log, called: &str) {
    let tasks = || Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let begun = Instant::now();
    let (client, server) = duplex(PIPE);
    let http = serve(
        Faulty {
            stream: server,
            plan,
            passed: Arc::clone(passed),
            has_hesitated: [false; 4],
            _guard: watch.guard(),
        },
        life,
        watch,
    );
    let bound = Duration::from_secs(DEADLINES.iter().sum()) + life.client_time();
    let playing = tokio::spawn(play(client, life.deeds.clone(), life.is_mute));
    loop {
        sleep(SECOND).await;
        if tasks() == before && watch.alive() == 0 {
            return;
        }
        if begun.elapsed() > bound {
            break;
        }
    }
    // hyper waits for ever for a peer that does not take its response: then the endpoint is gone, and only this is left,
    // which a server ends after its own `write_timeout`.
    assert!(
        plan.fault.stalls_writes() && !http.is_finished(),
        "{} tasks and {} guards are left of {called}",
        tasks() - before,
        watch.alive()
    );
    assert_eq!(watch.alive(), 1, "the stream is left of {called}");
    assert_eq!(
        log.connections().len(),
        usize::from(watch.has_begun()),
        "{called}"
    );
    http.abort();
    playing.abort();
    sleep(SECOND).await;
    assert_eq!((tasks() - before, watch.alive()), (0, 0), "{called}");
}

/// Serves one HTTP connection as a server does, with a deadline for the head of a request.
fn serve(stream: Faulty, life: &Life, watch: &Watch) -> JoinHandle<()> {
    let begins = watch.clone();
    let app = (life.app)(watch.clone()).settings(Settings::new().max_message_size(1 << 20));
    let router = app
        .into_router()
        .layer(from_fn(move |request: Request, next: Next| {
            let begins = begins.clone();
            async move {
                begins.begin();
                next.run(request).await
            }
        }));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HANDSHAKE_TIMEOUT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    tokio::spawn(async {
        let _ = connection.await;
    })
}

/// The client: it does its deeds, answers a Close frame unless it is mute, and stays until the server has left.
async fn play(mut stream: DuplexStream, deeds: Vec<Deed>, is_mute: bool) {
    let mut got = Vec::new();
    let mut has_closed = false;
    for deed in deeds {
        match deed {
            Deed::Send(bytes) => {
                has_closed |= bytes.first() == Some(&(0x80 | CLOSE));
                // What a server does not read for so long it never will.
                let _ = timeout(SECOND, stream.write_all(&bytes)).await;
            }
            Deed::Frames(count) => {
                let reading = async {
                    while received(&got).len() < count
                        && let Ok(1..) = stream.read_buf(&mut got).await
                    {}
                };
                let _ = timeout(SECOND, reading).await;
            }
            Deed::Wait(time) => sleep(time).await,
            Deed::Leave => return,
        }
    }
    loop {
        let close = received(&got).into_iter().find(|frame| frame.opcode == CLOSE);
        if let (Some(close), false) = (close, is_mute || has_closed) {
            has_closed = true;
            let _ = timeout(SECOND, stream.write_all(&wire::frame(CLOSE, &close.payload))).await;
        }
        if !matches!(stream.read_buf(&mut got).await, Ok(1..)) {
            return;
        }
    }
}

/// The frames that have arrived whole.
fn received(bytes: &[u8]) -> Vec<Frame> {
    head(bytes).map_or_else(Vec::new, |end| whole_frames(&bytes[end..]).0)
}

fn head(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some(end + 4)
}

/// Whether the stream is that of a WebSocket, and not hyper's any more.
fn has_switched(written: &[u8]) -> bool {
    written.starts_with(b"HTTP/1.1 101 ") && head(written).is_some_and(|end| end < written.len())
}

/// Nothing but one response, or one 101 and valid frames with at most one Close frame, the last; gives the length of
/// the head.
fn check_bytes(life: &Life, plan: Plan, written: &[u8], event: Option<&Event>, called: &str) -> usize {
    let Some(end) = head(written) else {
        assert!(plan.fault != Fault::Nothing, "no response in {called}");
        assert!(
            written.is_empty() || b"HTTP/1.1 ".starts_with(&written[..written.len().min(9)]),
            "{called}"
        );
        return 0;
    };
    assert!(written.starts_with(b"HTTP/1.1 "), "{called}");
    if !written.starts_with(b"HTTP/1.1 101 ") {
        // A head that comes too slowly may be answered too.
        assert!(life.ends == Ends::Http || event.is_none(), "{called}");
        assert_eq!(
            written
                .windows(9)
                .filter(|window| *window == b"HTTP/1.1 ")
                .count(),
            1,
            "{called}"
        );
        return end;
    }
    let (frames, rest) = whole_frames(&written[end..]);
    let closes = frames.iter().filter(|frame| frame.opcode == CLOSE).count();
    assert!(closes <= 1, "{closes} Close frames in {called}");
    if closes == 1 {
        assert_eq!(frames.last().map(|frame| frame.opcode), Some(CLOSE), "{called}");
        assert!(
            rest.is_empty(),
            "{} bytes behind the Close in {called}",
            rest.len()
        );
    }
    let event = event.unwrap_or_else(|| panic!("an open connection without an event: {called}"));
    if event.get("clean") == "true" {
        assert_eq!(closes, 1, "clean without a Close frame: {called}");
    }
    if plan.fault.lets_writes_through() && life.ends != Ends::Unseen {
        assert_eq!((closes, rest.len()), (1, 0), "{called}");
    }
    if let (Fault::Nothing, Ends::Close(code)) = (plan.fault, life.ends) {
        let payload = frames.last().map(|frame| &frame.payload[..2]);
        assert_eq!(payload, Some(&code.to_be_bytes()[..]), "{called}");
    }
    end
}
