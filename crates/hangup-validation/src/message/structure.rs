//! Where the containers of a text end, found once, and how much of the text was looked at since.

use std::cell::Cell;

/// Deeper than anything is read: containers there are passed byte by byte.
const DEEPEST: usize = 130;

/// The containers of a text that is JSON: eight bytes for each, so at most four times the text.
pub(super) struct Structure {
    /// In the order in which they open.
    containers: Vec<Container>,
    visited: Cell<usize>,
}

struct Container {
    /// The byte behind its end; while it is open, the number of the container around it.
    end: u32,
    /// The number of the next container behind its end.
    next: u32,
}

impl Structure {
    /// A text of 4 GiB or more has no structure: its containers are passed byte by byte.
    pub(super) fn of(text: &str) -> Self {
        Self {
            containers: containers(text).unwrap_or_default(),
            visited: Cell::new(text.len()),
        }
    }

    /// The end of a container, and the number of the next one behind it.
    pub(super) fn container(&self, number: usize) -> Option<(usize, usize)> {
        let container = self.containers.get(number)?;
        Some((container.end as usize, container.next as usize))
    }

    pub(super) fn note(&self, bytes: usize) {
        self.visited.set(self.visited.get().saturating_add(bytes));
    }

    /// How many bytes were looked at, those that were looked at again included.
    pub(super) fn visited(&self) -> usize {
        self.visited.get()
    }
}

fn containers(text: &str) -> Option<Vec<Container>> {
    u32::try_from(text.len()).ok()?;
    let mut containers: Vec<Container> = Vec::new();
    let mut open = u32::MAX;
    let mut depth = 0_usize;
    let (mut is_string, mut is_escaped) = (false, false);
    for (at, byte) in (0_u32..).zip(text.bytes()) {
        if is_string {
            is_string = is_escaped || byte != b'"';
            is_escaped = !is_escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => is_string = true,
            b'[' | b'{' if depth >= DEEPEST => depth += 1,
            b']' | b'}' if depth > DEEPEST => depth -= 1,
            b'[' | b'{' => {
                depth += 1;
                let number = u32::try_from(containers.len()).ok()?;
                if containers.len() == containers.capacity() {
                    containers.reserve_exact(containers.len() / 4 + 16);
                }
                containers.push(Container { end: open, next: 0 });
                open = number;
            }
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                let next = u32::try_from(containers.len()).ok()?;
                let container = containers.get_mut(open as usize)?;
                open = std::mem::replace(&mut container.end, at + 1);
                container.next = next;
            }
            _ => {}
        }
    }
    Some(containers)
}
