//! One vector's request, through the in-process client, and what came of it in the words of the vectors.

use hangup::testing::{Connect, TestClient};
use hangup::{App, Refusal};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// Sends the request and gives `{"ok": ..}`, `{"errors": ..}`, `{"not_found": true}`, or what was not foreseen.
pub(crate) async fn outcome(app: App, request: &Value) -> Value {
    let client = TestClient::new(app.refusal(Refusal::Http));
    let connect = match connect(&client, request) {
        Ok(connect) => connect,
        Err(error) => return json!({ "not_sent": error }),
    };
    match connect.await {
        Ok(mut socket) => {
            let text = socket.recv_text().await;
            json!({ "ok": serde_json::from_str::<Value>(&text).unwrap_or(Value::Null) })
        }
        Err(response) if response.status() == StatusCode::NOT_FOUND => json!({"not_found": true}),
        Err(response) if response.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            json!({ "errors": response.json()["detail"] })
        }
        Err(response) => json!({ "refused": response.to_string() }),
    }
}

fn connect(client: &TestClient, request: &Value) -> Result<Connect, String> {
    let path = request["path"].as_str().ok_or("no path")?;
    let mut connect = client
        .connect(path)
        .set_header(header::HOST, HeaderValue::from_static("x"));
    for line in request["headers"].as_array().into_iter().flatten() {
        let (Some(name), Some(value)) = (line[0].as_str(), line[1].as_str()) else {
            return Err(format!("{line} is no header"));
        };
        let wrong = || format!("`{name}: {value}` is no header line");
        let bytes = latin1(value).ok_or_else(wrong)?;
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        let value = HeaderValue::from_bytes(&bytes).map_err(|_| wrong())?;
        connect = if is_of_the_handshake(&name) {
            connect.set_header(name, value)
        } else {
            connect.header(name, value)
        };
    }
    Ok(connect)
}

/// Headers that every request of the client has once.
fn is_of_the_handshake(name: &HeaderName) -> bool {
    [
        header::HOST,
        header::UPGRADE,
        header::CONNECTION,
        header::SEC_WEBSOCKET_VERSION,
        header::SEC_WEBSOCKET_KEY,
    ]
    .contains(name)
}

/// One character is one byte.
fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(c).ok()).collect()
}
