//! The promises of `Engine`, on a real server.

use std::sync::atomic::{AtomicU32, Ordering};

use hangup::hub::conformance::{self, EngineService};
use hangup_redis::Redis;

use crate::{
    node::TestNode,
    proxy::{Passing, Proxy},
    server::{Program, Server},
};

/// A service of its own on a server that others share.
struct Served {
    proxy: Proxy,
    prefix: String,
}

impl EngineService for Served {
    type Engine = Redis;

    async fn engine(&self) -> Redis {
        Redis::new(self.proxy.url()).prefix(&self.prefix)
    }

    async fn interrupt(&self) {
        self.proxy.set(Passing::Cut);
    }

    async fn restore(&self) {
        self.proxy.set(Passing::All);
    }
}

async fn conforms(program: Program) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = Server::start(program, &[]);
    let service = async || Served {
        proxy: Proxy::start(server.port).await,
        prefix: format!("service-{}", COUNT.fetch_add(1, Ordering::Relaxed)),
    };
    conformance::check_all(service).await;
}

#[tokio::test]
async fn on_redis() {
    conforms(Program::Redis).await;
}

#[tokio::test]
async fn on_valkey() {
    conforms(Program::Valkey).await;
}

/// The line of the guide for a user of its own is enough, and no more than its prefix.
#[tokio::test]
async fn with_the_access_that_the_guide_names() {
    let guide = include_str!("../../docs/redis.md");
    let line = guide
        .lines()
        .find(|line| line.starts_with("ACL SETUSER"))
        .unwrap();
    let server = Server::start(Program::Redis, &[]);
    let client = redis::Client::open(server.url()).unwrap();
    let mut admin = client.get_multiplexed_async_connection().await.unwrap();
    let mut words = line.split(' ');
    let mut command = redis::cmd(words.next().unwrap());
    let ok: String = command
        .arg(words.collect::<Vec<_>>())
        .query_async(&mut admin)
        .await
        .unwrap();
    assert_eq!(ok, "OK");
    let service = async || {
        let _: () = redis::cmd("FLUSHALL")
            .query_async(&mut admin.clone())
            .await
            .unwrap();
        WithAccess(Proxy::start(server.port).await)
    };
    conformance::check_all(service).await;
    let elsewhere = Redis::new(server.url().replace("//", "//hangup:PASSWORD@")).prefix("other");
    let reason = TestNode::start(elsewhere).await.is_down().await;
    assert!(reason.contains("no permissions"), "{reason}");
}

struct WithAccess(Proxy);

impl EngineService for WithAccess {
    type Engine = Redis;

    async fn engine(&self) -> Redis {
        Redis::new(self.0.url().replace("//", "//hangup:PASSWORD@"))
    }

    async fn interrupt(&self) {
        self.0.set(Passing::Cut);
    }

    async fn restore(&self) {
        self.0.set(Passing::All);
    }
}
