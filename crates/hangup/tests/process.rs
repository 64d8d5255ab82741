//! A server as a process of its own: the signals that stop it, and the socket that it is handed.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails where something is missing"
)]

use std::{
    env,
    future::IntoFuture,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::fd::OwnedFd,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use hangup::{App, Handshake, Result};

/// Where the server listens; what stands here makes this program the server.
const ADDRESS: &str = "HANGUP_TEST_ADDRESS";

const LIMIT: Duration = Duration::from_secs(20);

async fn listen(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        socket.recv().await?;
    }
}

/// The server itself, in the process that a test starts.
#[test]
fn server() {
    let Ok(address) = env::var(ADDRESS) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let app = App::new().route("/ws", listen);
    runtime.block_on(app.serve(address).into_future()).unwrap();
}

/// A server in a process, killed when it is dropped.
struct Server(Child);

impl Server {
    /// Starts this program as the server; `shell` is what a shell does to it first.
    fn start(shell: &str, address: SocketAddr, stdin: Stdio) -> Self {
        let child = Command::new("sh")
            .args(["-c", &format!("{shell} exec \"$0\" --exact server")])
            .arg(env::current_exe().unwrap())
            .env(ADDRESS, address.to_string())
            .stdin(stdin)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self(child)
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.0.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for the end of the process, and whether it ended well.
    fn ended_well(mut self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < LIMIT {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.success();
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the server has not ended");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Opens a WebSocket, as soon as somebody listens.
fn open(address: SocketAddr) -> TcpStream {
    let begun = Instant::now();
    let mut stream = loop {
        match TcpStream::connect(address) {
            Ok(stream) => break stream,
            Err(error) => assert!(begun.elapsed() < LIMIT, "nobody listens: {error}"),
        }
        thread::sleep(Duration::from_millis(5));
    };
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {address}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", head.escape_ascii());
    stream
}

/// Expects the Close frame 1001, answers it, and expects the end of the stream.
fn expect_going_away(mut stream: TcpStream) {
    let mut close = [0; 4];
    stream.read_exact(&mut close).unwrap();
    assert_eq!(close, [0x88, 2, 0x03, 0xe9]);
    // Masked with zeros.
    stream.write_all(&[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9]).unwrap();
    assert_eq!(stream.read(&mut close).unwrap(), 0);
}

#[test]
fn sigterm_and_sigint_close_every_connection_with_1001_and_end_the_process() {
    for signal in ["TERM", "INT"] {
        let address = free_address();
        let server = Server::start("", address, Stdio::null());
        let streams = [open(address), open(address)];
        server.signal(signal);
        streams.into_iter().for_each(expect_going_away);
        assert!(server.ended_well(), "{signal}");
    }
}

#[test]
fn a_socket_that_is_handed_over_is_used_and_stays_open_across_a_restart() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // As systemd hands it over: the descriptor 3, to this process and no other.
    let start = || {
        let socket = OwnedFd::from(listener.try_clone().unwrap());
        let shell = "exec 3<&0; export LISTEN_FDS=1 LISTEN_PID=$$;";
        // Where the socket is not used, this address is, and nobody connects to it.
        Server::start(shell, free_address(), Stdio::from(socket))
    };
    let first = start();
    let stream = open(address);
    first.signal("TERM");
    expect_going_away(stream);
    assert!(first.ended_well());

    // Nobody accepts now, and still the client is not refused.
    let early = thread::spawn(move || open(address));
    let second = start();
    let stream = early.join().unwrap();
    second.signal("TERM");
    expect_going_away(stream);
    assert!(second.ended_well());
}

#[test]
fn a_socket_that_is_meant_for_another_process_is_left_alone() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free_address();
    let shell = "exec 3<&0; export LISTEN_FDS=1 LISTEN_PID=1;";
    let server = Server::start(shell, address, Stdio::from(OwnedFd::from(listener)));
    let stream = open(address);
    server.signal("TERM");
    expect_going_away(stream);
    assert!(server.ended_well());
}

#[test]
fn what_is_no_listening_socket_is_an_error_that_says_so() {
    let shell = "exec 3<&0; export LISTEN_FDS=1 LISTEN_PID=$$;";
    let mut server = Server::start(shell, free_address(), Stdio::null());
    let mut said = String::new();
    let mut stdout = server.0.stdout.take().unwrap();
    stdout.read_to_string(&mut said).unwrap();
    assert!(!server.ended_well());
    assert!(
        said.contains("LISTEN_FDS names a descriptor that is not a listening TCP socket"),
        "{said}"
    );
}
