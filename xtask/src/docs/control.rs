//! A tour that scripts stop, kill and start over HTTP, as the machine below a service does.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Result, While};
use crate::interop::Refuse;
use crate::interop::tour::Tour;

const STOP: Duration = Duration::from_secs(20);

/// A port that is free now, for a server that comes back to it.
pub(crate) fn free_port() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").while_doing("asking for a port")?;
    let address = listener.local_addr().while_doing("asking for a port")?;
    Ok(address.port().to_string())
}

pub(crate) struct Control {
    /// Where orders are taken: `/drain`, `/kill` and `/start`.
    pub(crate) address: String,
    /// Where the tour is, whenever it runs.
    pub(crate) tour: String,
}

struct Controlled {
    program: PathBuf,
    port: String,
    tour: Option<Tour>,
}

impl Control {
    pub(crate) fn start(program: &Path) -> Result<Self> {
        let mut controlled = Controlled {
            program: program.to_owned(),
            port: free_port()?,
            tour: None,
        };
        controlled.start()?;
        let tour = controlled.tour.as_ref().map(|tour| tour.address.clone());
        let listener = TcpListener::bind("127.0.0.1:0").while_doing("asking for a port")?;
        let address = listener
            .local_addr()
            .while_doing("asking for a port")?
            .to_string();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(std::io::Result::ok) {
                // A script that has gone needs no answer.
                let _ = controlled.serve(stream);
            }
        });
        Ok(Self {
            address,
            tour: tour.unwrap_or_default(),
        })
    }
}

impl Controlled {
    fn start(&mut self) -> Result<()> {
        let flags = [
            "--port",
            &self.port,
            "--drain-code",
            "1012",
            "--allow-origin",
            "any",
        ];
        self.tour = Some(Tour::start_with(
            &self.program,
            Refuse::Close,
            "tour-controlled",
            &flags,
        )?);
        Ok(())
    }

    fn serve(&mut self, mut stream: TcpStream) -> Result<()> {
        let mut reader = BufReader::new(stream.try_clone().while_doing("reading an order")?);
        let mut line = String::new();
        reader.read_line(&mut line).while_doing("reading an order")?;
        let mut header = String::new();
        while reader.read_line(&mut header).while_doing("reading an order")? > 2 {
            header.clear();
        }
        let done = match line.split(' ').nth(1).unwrap_or_default() {
            "/drain" => self.drain(),
            "/kill" => self.tour.take().map_or(Ok(()), |mut tour| tour.kill()),
            "/start" => self.start(),
            _ => Ok(()),
        };
        let status = if done.is_ok() {
            "200 OK"
        } else {
            "500 Internal Server Error"
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\naccess-control-allow-origin: *\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        stream
            .write_all(answer.as_bytes())
            .while_doing("answering an order")
    }

    /// Stops it as a service manager does, and starts it again.
    fn drain(&mut self) -> Result<()> {
        if let Some(mut tour) = self.tour.take() {
            tour.ask_to_stop()?;
            tour.has_ended_before(Instant::now() + STOP)?;
        }
        self.start()
    }
}
