//! The memory and the descriptors of a process, as Linux reports them.

use std::fmt;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::endings::Endings;
use crate::failure::{Failure, Result, While};
use crate::interop::tour::Tour;

const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Figures {
    /// Resident, in KiB.
    pub(crate) memory: u64,
    pub(crate) descriptors: usize,
}

impl Figures {
    pub(crate) fn of(process: u32) -> Result<Self> {
        let status = format!("/proc/{process}/status");
        let text = fs::read_to_string(&status).while_doing(&status)?;
        let memory = resident(&text).ok_or_else(|| Failure::from(format!("no VmRSS in {status}")))?;
        let folder = format!("/proc/{process}/fd");
        let descriptors = fs::read_dir(&folder).while_doing(&folder)?.count();
        Ok(Self { memory, descriptors })
    }

    /// Those of a tour without connections: as soon as it holds no more descriptors than these, or, where it is not
    /// known how many those are, as soon as there are no fewer a moment later.
    pub(crate) fn at_rest(tour: &Tour, descriptors: Option<usize>, limit: Duration) -> Result<Self> {
        let deadline = Instant::now() + limit;
        let mut last = Self::of(tour.process())?;
        loop {
            let live = Endings::of_metrics(&tour.address)?.live;
            sleep(BETWEEN_LOOKS);
            let now = Self::of(tour.process())?;
            let is_at_rest = match descriptors {
                Some(descriptors) => now.descriptors <= descriptors,
                None => now.descriptors >= last.descriptors,
            };
            if live == 0 && is_at_rest {
                return Ok(now);
            }
            if Instant::now() >= deadline {
                let wanted = descriptors.map_or(String::new(), |number| format!(" in place of {number}"));
                return Err(format!(
                    "{} s after the last client has left {live} connections are live, and {} descriptors open{wanted}",
                    limit.as_secs(),
                    now.descriptors
                )
                .into());
            }
            last = now;
        }
    }
}

fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} KiB of memory, {} descriptors",
            self.memory, self.descriptors
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resident_memory_is_read() {
        assert_eq!(
            resident("Name:\ttour\nVmRSS:\t   12345 kB\nThreads: 3\n"),
            Some(12345)
        );
        assert_eq!(resident("Name:\ttour\n"), None);
    }
}
