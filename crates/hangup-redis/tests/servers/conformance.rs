//! The promises of `Engine`, on a real server.

use std::sync::atomic::{AtomicU32, Ordering};

use hangup::hub::conformance::{self, EngineService};
use hangup_redis::Redis;

use crate::{
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
