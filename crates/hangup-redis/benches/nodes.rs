//! Between nodes: how long a message takes from a publish on one to a listener on another, and how many one server delivers.
//!
//! `cargo bench -p hangup-redis`, with `HANGUP_REDIS_SERVER` where `redis-server` is not in the path.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program that measures, and prints what it has measured"
)]

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hangup::{Hub, hub::HubOptions};
use hangup_redis::Redis;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

const LATENCIES: usize = 5_000;
const SECONDS: u64 = 5;
const PUBLISHERS: usize = 64;
const BYTES: usize = 256;

struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let program = std::env::var_os("HANGUP_REDIS_SERVER").unwrap_or_else(|| "redis-server".into());
        let child = Command::new(program)
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        Self {
            child,
            url: format!("redis://127.0.0.1:{port}/"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::main]
async fn main() {
    let server = Server::start();
    latency(&server.url).await;
    for nodes in [1, 3] {
        throughput(&server.url, nodes).await;
    }
}

async fn node(url: &str) -> Hub {
    let options = HubOptions::new().listener_messages(100_000);
    let hub = Hub::connect_with(Redis::new(url), options).await.unwrap();
    assert!(hub.ready().ready);
    hub
}

/// One message each millisecond, from one node to the other.
async fn latency(url: &str) {
    let (here, there) = (node(url).await, node(url).await);
    let mut listener = there.topic("latency").listen().await.unwrap();
    let begun = Instant::now();
    let receiving = tokio::spawn(async move {
        let mut latencies = Vec::with_capacity(LATENCIES);
        for _ in 0..LATENCIES {
            let message = listener.recv().await.unwrap().message.into_bytes();
            let sent = u64::from_le_bytes(message[..8].try_into().unwrap());
            latencies.push(begun.elapsed().saturating_sub(Duration::from_nanos(sent)));
        }
        latencies
    });
    let topic = here.topic("latency");
    let mut ticks = interval(Duration::from_millis(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..LATENCIES {
        ticks.tick().await;
        let mut message = vec![0; BYTES];
        let now = u64::try_from(begun.elapsed().as_nanos()).unwrap();
        message[..8].copy_from_slice(&now.to_le_bytes());
        topic.publish(message).await.unwrap();
    }
    let mut latencies = timeout(Duration::from_secs(10), receiving)
        .await
        .unwrap()
        .unwrap();
    latencies.sort_unstable();
    let at = |part: f64| latencies[((LATENCIES - 1) as f64 * part) as usize].as_micros();
    println!(
        "latency between two nodes, {BYTES} B, 1,000 a second: median {} us, p99 {} us, the longest {} us",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// As many as 64 publishes at a time bring through, to so many nodes.
async fn throughput(url: &str, nodes: u64) {
    let here = node(url).await;
    let (published, delivered) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let is_over = Arc::new(AtomicBool::new(false));
    let mut others = Vec::new();
    for _ in 0..nodes {
        let hub = node(url).await;
        let mut listener = hub.topic("throughput").listen().await.unwrap();
        let delivered = Arc::clone(&delivered);
        tokio::spawn(async move {
            while listener.recv().await.is_ok() {
                delivered.fetch_add(1, Ordering::Relaxed);
            }
        });
        others.push(hub);
    }
    let mut publishers = tokio::task::JoinSet::new();
    let begun = Instant::now();
    for _ in 0..PUBLISHERS {
        let (topic, published, is_over) = (
            here.topic("throughput"),
            Arc::clone(&published),
            Arc::clone(&is_over),
        );
        publishers.spawn(async move {
            while !is_over.load(Ordering::Relaxed) {
                topic.publish(vec![0; BYTES]).await.unwrap();
                published.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    sleep(Duration::from_secs(SECONDS)).await;
    is_over.store(true, Ordering::Relaxed);
    publishers.join_all().await;
    let published = published.load(Ordering::Relaxed);
    let all = published * nodes;
    let mut waited = 0;
    while delivered.load(Ordering::Relaxed) < all && waited < 500 {
        sleep(Duration::from_millis(10)).await;
        waited += 1;
    }
    let took = begun.elapsed().as_secs_f64();
    let delivered = delivered.load(Ordering::Relaxed);
    println!(
        "{nodes} subscribed nodes, {BYTES} B, {PUBLISHERS} publishes at a time: {:.0} publishes/s, {:.0} deliveries/s to nodes, {} missed",
        published as f64 / took,
        delivered as f64 / took,
        all - delivered
    );
}
