//! The tour as a program: what it prints where, and what it serves besides the samples.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::{
    env,
    ffi::OsStr,
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::JoinHandle,
    time::{Duration, Instant},
};

#[path = "tour/boards.rs"]
mod boards;
#[path = "../tour/log.rs"]
#[allow(dead_code, reason = "the tour uses the rest")]
mod log;

const LIMIT: Duration = Duration::from_secs(20);

/// How soon an endpoint is cancelled whose client has left.
const AT_ONCE: Duration = Duration::from_secs(1);

/// The headers of an opening handshake.
const OPENING: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// The program, which cargo builds before the tests unless it is asked for this test alone.
fn program() -> PathBuf {
    let test = env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("examples/tour");
    if !program.exists() {
        let build = [
            "build",
            "--quiet",
            "--package",
            "hangup-examples",
            "--example",
            "tour",
        ];
        assert!(
            Command::new(env!("CARGO"))
                .args(build)
                .status()
                .unwrap()
                .success()
        );
    }
    program
}

/// The tour in a process of its own, whose output goes into pipes.
struct Tour {
    process: Process,
    address: String,
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
}

/// A process that ends with its test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads to the end, so that the program never waits for room.
fn collect(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    })
}

/// The head of an answer, byte by byte, so that what follows stays unread.
fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

/// The opcode and the payload of a short frame that is whole.
fn frame(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let mut start = [0; 2];
    stream.read_exact(&mut start).unwrap();
    assert!(start[0] & 0xf0 == 0x80 && start[1] <= 125, "{start:?}");
    let mut payload = vec![0; start[1].into()];
    stream.read_exact(&mut payload).unwrap();
    (start[0] & 0x0f, payload)
}

impl Tour {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(program())
            .args(["--port", "0"])
            .args(arguments)
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = collect(process.stderr.take().unwrap());
        let mut stdout = process.stdout.take().unwrap();
        let mut first = Vec::new();
        let mut byte = [0];
        while !first.ends_with(b"\n") {
            stdout.read_exact(&mut byte).unwrap();
            first.push(byte[0]);
        }
        let first = String::from_utf8(first).unwrap();
        let address = first.trim().strip_prefix("hangup tour on http://").unwrap();
        Self {
            address: address.to_owned(),
            process: Process(process),
            stdout: collect(stdout),
            stderr,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream
    }

    /// What is answered to a request with these headers until something ends: the server the answer, or the client
    /// the connection.
    fn answer(&self, path: &str, headers: &str, until: &str) -> String {
        let mut stream = self.connect();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n",
            self.address
        )
        .unwrap();
        let mut answer = Vec::new();
        let mut bytes = [0; 4096];
        while !String::from_utf8_lossy(&answer).contains(until) {
            match stream.read(&mut bytes).unwrap() {
                0 => break,
                read => answer.extend_from_slice(&bytes[..read]),
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The status line that answers an opening handshake.
    fn handshake(&self, path: &str, more: &str) -> String {
        let answer = self.answer(path, &format!("{OPENING}{more}"), "\r\n\r\n");
        answer.lines().next().unwrap_or_default().to_owned()
    }

    /// A connection on which an opening handshake was sent.
    fn ask(&self, path: &str) -> TcpStream {
        let mut stream = self.connect();
        let host = &self.address;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n{OPENING}\r\n").unwrap();
        stream
    }

    /// A connection whose opening handshake was answered with 101.
    fn open(&self, path: &str) -> TcpStream {
        let mut stream = self.ask(path);
        let head = head(&mut stream);
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        stream
    }

    /// Asks how many endpoints of `/slow-accept/ws` wait until it is so many.
    fn wait_for_waiting(&self, number: usize, limit: Duration) {
        let begun = Instant::now();
        loop {
            let page = self.get("/slow-accept/waiting");
            if page.ends_with(&format!("\r\n\r\n{number}")) {
                return;
            }
            assert!(begun.elapsed() < limit, "{number} should wait: {page}");
        }
    }

    fn get(&self, path: &str) -> String {
        self.answer(path, "Connection: close\r\n", "no such text")
    }

    /// What it has printed behind the line with the address, and on standard error.
    fn stop(mut self) -> (String, String) {
        let id = self.process.0.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        assert!(self.process.0.wait().unwrap().success());
        (self.stdout.join().unwrap(), self.stderr.join().unwrap())
    }
}

#[test]
fn the_log_in_a_pipe_has_no_colours_and_a_line_for_each_answer() {
    let tour = Tour::start(&[]);
    assert_eq!(
        tour.handshake("/echo?token=abc", ""),
        "HTTP/1.1 101 Switching Protocols"
    );
    assert_eq!(
        tour.handshake("/echo", "Origin: https://other.example\r\n"),
        "HTTP/1.1 403 Forbidden"
    );
    let address = tour.address.clone();
    let (samples, log) = tour.stop();
    assert!(
        samples.contains(&format!("wscat -c 'ws://{address}/echo'")),
        "{samples}"
    );
    assert!(!samples.contains("/metrics"), "{samples}");
    assert!(!log.contains('\u{1b}'), "{log}");
    assert!(!log.contains("token"), "{log}");
    for part in [
        &format!("INFO hangup::app::serve: server started scheme=http address={address} routes="),
        "INFO hangup::access: WebSocket accepted client=127.0.0.1:",
        " path=/echo\n",
        "INFO hangup::access: WebSocket refused client=127.0.0.1:",
        " path=/echo status=403\n",
    ] {
        assert!(log.contains(part), "{part}\n{log}");
    }
    assert_eq!(
        log.matches("hangup::connection: connection ended").count(),
        2,
        "{log}"
    );
}

#[test]
fn a_quiet_tour_prints_nothing_but_its_address() {
    let tour = Tour::start(&["--quiet", "--metrics"]);
    for path in ["/echo", "/panic/ws?accept=true", "/unhandled/ws", "/nowhere"] {
        tour.handshake(path, "");
    }
    assert_eq!(tour.stop(), (String::new(), String::new()));
}

#[test]
fn the_metrics_are_served_where_they_are_asked_for() {
    let tour = Tour::start(&["--metrics"]);
    tour.handshake("/items/foo/ws", "Cookie: session=abc\r\n");
    let page = tour.get("/metrics");
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    let accepted = "\nhangup_handshakes_accepted_total{route=\"/items/{item_id}/ws\"} 1\n";
    assert!(page.contains(accepted), "{page}");
    let line = format!("  curl -i 'http://{}/metrics'\n", tour.address);
    let (samples, _) = tour.stop();
    assert!(samples.contains(&line), "{samples}");

    let tour = Tour::start(&[]);
    assert!(tour.get("/metrics").starts_with("HTTP/1.1 404 "));
    tour.stop();
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    assert!(log::wants_colours(true, None));
    assert!(log::wants_colours(true, Some(OsStr::new(""))));
    assert!(!log::wants_colours(true, Some(OsStr::new("1"))));
    assert!(!log::wants_colours(false, None));
}

#[test]
fn the_ticks_of_each_client_count_from_0_every_100_ms() {
    let tour = Tour::start(&[]);
    let mut first = tour.open("/ticks/ws");
    let begun = Instant::now();
    for number in 0..5 {
        assert_eq!(frame(&mut first), (1, format!("tick {number}").into_bytes()));
    }
    assert!(
        begun.elapsed() >= Duration::from_millis(300),
        "{:?}",
        begun.elapsed()
    );
    let mut second = tour.open("/ticks/ws");
    assert_eq!(frame(&mut second), (1, b"tick 0".to_vec()));

    first.write_all(b"\x88\x82\0\0\0\0\x0f\xa0").unwrap();
    let close = loop {
        match frame(&mut first) {
            (1, _) => {}
            other => break other,
        }
    };
    assert_eq!(close, (8, vec![0x0f, 0xa0]));
    assert_eq!(first.read(&mut [0]).unwrap(), 0);
    drop(second);
    let (samples, _) = tour.stop();
    assert!(samples.contains("/ticks/ws'\n"), "{samples}");
}

#[test]
fn who_waits_for_a_slow_accept_is_counted_until_the_client_leaves() {
    let tour = Tour::start(&[]);
    tour.wait_for_waiting(0, LIMIT);
    let first = tour.ask("/slow-accept/ws?seconds=3600");
    let second = tour.ask("/slow-accept/ws?seconds=3600");
    tour.wait_for_waiting(2, LIMIT);
    drop(first);
    tour.wait_for_waiting(1, AT_ONCE);
    drop(second);
    tour.wait_for_waiting(0, AT_ONCE);
    let (samples, _) = tour.stop();
    for line in ["/slow-accept/ws?seconds=10'\n", "/slow-accept/waiting'\n"] {
        assert!(samples.contains(line), "{line}\n{samples}");
    }
}

#[test]
fn a_slow_accept_accepts_in_the_end_and_nobody_waits_any_longer() {
    let tour = Tour::start(&["--accept-timeout", "1s"]);
    let begun = Instant::now();
    let mut accepted = tour.open("/slow-accept/ws?seconds=0.2");
    assert!(
        begun.elapsed() >= Duration::from_millis(200),
        "{:?}",
        begun.elapsed()
    );
    tour.wait_for_waiting(0, AT_ONCE);
    assert_eq!(frame(&mut accepted), (8, vec![0x03, 0xe8]));

    let mut timed_out = tour.open("/slow-accept/ws?seconds=3600");
    let (opcode, payload) = frame(&mut timed_out);
    assert_eq!((opcode, &payload[..2]), (8, &3008_u16.to_be_bytes()[..]));
    tour.wait_for_waiting(0, AT_ONCE);
    drop((accepted, timed_out));
    tour.stop();
}

#[test]
fn a_slow_accept_takes_no_time_without_bounds() {
    let tour = Tour::start(&["--refuse", "http"]);
    for seconds in ["-1", "3601", "nan", "inf", "soon", ""] {
        let path = format!("/slow-accept/ws?seconds={seconds}");
        assert_eq!(
            tour.handshake(&path, ""),
            "HTTP/1.1 422 Unprocessable Entity",
            "{path}"
        );
    }
    tour.wait_for_waiting(0, AT_ONCE);
    tour.stop();
}

#[test]
fn the_page_its_document_and_its_client_are_served() {
    let tour = Tour::start(&["--quiet"]);
    for (path, expected) in [
        ("/docs", "<title>The tour</title>"),
        ("/docs/asyncapi.json", "\"asyncapi\": \"3.0.0\""),
        ("/docs/client.ts", "export function connect"),
    ] {
        let answer = tour.answer(path, "Connection: close\r\n", "no such text");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {answer}");
        assert!(answer.contains(expected), "{path}");
    }
}
