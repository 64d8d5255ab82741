//! The list of clients: what each is, where it comes from, and whether every run has it.

use super::browser::Browser;
use super::client::{Client, Deflate};
use super::program::Program;
use super::wire::Wire;
use super::wscat::Wscat;
use crate::failure::{Failure, Result};
use crate::{install, project};

pub(crate) struct Known {
    pub(crate) name: &'static str,
    /// Installed and run within seconds: part of every run.
    pub(crate) is_quick: bool,
    pub(crate) ready: fn() -> Result<Box<dyn Client>>,
}

pub(crate) const ALL: &[Known] = &[
    quick("wire", || Ok(Box::new(Wire))),
    quick("wscat", || Ok(Box::new(Wscat::ready()?))),
    quick("websockets", || Ok(Box::new(websockets()?))),
    quick("aiohttp", || {
        Ok(Box::new(python("aiohttp", "aiohttp_client.py")?))
    }),
    quick("websocket-client", || {
        Ok(Box::new(
            python("websocket-client", "websocket_client.py")?
                .deflate(Deflate::Never("it has no permessage-deflate")),
        ))
    }),
    quick("chromium", || Ok(Box::new(Browser::ready()?))),
];

const fn quick(name: &'static str, ready: fn() -> Result<Box<dyn Client>>) -> Known {
    Known {
        name,
        is_quick: true,
        ready,
    }
}

/// `all`, or names with commas between them; without a choice the quick ones.
pub(crate) fn chosen(names: Option<&str>) -> Result<Vec<&'static Known>> {
    match names {
        None => Ok(ALL.iter().filter(|client| client.is_quick).collect()),
        Some("all") => Ok(ALL.iter().collect()),
        Some(names) => names.split(',').map(named).collect(),
    }
}

fn named(name: &str) -> Result<&'static Known> {
    ALL.iter().find(|client| client.name == name).ok_or_else(|| {
        let known: Vec<&str> = ALL.iter().map(|client| client.name).collect();
        Failure::usage(format!(
            "there is no client `{name}`: they are {}",
            known.join(", ")
        ))
    })
}

/// Python's `websockets`, which can take every way to the tour.
pub(crate) fn websockets() -> Result<Program> {
    python("websockets", "websockets_client.py")
}

fn python(name: &'static str, script: &str) -> Result<Program> {
    let interpreter = install::python_clients()?;
    let script = project::root().join("xtask/interop").join(script);
    Ok(Program::new(name, [interpreter, script]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_chosen_by_name() {
        let names = |choice| {
            let chosen = chosen(choice).unwrap();
            chosen.iter().map(|client| client.name).collect::<Vec<_>>()
        };
        assert_eq!(names(Some("all")).len(), ALL.len());
        assert_eq!(names(Some("aiohttp,wire")), ["aiohttp", "wire"]);
        assert!(names(None).contains(&"chromium"));
        assert!(chosen(Some("telnet")).is_err());
    }
}
