//! The list of clients: what each is, where it comes from, and whether every run has it.

use super::browser::{Browser, only_cookies};
use super::built;
use super::client::{Client, Deflate};
use super::program::Program;
use super::wire::Wire;
use super::wscat::Wscat;
use crate::failure::{Failure, Result};
use crate::{install, project};

pub(crate) struct Known {
    pub(crate) name: &'static str,
    /// What it is and who packages it, for the documents.
    pub(crate) about: &'static str,
    pub(crate) source: VersionSource,
    /// Installed and run within seconds: part of every run.
    pub(crate) is_quick: bool,
    pub(crate) ready: fn() -> Result<Box<dyn Client>>,
}

/// Where the version that ran is to be read.
#[derive(Clone, Copy)]
pub(crate) enum VersionSource {
    Here,
    /// A lock file's folder, and the package.
    Npm(&'static str, &'static str),
    PyPI(&'static str),
    Crates(&'static str),
    Debian(&'static str),
}

impl Known {
    pub(crate) fn version(&self) -> Option<String> {
        let folder = project::root().join("xtask/interop");
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
        match self.source {
            VersionSource::Here => None,
            VersionSource::Npm(lock, package) => {
                let lock = std::fs::read_to_string(folder.join(lock).join("package-lock.json")).ok()?;
                let lock: serde_json::Value = serde_json::from_str(&lock).ok()?;
                let version = &lock["packages"][format!("node_modules/{package}")]["version"];
                version.as_str().map(str::to_owned)
            }
            VersionSource::PyPI(package) => read("requirements.txt")?
                .lines()
                .find_map(|line| line.strip_prefix(package)?.strip_prefix("==").map(str::to_owned)),
            VersionSource::Crates(package) => {
                let lock = read("tungstenite/Cargo.lock")?;
                let (_, entry) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
                entry.split('"').next().map(str::to_owned)
            }
            VersionSource::Debian(package) => install::debian_version(package),
        }
    }
}

const NO_DEFLATE: Deflate = Deflate::Never("it has no permessage-deflate");

#[rustfmt::skip]
pub(crate) const ALL: &[Known] = &[
    Known { name: "wire", is_quick: true, about: "a bare TCP connection, without a library", source: VersionSource::Here,
        ready: || boxed(Ok(Wire)) },
    Known { name: "wscat", is_quick: true, about: "npm's ws at a terminal (npm)", source: VersionSource::Npm("", "ws"),
        ready: || boxed(Wscat::ready()) },
    Known { name: "faye", is_quick: true, about: "faye-websocket (npm)", source: VersionSource::Npm("", "faye-websocket"),
        ready: || boxed(faye()) },
    Known { name: "websockets", is_quick: true, about: "Python's websockets (PyPI)", source: VersionSource::PyPI("websockets"),
        ready: || boxed(websockets()) },
    Known { name: "aiohttp", is_quick: true, about: "aiohttp (PyPI)", source: VersionSource::PyPI("aiohttp"),
        ready: || boxed(python("aiohttp", "aiohttp_client.py")) },
    Known { name: "websocket-client", is_quick: true, about: "websocket-client (PyPI)", source: VersionSource::PyPI("websocket-client"),
        ready: || boxed(python("websocket-client", "websocket_client.py").map(|it| it.deflate(NO_DEFLATE))) },
    Known { name: "tungstenite", is_quick: true, about: "tungstenite (crates.io)", source: VersionSource::Crates("tungstenite"),
        ready: || boxed(built::tungstenite().map(|it| it.deflate(NO_DEFLATE))) },
    Known { name: "chromium", is_quick: true, about: "Chromium (Debian)", source: VersionSource::Debian("chromium"),
        ready: || boxed(Browser::ready()) },
    Known { name: "firefox", is_quick: false, about: "Firefox ESR (Debian)", source: VersionSource::Debian("firefox-esr"),
        ready: || boxed(firefox()) },
    Known { name: "webkitgtk", is_quick: false, about: "WebKitGTK, the engine of Epiphany (Debian)", source: VersionSource::Debian("webkit2gtk-driver"),
        ready: || boxed(webkitgtk()) },
    Known { name: "node-22", is_quick: false, about: "the WebSocket of Node.js 22 (npm)", source: VersionSource::Npm("node_binaries", "node-22"),
        ready: || boxed(node("node-22")) },
    Known { name: "node-24", is_quick: false, about: "the WebSocket of Node.js 24 (npm)", source: VersionSource::Npm("node_binaries", "node-24"),
        ready: || boxed(node("node-24")) },
    Known { name: "qt", is_quick: false, about: "Qt 6's QWebSocket, by PyQt6 (Debian)", source: VersionSource::Debian("libqt6websockets6"),
        ready: || boxed(qt()) },
    Known { name: "libwebsockets", is_quick: false, about: "libwebsockets 4.1 (Debian)", source: VersionSource::Debian("libwebsockets-dev"),
        ready: || boxed(built::libwebsockets()) },
    Known { name: "gorilla", is_quick: false, about: "Go's gorilla/websocket (Debian)", source: VersionSource::Debian("golang-github-gorilla-websocket-dev"),
        ready: || boxed(built::gorilla()) },
    Known { name: "jdk", is_quick: false, about: "java.net.http.WebSocket of the JDK (Debian)", source: VersionSource::Debian("openjdk-17-jdk-headless"),
        ready: || boxed(built::jdk().map(|it| it.deflate(NO_DEFLATE))) },
    Known { name: "okhttp", is_quick: false, about: "OkHttp 3 (Debian)", source: VersionSource::Debian("libokhttp-java"),
        ready: || boxed(built::okhttp().map(|it| it.deflate(Deflate::Never("OkHttp 3 has no permessage-deflate")))) },
];

fn boxed(client: Result<impl Client + 'static>) -> Result<Box<dyn Client>> {
    client.map(|client| Box::new(client) as Box<dyn Client>)
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

fn faye() -> Result<Program> {
    let modules = install::npm_clients()?;
    let script = project::root().join("xtask/interop/faye_client.mjs");
    Ok(Program::new("faye", ["node".into(), script, modules]))
}

fn node(version: &'static str) -> Result<Program> {
    let program = install::node(version)?;
    let script = project::root().join("xtask/interop/node_client.mjs");
    Ok(Program::new(version, [program, script]).deflate(Deflate::Always))
}

fn firefox() -> Result<Program> {
    let modules = install::npm_clients()?;
    install::need(
        &["firefox-esr"],
        &["firefox-esr"],
        "a browser is one of the clients",
    )?;
    let script = project::root().join("xtask/interop/firefox_client.mjs");
    let profile = project::work_folder("interop")?.join("firefox");
    let command = ["node".into(), script, modules, "firefox-esr".into(), profile];
    Ok(Program::new("firefox", command)
        .deflate(Deflate::Always)
        .cannot(only_cookies))
}

fn webkitgtk() -> Result<Program> {
    install::npm_clients()?;
    install::packages(
        &["webkit2gtk-driver", "xvfb", "xauth"],
        "a browser is one of the clients, and shows its pages on a screen",
    )?;
    let script = project::root().join("xtask/interop/webkit_client.mjs");
    Ok(Program::new("webkitgtk", ["node".into(), script])
        .deflate(Deflate::Always)
        .cannot(only_cookies))
}

fn qt() -> Result<Program> {
    install::packages(&["python3-pyqt6.qtwebsockets"], "Qt's client is driven by Python")?;
    let script = project::root().join("xtask/interop/qt_client.py");
    // Debian's own interpreter: the package is for no other.
    Ok(Program::new("qt", ["/usr/bin/python3".into(), script])
        .deflate(Deflate::Never("this Qt has no permessage-deflate")))
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
