//! tungstenite: orders on standard input, one a line, and for each a line with its reports.

use std::io::{BufRead, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::http::{HeaderName, HeaderValue};
use tungstenite::protocol::{CloseFrame, Message, WebSocket};
use tungstenite::{Error, HandshakeError};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    for line in std::io::stdin().lock().lines() {
        let order: Value = serde_json::from_str(&line?)?;
        let cases = order["cases"].as_array().cloned().unwrap_or_default();
        let reports: Vec<Value> = std::thread::scope(|scope| {
            let running: Vec<_> = cases
                .iter()
                .map(|case| scope.spawn(|| report(&order, case)))
                .collect();
            running
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| json!({ "trouble": "a panic" })))
                .collect()
        });
        println!("{}", Value::from(reports));
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn report(order: &Value, case: &Value) -> Value {
    let mut seen = json!({ "opened": false, "messages": [] });
    if let Err(error) = run(order, case, &mut seen) {
        seen["trouble"] = error.to_string().into();
    }
    seen
}

fn run(order: &Value, case: &Value, seen: &mut Value) -> Outcome<()> {
    let address = order["address"].as_str().unwrap_or_default();
    let path = case["path"].as_str().unwrap_or_default();
    let mut request = format!("ws://{address}{path}").into_client_request()?;
    for pair in case["headers"].as_array().into_iter().flatten() {
        let name: HeaderName = pair[0].as_str().unwrap_or_default().parse()?;
        let value: HeaderValue = pair[1].as_str().unwrap_or_default().parse()?;
        request.headers_mut().append(name, value);
    }
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(order["limit"].as_u64().map(Duration::from_secs))?;
    let mut socket = match tungstenite::client::client(request, stream) {
        Ok((socket, _)) => socket,
        Err(HandshakeError::Failure(Error::Http(response))) => {
            seen["status"] = response.status().as_u16().into();
            let headers = response.headers().iter();
            seen["headers"] = headers
                .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]))
                .collect();
            seen["body"] = String::from_utf8_lossy(response.body().as_deref().unwrap_or_default()).into();
            return Ok(());
        }
        Err(error) => return Err(error.to_string().into()),
    };
    seen["opened"] = true.into();
    if let Err(error) = play(&mut socket, case, seen)
        && seen.get("close").is_none()
    {
        seen["error"] = error.to_string().into();
    }
    while receive(&mut socket, seen)? {}
    Ok(())
}

fn play(socket: &mut WebSocket<TcpStream>, case: &Value, seen: &mut Value) -> Outcome<()> {
    for step in case["script"].as_array().into_iter().flatten() {
        match step[0].as_str() {
            Some("text") => socket.send(Message::text(step[1].as_str().unwrap_or_default()))?,
            Some("binary") => {
                let numbers = step[1].as_array().into_iter().flatten();
                let bytes: Vec<u8> = numbers
                    .filter_map(|number| u8::try_from(number.as_u64()?).ok())
                    .collect();
                socket.send(Message::binary(bytes))?;
            }
            Some("await") => {
                let wanted = step[1].as_u64().unwrap_or_default();
                let count = |seen: &Value| seen["messages"].as_array().map_or(0, Vec::len) as u64;
                while count(seen) < wanted && receive(socket, seen)? {}
            }
            Some("close") => {
                let code = u16::try_from(step[1].as_u64().unwrap_or_default())?;
                let reason = step[2].as_str().unwrap_or_default().to_owned();
                socket.close(Some(CloseFrame {
                    code: code.into(),
                    reason: reason.into(),
                }))?;
            }
            _ => return Err(format!("this client cannot do {step}").into()),
        }
    }
    Ok(())
}

/// Takes note of one message; `false` at the end.
fn receive(socket: &mut WebSocket<TcpStream>, seen: &mut Value) -> Outcome<bool> {
    let message = match socket.read() {
        Ok(message) => message,
        Err(Error::ConnectionClosed | Error::AlreadyClosed) => return Ok(false),
        // After the Close frame there is nothing more to see.
        Err(_) if seen.get("close").is_some() => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let shown = match message {
        Message::Text(text) => Value::from(text.as_str()),
        Message::Binary(bytes) => bytes.iter().copied().collect(),
        Message::Close(frame) => {
            seen["close"] = frame.map_or(json!([1005, ""]), |frame| {
                json!([u16::from(frame.code), frame.reason.as_str()])
            });
            return Ok(true);
        }
        _ => return Ok(true),
    };
    if let Some(messages) = seen["messages"].as_array_mut() {
        messages.push(shown);
    }
    Ok(true)
}
