//! Apps whose endpoints take a state that is not given.

use axum::extract::State;
use hangup::{App, Handshake, Result, testing::TestClient, websocket};

#[derive(Clone)]
struct Database;

#[websocket("/a")]
async fn declared(_handshake: Handshake, State(_database): State<Database>) -> Result {
    Ok(())
}

async fn plain(_handshake: Handshake, State(_database): State<Database>) -> Result {
    Ok(())
}

fn main() {
    let _ = App::new().endpoint(declared).serve("127.0.0.1:8000");
    let _ = App::new().route("/b", plain).serve("127.0.0.1:8000");
    let app: App<Database> = App::new().endpoint(declared);
    let _ = app.serve("127.0.0.1:8000");
    let app: App<Database> = App::new().endpoint(declared);
    let _ = app.into_router();
    let app: App<Database> = App::new().endpoint(declared);
    let _ = TestClient::new(app);
}
