//! `cargo xtask drain`: a tour with thousands of open connections is shut down, and every client gets its code.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Command, id};
use std::thread;
use std::time::{Duration, Instant};

use super::connection::{CLOSE, Connection, Step, Stop, code_of, frame, take_frame};
use super::endings;
use super::figures::Figures;
use crate::arguments::Arguments;
use crate::failure::{Failure, Result, While};
use crate::interop::Refuse;
use crate::interop::tour::{self, Profile, Tour};
use crate::process;

const CONNECTIONS: usize = 10_000;
const THREADS: usize = 8;

/// What the processes need besides the connections.
const OTHER_DESCRIPTORS: usize = 100;

const DEADLINE: Duration = Duration::from_secs(30);
const FLAGS: [&str; 4] = ["--drain-timeout", "30s", "--ping-interval", "off"];

/// Ten thousand with 1001, and a few with 1012, as `cargo xtask test` runs it.
pub(crate) fn both() -> Result<()> {
    run(CONNECTIONS, 1001)?;
    run(CONNECTIONS / 10, 1012)
}

pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let connections = number(arguments.option("--connections")?, CONNECTIONS)?;
    let code = number(arguments.option("--code")?, 1001)?;
    arguments.end()?;
    run(connections, code)
}

fn number<T: std::str::FromStr>(given: Option<String>, default: T) -> Result<T> {
    match given {
        None => Ok(default),
        Some(given) => given
            .parse()
            .map_err(|_| Failure::usage(format!("`{given}` is no number"))),
    }
}

fn run(wanted: usize, code: u16) -> Result<()> {
    let program = tour::build(Profile::Dev)?;
    let count = raise_limit(wanted)?;
    let flag = code.to_string();
    let flags = [&FLAGS[..], &["--drain-code", &flag]].concat();
    let log_name = format!("tour-drain-{code}");
    let mut tour = Tour::start_with_events(&program, Refuse::Close, &log_name, &flags)?;
    let empty = Figures::of(tour.process())?;
    let begun = Instant::now();
    let groups = open(&tour.address, count)?;
    let opened = begun.elapsed();
    let full = Figures::of(tour.process())?;
    println!(
        "drain: {count} connections opened in {:.1} s; the tour holds {} MiB, {} before",
        opened.as_secs_f64(),
        full.memory / 1024,
        empty.memory / 1024
    );

    let begun = Instant::now();
    tour.ask_to_stop()?;
    let deadline = begun + DEADLINE;
    let ended: Vec<Step> = thread::scope(|scope| {
        let threads: Vec<_> = groups
            .into_iter()
            .map(|group| scope.spawn(move || see_out(group, code, deadline)))
            .collect();
        let joined = threads.into_iter().map(|thread| {
            let panicked = |_| Stop::wrong("a thread of clients panicked");
            thread.join().unwrap_or_else(panicked)
        });
        joined.collect()
    });
    let seen = begun.elapsed();
    if let Some(Stop::Wrong(what) | Stop::Gone(what)) = ended.into_iter().find_map(Step::err) {
        return Err(format!("{what}; the tour's log is {}", tour.log.display()).into());
    }
    match tour.exit_before(deadline)? {
        Some(status) if status.success() => {}
        Some(status) => return Err(format!("the tour ended with {status}").into()),
        None => return Err(format!("the tour still runs after {} s", DEADLINE.as_secs()).into()),
    }
    let exited = begun.elapsed();
    let log = std::fs::File::open(&tour.log).while_doing(tour.log.display())?;
    let logged = endings::read_log(log)?;
    let all = count as u64;
    if (logged.ended, logged.drained) != (all, Some([all, 0, 0])) {
        return Err(format!("the log tells of {logged:?}, and all {all} connections were closed").into());
    }
    println!(
        "drain: all {count} clients saw {code} and the end within {:.2} s; the tour had exited after {:.2} s",
        seen.as_secs_f64(),
        exited.as_secs_f64()
    );
    Ok(())
}

/// Opens so many connections, in groups.
fn open(address: &str, count: usize) -> Result<Vec<Vec<Connection>>> {
    let groups: Vec<Step<Vec<Connection>>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|at| {
                let size = count / THREADS + usize::from(at < count % THREADS);
                scope.spawn(move || (0..size).map(|_| Connection::open(address, "/echo")).collect())
            })
            .collect();
        let joined = threads.into_iter().map(|thread| {
            let panicked = |_| Stop::wrong("a thread of clients panicked");
            thread.join().unwrap_or_else(panicked)
        });
        joined.collect()
    });
    let failed = |stop| Failure::from(format!("opening connections: {stop:?}"));
    groups.into_iter().map(|group| group.map_err(failed)).collect()
}

/// Reads each connection to its end, whichever ends first: one Close frame with this code, which is answered.
fn see_out(group: Vec<Connection>, code: u16, deadline: Instant) -> Step {
    let mut leaving = group
        .into_iter()
        .map(Leaving::new)
        .collect::<Step<Vec<Leaving>>>()?;
    while !leaving.is_empty() {
        if Instant::now() >= deadline {
            return Stop::wrong(format!(
                "{} clients have seen no end at the deadline",
                leaving.len()
            ));
        }
        let mut left = Vec::with_capacity(leaving.len());
        for mut one in leaving {
            if !one.go_on(code)? {
                left.push(one);
            }
        }
        leaving = left;
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// A connection whose end is waited for.
struct Leaving {
    stream: TcpStream,
    unread: Vec<u8>,
    has_closed: bool,
}

impl Leaving {
    fn new(connection: Connection) -> Step<Self> {
        let (stream, unread) = connection.into_parts();
        match stream.set_nonblocking(true) {
            Ok(()) => Ok(Self {
                stream,
                unread,
                has_closed: false,
            }),
            Err(error) => Stop::wrong(error.to_string()),
        }
    }

    /// Whether it is over.
    fn go_on(&mut self, code: u16) -> Step<bool> {
        let mut buffer = [0; 256];
        match self.stream.read(&mut buffer) {
            Ok(0) if self.has_closed && self.unread.is_empty() => return Ok(true),
            Ok(0) => return Stop::wrong("a stream ended without a Close frame"),
            Ok(length) => self.unread.extend(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Stop::wrong(format!("reading: {error}")),
        }
        let Some(close) = take_frame(&mut self.unread)? else {
            return Ok(false);
        };
        if close.first != CLOSE || self.has_closed || code_of(&close.payload)? != code {
            return Stop::wrong(format!(
                "{:#04x} {:?} in place of one Close frame with {code}",
                close.first, close.payload
            ));
        }
        self.has_closed = true;
        match self.stream.write_all(&frame(CLOSE, &close.payload)) {
            Ok(()) => Ok(false),
            Err(error) => Stop::wrong(format!("answering the Close frame: {error}")),
        }
    }
}

/// Raises the limit on descriptors, which the tour inherits, and gives how many of the connections fit.
fn raise_limit(wanted: usize) -> Result<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").while_doing("/proc/self/limits")?;
    let (soft, hard) =
        open_files(&limits).ok_or_else(|| Failure::from("no limit on open files in /proc/self/limits"))?;
    let count = wanted.min(hard.saturating_sub(OTHER_DESCRIPTORS));
    if count < wanted {
        println!("drain: {count} connections in place of {wanted}, as the limit on descriptors is {hard}");
    }
    let needed = count + OTHER_DESCRIPTORS;
    if soft < needed {
        process::run(Command::new("prlimit").args([
            format!("--pid={}", id()),
            // With nothing behind the colon the hard limit stays.
            format!("--nofile={needed}:"),
        ]))?;
    }
    Ok(count)
}

/// The soft and the hard limit on open files.
fn open_files(limits: &str) -> Option<(usize, usize)> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    let number = |word: &str| match word {
        "unlimited" => Some(usize::MAX),
        number => number.parse().ok(),
    };
    let mut words = line.split_whitespace();
    Some((number(words.next()?)?, number(words.next()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_on_descriptors_is_read() {
        let limits = "Limit  Soft Limit  Hard Limit  Units\n\
                      Max open files            1024                 1048576              files\n";
        assert_eq!(open_files(limits), Some((1024, 1_048_576)));
        assert_eq!(
            open_files("Max open files  unlimited  unlimited  files\n"),
            Some((usize::MAX, usize::MAX))
        );
    }
}
