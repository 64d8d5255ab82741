//! The hub beside Bun, with so many connections: when the last of them hears a message, what a subscription takes in
//! memory, and how long a kick takes.

mod kick;
mod last;
mod memory;

use std::io::{self, Error};

use crate::command_line::Options;
use crate::threads;

pub fn measure(connections: usize, options: &Options) -> io::Result<()> {
    threads::pin(threads::LOAD)?;
    threads::open_files(connections + 200)?;
    let mut failures = Vec::new();
    for (title, part) in [
        (
            "one message to all: milliseconds until the last who reads has it",
            last::measure as fn(usize, &Options) -> io::Result<()>,
        ),
        ("resident bytes", memory::measure),
        ("a kick of all, of whom a tenth does not answer", kick::measure),
    ] {
        println!("{connections} connections, {title}");
        if let Err(error) = part(connections, options) {
            println!("  {error}");
            failures.push(error);
        }
    }
    match failures.pop() {
        None => Ok(()),
        Some(_) => Err(Error::other("not everything could be measured")),
    }
}
