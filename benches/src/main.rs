//! Compares the cost of hangup with its peers. `cargo xtask bench` builds and runs this program; see README.md.

mod chart;
mod command_line;
mod hub;
mod idle;
mod load;
mod peer;
mod peers;
mod rounds;
mod scenario;
mod server;
mod table;
mod threads;

use std::io;
use std::process::ExitCode;

use command_line::{Command, Options};

fn main() -> ExitCode {
    let outcome = match command_line::read(std::env::args().skip(1)) {
        Ok(Command::Peer(name)) => peers::serve(&name),
        Ok(Command::Rounds(options)) => measure(&options),
        Ok(Command::Hub(connections, options)) => hub::measure(connections, &options),
        Ok(Command::Idle(connections, options)) => idle::measure(connections, &options),
        Err(message) => Err(io::Error::other(message)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> io::Result<()> {
    let measured = rounds::measure(options)?;
    println!("\n{}", table::text(&measured));
    if let Some(folder) = &options.out {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("bench.md"), table::markdown(&measured))?;
        std::fs::write(folder.join("bench.svg"), chart::svg(&measured))?;
    }
    if measured.iter().all(|result| result.failures.is_empty()) {
        return Ok(());
    }
    Err(io::Error::other(
        "not everything could be measured; the reasons are above",
    ))
}
