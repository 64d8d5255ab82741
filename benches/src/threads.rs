//! Which core this thread and its children run on, and how many files they may open.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};

pub const SERVER: usize = 0;
pub const LOAD: usize = 1;

/// Moves this thread to the core; children that it starts begin there.
pub fn pin(core: usize) -> io::Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core);
    sched_setaffinity(None, &cores).map_err(|error| {
        io::Error::other(format!(
            "a benchmark needs two cores, core {core} is not ours: {error}"
        ))
    })
}

/// Raises the bound of open files as far as it goes, for this process and its children.
pub fn open_files(wanted: usize) -> io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        },
    )?;
    match limit.maximum {
        Some(maximum) if maximum < wanted as u64 => Err(io::Error::other(format!(
            "{wanted} open files are needed, the system allows {maximum}: raise `ulimit -Hn` or measure less"
        ))),
        _ => Ok(()),
    }
}
