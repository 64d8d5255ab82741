//! A database, by sqlx: a pool as the state, and errors that say how they close.
//!
//! `cargo run --example 30_sqlx` within `examples/services`, then `wscat -c ws://127.0.0.1:8000/notes`, then
//! `{"add":"milk"}` and `{"read":1}`.
//!
//! In tests with paused time the clock jumps to the next deadline while the runtime waits for the threads of the database,
//! and `acquire_timeout` fires at once. A blocking task that waits keeps the clock where it is: see
//! `tests/services.rs`.

use std::time::Duration;

use axum::extract::State;
use hangup::{App, Handshake, IntoClose, Result, websocket};
use serde::{Deserialize, Serialize};
use sqlx::{SqlitePool, sqlite::SqlitePoolOptions};

/// What sqlx says is for the log; what the client can do about it is in the code.
#[derive(Debug, thiserror::Error, IntoClose)]
pub(crate) enum StoreError {
    #[error("there is no such note")]
    #[close(4004)]
    Missing,
    #[error("no connection to the database in time")]
    #[close(TRY_AGAIN_LATER, "busy")]
    Busy(#[source] sqlx::Error),
    #[error("the database failed")]
    #[close(INTERNAL_ERROR, hidden)]
    Failed(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::Missing,
            sqlx::Error::PoolTimedOut => Self::Busy(error),
            _ => Self::Failed(error),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    Add(String),
    Read(i64),
}

#[derive(Serialize)]
struct Note {
    id: i64,
    text: String,
}

async fn add(pool: &SqlitePool, text: String) -> Result<Note, StoreError> {
    let insert = sqlx::query_scalar("INSERT INTO notes (text) VALUES (?) RETURNING id");
    let id = insert.bind(&text).fetch_one(pool).await?;
    Ok(Note { id, text })
}

async fn read(pool: &SqlitePool, id: i64) -> Result<Note, StoreError> {
    let select = sqlx::query_scalar("SELECT text FROM notes WHERE id = ?");
    let text = select.bind(id).fetch_one(pool).await?;
    Ok(Note { id, text })
}

/// Takes a connection of the pool for a query, never for as long as the WebSocket is open.
#[websocket("/notes")]
async fn notes(handshake: Handshake, State(pool): State<SqlitePool>) -> Result {
    let mut socket = handshake.accept().await?;
    socket.expire_in(Duration::from_secs(3600));
    loop {
        let note = match socket.recv_json().await? {
            Request::Add(text) => add(&pool, text).await?,
            Request::Read(id) => read(&pool, id).await?,
        };
        socket.send_json(&note).await?;
    }
}

/// A database in memory, which is there for as long as its one connection.
pub(crate) async fn open() -> sqlx::Result<SqlitePool> {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(1))
        .connect("sqlite::memory:")
        .await?;
    sqlx::query("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        .execute(&pool)
        .await?;
    Ok(pool)
}

pub(crate) fn app(pool: SqlitePool) -> App {
    App::new().endpoint(notes).with_state(pool)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().compact().init();
    let pool = open().await.map_err(std::io::Error::other)?;
    app(pool).serve("127.0.0.1:8000").await
}
