//! Opening connections, one after the other, before anything is measured.

use std::io::{self, Error, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType, bind, connect, socket};

use super::bytes;
use super::poller::PATIENCE;

/// From one address, a client reaches one port this often at most: below the kernel's 28,000 ports.
const PER_ADDRESS: usize = 20_000;

#[derive(Clone, Copy)]
pub enum Way {
    /// Bytes, without a handshake.
    Bare,
    WebSocket(&'static str),
}

pub struct Connector {
    port: u16,
    way: Way,
}

impl Connector {
    pub fn new(port: u16, way: Way) -> Self {
        Self { port, way }
    }

    pub fn is_bare(&self) -> bool {
        matches!(self.way, Way::Bare)
    }

    /// The connection with this number, open and non-blocking.
    pub fn open(&self, number: usize) -> io::Result<TcpStream> {
        let mut stream = dial(self.port, number)?;
        if let Way::WebSocket(path) = self.way {
            stream.set_read_timeout(Some(Duration::from_secs(PATIENCE)))?;
            stream.write_all(&bytes::request(self.port, path))?;
            let mut read = Vec::with_capacity(1024);
            let mut some = [0; 1024];
            let end = loop {
                let count = stream.read(&mut some)?;
                if count == 0 {
                    return Err(Error::other("the server hung up in the handshake"));
                }
                read.extend_from_slice(&some[..count]);
                if let Some(end) = bytes::response_head(&read)? {
                    break end;
                }
            };
            if end != read.len() {
                return Err(Error::other("the server speaks before it is spoken to"));
            }
        }
        stream.set_nonblocking(true)?;
        Ok(stream)
    }
}

/// A TCP connection; the source address is one of 127.0.0.0/8.
pub fn dial(port: u16, number: usize) -> io::Result<TcpStream> {
    let host = u8::try_from(number / PER_ADDRESS + 1).map_err(Error::other)?;
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
    if host > 1 {
        bind(&socket, &SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, host), 0))?;
    }
    connect(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))?;
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    Ok(stream)
}
