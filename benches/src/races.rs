//! Races of a kick with the handshake of its connection, on several threads: none may escape. `races [HOW_MANY]`
//!
//! Each race is a handshake whose endpoint asks for a tag, and a kick of that tag from another task. A connection that had
//! asked for its tag before the kick was made must end with the Close frame of the kick; a later one is kicked again.

use std::collections::HashMap;
use std::io::{self, Error};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hangup::hub::{HubOptions, Tag};
use hangup::testing::{Received, TestClient};
use hangup::{App, Close, CloseCode, Handshake, Hub, Result, Settings};

const THREADS: usize = 4;
/// Races that are under way at once.
const RACERS: usize = 16;
/// A kick that reaches a connection has long closed it by then.
const PATIENCE: Duration = Duration::from_secs(20);
const CODE: CloseCode = CloseCode::of::<4001>();

/// Whether a connection has asked for its tag, by the number of its race.
static ASKED: LazyLock<[Mutex<HashMap<u64, Arc<AtomicBool>>>; RACERS]> =
    LazyLock::new(|| std::array::from_fn(|_| Mutex::default()));

fn place(race: u64) -> &'static Mutex<HashMap<u64, Arc<AtomicBool>>> {
    &ASKED[race as usize % RACERS]
}

fn main() -> ExitCode {
    let races = std::env::args().nth(1).map_or(Ok(1_000_000), |word| word.parse());
    let Ok(races) = races else {
        eprintln!("races: the number of races is no number");
        return ExitCode::FAILURE;
    };
    match run(races) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("races: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(races: u64) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()?;
    let begun = Instant::now();
    let book = Arc::new(Book::default());
    runtime.block_on(async {
        let options = HubOptions::new()
            .kicks_in_force(1 << 20)
            .kick_memory(Duration::from_secs(5));
        let hub = Hub::with(options);
        let settings = Settings::new().ping_interval(None);
        let app = App::new().hub(&hub).settings(settings).route("/", endpoint);
        let client = Arc::new(TestClient::new(app).time_limit(PATIENCE));
        let racers: Vec<_> = (0..RACERS as u64)
            .map(|racer| {
                let (hub, client, book) = (hub.clone(), Arc::clone(&client), Arc::clone(&book));
                tokio::spawn(async move {
                    for race in (racer..races).step_by(RACERS) {
                        one(race, &hub, &client, &book).await?;
                    }
                    Ok::<(), Error>(())
                })
            })
            .collect();
        for racer in racers {
            racer.await.map_err(Error::other)??;
        }
        Ok::<(), Error>(())
    })?;
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    println!(
        "{races} races in {:.0} s, no escape: {} had asked for their tag before the kick ({} refused before accept), {} after it",
        begun.elapsed().as_secs_f64(),
        count(&book.asked),
        count(&book.refused),
        count(&book.later)
    );
    Ok(())
}

#[derive(Default)]
struct Book {
    asked: AtomicU64,
    /// Those of them that were never accepted.
    refused: AtomicU64,
    later: AtomicU64,
}

async fn endpoint(handshake: Handshake, uri: axum::http::Uri) -> Result {
    let race: u64 = uri.query().unwrap_or_default().parse()?;
    let asked = place(race)
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&race)
        .map(Arc::clone);
    for _ in 0..race % 3 {
        tokio::task::yield_now().await;
    }
    let tagged = handshake.tag(Tag::new("race", race));
    if let Some(asked) = asked {
        // What the kick sees set was asked for: the future is polled at once, and asks then.
        let mut tagged = std::pin::pin!(tagged);
        let first = std::future::poll_fn(|cx| std::task::Poll::Ready(tagged.as_mut().poll(cx))).await;
        asked.store(true, Ordering::SeqCst);
        let handshake = match first {
            std::task::Poll::Ready(handshake) => handshake?,
            std::task::Poll::Pending => tagged.await?,
        };
        if race % 2 == 1 {
            tokio::task::yield_now().await;
        }
        let mut socket = handshake.accept().await?;
        socket.send_text("welcome").await?;
        socket.recv().await?;
    }
    Ok(())
}

async fn one(race: u64, hub: &Hub, client: &TestClient, book: &Book) -> io::Result<()> {
    let asked = Arc::new(AtomicBool::new(false));
    place(race)
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(race, Arc::clone(&asked));
    let (tell, told) = tokio::sync::oneshot::channel();
    let kicking = {
        let (hub, asked) = (hub.clone(), Arc::clone(&asked));
        tokio::spawn(async move {
            for _ in 0..race % 29 {
                tokio::task::yield_now().await;
            }
            let was_asked = asked.load(Ordering::SeqCst);
            // Told before the kick: that waits for the client's Close frame, which the client sends as it receives.
            let _ = tell.send(was_asked);
            hub.tagged(Tag::new("race", race)).close(Close::from(CODE)).await
        })
    };
    let mut socket = client
        .connect(&format!("/?{race}"))
        .await
        .map_err(|response| Error::other(format!("race {race}: {}", response.status())))?;
    let mut again = None;
    let mut is_accepted = false;
    let was_asked = told.await.map_err(Error::other)?;
    loop {
        match socket.recv().await {
            Received::Message(_) => {
                is_accepted = true;
                if !was_asked {
                    // It may have come after the kick, and live on: another one ends it.
                    let (hub, tag) = (hub.clone(), Tag::new("race", race));
                    again = Some(tokio::spawn(async move {
                        hub.tagged(tag).close(Close::from(CODE)).await
                    }));
                }
            }
            Received::Close(close) if close.code() == CODE => break,
            other if was_asked => return Err(Error::other(format!("race {race}: an escape: {other}"))),
            other => return Err(Error::other(format!("race {race}: {other}"))),
        }
    }
    kicking.await.map_err(Error::other)?.map_err(Error::other)?;
    if let Some(again) = again {
        again.await.map_err(Error::other)?.map_err(Error::other)?;
    }
    let counter = if was_asked { &book.asked } else { &book.later };
    counter.fetch_add(1, Ordering::Relaxed);
    if was_asked && !is_accepted {
        book.refused.fetch_add(1, Ordering::Relaxed);
    }
    place(race)
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&race);
    Ok(())
}
