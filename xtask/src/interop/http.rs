//! Plain HTTP over a bare socket, and the checks of what a handshake that is none gets for an answer.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::judge::SECRET;
use crate::failure::{Failure, Result, While};

const LIMIT: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

pub(crate) fn connect(address: &str, limit: Duration) -> Result<TcpStream> {
    let first = address.to_socket_addrs().while_doing(address)?.next();
    let first = first.ok_or_else(|| Failure::from(format!("{address} is no address")))?;
    let stream = TcpStream::connect_timeout(&first, limit).while_doing(format!("connecting to {address}"))?;
    stream
        .set_read_timeout(Some(limit))
        .while_doing("setting a deadline")?;
    stream
        .set_write_timeout(Some(limit))
        .while_doing("setting a deadline")?;
    stream.set_nodelay(true).while_doing("setting TCP_NODELAY")?;
    Ok(stream)
}

/// An opening handshake, all but the empty line at its end.
pub(crate) fn upgrade(path: &str, address: &str, key: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
    )
}

/// One response, and the bytes after it.
pub(crate) fn read_response(stream: &mut TcpStream) -> Result<(Response, Vec<u8>)> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        read_more(stream, &mut bytes, "the head of the response")?;
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut lines = head.split("\r\n");
    let status_line = lines.next().unwrap_or_default();
    let status = status_line
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let status: u16 = status.ok_or_else(|| Failure::from(format!("no status in {status_line:?}")))?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    let mut response = Response {
        status,
        headers,
        body: String::new(),
    };
    let mut rest = bytes.split_off(head_end);
    if status != 101 {
        let length = response
            .header("content-length")
            .and_then(|length| length.parse().ok())
            .unwrap_or(0);
        while rest.len() < length {
            read_more(stream, &mut rest, "the body of the response")?;
        }
        let behind = rest.split_off(length);
        response.body = String::from_utf8_lossy(&rest).into_owned();
        rest = behind;
    }
    Ok((response, rest))
}

fn read_more(stream: &mut TcpStream, bytes: &mut Vec<u8>, what: &str) -> Result<()> {
    let mut buffer = [0; 4096];
    match stream.read(&mut buffer).while_doing(what)? {
        0 => Err(format!("the connection ended within {what}").into()),
        length => {
            bytes.extend(&buffer[..length]);
            Ok(())
        }
    }
}

pub(crate) fn get(address: &str, path: &str) -> Result<Response> {
    ask(
        address,
        &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"),
    )
}

pub(crate) fn post(address: &str, path: &str) -> Result<Response> {
    ask(
        address,
        &format!("POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    )
}

/// The same with a text as its body.
pub(crate) fn post_text(address: &str, path: &str, text: &str) -> Result<Response> {
    ask(
        address,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
            text.len()
        ),
    )
}

fn ask(address: &str, request: &str) -> Result<Response> {
    let mut stream = connect(address, LIMIT)?;
    stream
        .write_all(request.as_bytes())
        .while_doing("sending the request")?;
    Ok(read_response(&mut stream)?.0)
}

/// A request, the status that it must get, and a header that must be there.
struct Check {
    name: &'static str,
    path: &'static str,
    /// Lines of the request's head after the first two.
    head: &'static [&'static str],
    status: u16,
    header: Option<(&'static str, &'static str)>,
}

const UPGRADE: [&str; 2] = ["Connection: Upgrade", "Upgrade: websocket"];
const VERSION: &str = "Sec-WebSocket-Version: 13";
const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
const ASKS_UPGRADE: Option<(&str, &str)> = Some(("upgrade", "websocket"));
const ASKS_VERSION: Option<(&str, &str)> = Some(("sec-websocket-version", "13"));

const HANDSHAKE: [&str; 4] = [UPGRADE[0], UPGRADE[1], VERSION, KEY];

#[rustfmt::skip]
const CHECKS: &[Check] = &[
    Check { name: "http.plain-get", path: "/echo", head: &[], status: 426, header: ASKS_UPGRADE },
    Check { name: "http.plain-get-template", path: "/items/foo/ws", head: &[], status: 426, header: ASKS_UPGRADE },
    Check { name: "http.upgrade-to-h2c", path: "/echo", head: &["Connection: Upgrade", "Upgrade: h2c"], status: 426, header: ASKS_UPGRADE },
    Check { name: "http.unknown-path", path: "/nowhere", head: &[], status: 404, header: None },
    Check { name: "http.unknown-path-upgrade", path: "/nowhere", head: &HANDSHAKE, status: 404, header: None },
    Check { name: "http.no-key", path: "/echo", head: &[UPGRADE[0], UPGRADE[1], VERSION], status: 400, header: None },
    Check { name: "http.short-key", path: "/echo", head: &[UPGRADE[0], UPGRADE[1], VERSION, "Sec-WebSocket-Key: c2hvcnQ="], status: 400, header: None },
    Check { name: "http.key-not-base64", path: "/echo", head: &[UPGRADE[0], UPGRADE[1], VERSION, "Sec-WebSocket-Key: ????????????????????????"], status: 400, header: None },
    Check { name: "http.two-keys", path: "/echo", head: &[UPGRADE[0], UPGRADE[1], VERSION, KEY, KEY], status: 400, header: None },
    Check { name: "http.version-12", path: "/echo", head: &[UPGRADE[0], UPGRADE[1], "Sec-WebSocket-Version: 12", KEY], status: 426, header: ASKS_VERSION },
    Check { name: "http.list-in-connection", path: "/echo", head: &["Connection: keep-alive, upgrade", "Upgrade: WebSocket", VERSION, KEY], status: 101, header: ASKS_UPGRADE },
    Check { name: "http.own-origin", path: "/echo", head: &[UPGRADE[0], UPGRADE[1], VERSION, KEY, "Origin: http://{address}"], status: 101, header: ASKS_UPGRADE },
    Check { name: "http.other-origin", path: "/echo", head: &[UPGRADE[0], UPGRADE[1], VERSION, KEY, "Origin: https://evil.example"], status: 403, header: None },
    Check { name: "http.origin-of-other-port", path: "/echo", head: &[UPGRADE[0], UPGRADE[1], VERSION, KEY, "Origin: http://127.0.0.1:1"], status: 403, header: None },
];

pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) seen: String,
    pub(crate) wrong: Vec<String>,
}

pub(crate) fn checks(address: &str) -> Vec<Outcome> {
    CHECKS.iter().map(|check| outcome(address, check)).collect()
}

fn outcome(address: &str, check: &Check) -> Outcome {
    let mut request = format!("GET {} HTTP/1.1\r\nHost: {address}\r\n", check.path);
    for line in check.head {
        request.push_str(&line.replace("{address}", address));
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    match ask(address, &request) {
        Err(failure) => Outcome {
            name: check.name,
            seen: "nothing".into(),
            wrong: vec![failure.to_string()],
        },
        Ok(response) => Outcome {
            name: check.name,
            seen: format!("HTTP {}", response.status),
            wrong: differences(check, &response),
        },
    }
}

fn differences(check: &Check, response: &Response) -> Vec<String> {
    let mut wrong = Vec::new();
    if response.status != check.status {
        wrong.push(format!("HTTP {}, expected {}", response.status, check.status));
    }
    if let Some((name, value)) = check.header
        && !response
            .header(name)
            .is_some_and(|given| given.eq_ignore_ascii_case(value))
    {
        wrong.push(format!(
            "the header {name} is {:?}, expected {value:?}",
            response.header(name)
        ));
    }
    if response.body.contains(SECRET) {
        wrong.push(format!("the word \"{SECRET}\" in the body"));
    }
    wrong
}
