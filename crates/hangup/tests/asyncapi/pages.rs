//! The page of an app within another one.

use hangup::{App, Handshake, Result, docs::Docs, testing::TestClient, websocket};
use serde_json::Value;

#[websocket("/echo")]
async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    let text = socket.recv_text().await?;
    Ok(socket.send_text(text).await?)
}

#[tokio::test]
async fn the_page_of_a_nested_or_included_app_shows_its_endpoints() {
    let own = || App::new().endpoint(echo).docs(Docs::at("/docs"));
    for (app, page) in [
        (own(), "/docs"),
        (App::new().nest("/v1", own()), "/v1/docs"),
        (App::new().include(own()), "/docs"),
    ] {
        let document = TestClient::new(app).get(&format!("{page}/asyncapi.json")).await;
        let document: Value = serde_json::from_str(&document.text()).unwrap();
        assert_eq!(document["channels"]["echo"]["address"], "/echo", "{page}");
    }
}
