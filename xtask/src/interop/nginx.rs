//! nginx as a process, with the configuration that the example shows.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::certificate::Certificate;
use super::http;
use crate::failure::{Result, While};
use crate::process::Running;
use crate::{install, project};

const SITE: &str = include_str!("../../../examples/08_behind_nginx/nginx.conf");
const START: Duration = Duration::from_secs(10);

pub(crate) struct Nginx {
    running: Running,
    pub(crate) plain: String,
    pub(crate) secured: String,
}

impl Nginx {
    /// In front of the app at `backend`.
    pub(crate) fn start(backend: &str, certificate: &Certificate) -> Result<Self> {
        Self::start_below("", backend, certificate)
    }

    /// The same, with the app below a prefix such as `/a/b`, of which the app sees nothing.
    pub(crate) fn start_below(prefix: &str, backend: &str, certificate: &Certificate) -> Result<Self> {
        let folder = project::work_folder("interop/nginx")?;
        let [plain, secured] = free_addresses()?;
        let site = filled_in(&[
            ("listen 80;", format!("listen {plain};")),
            ("listen 443 ssl;", format!("listen {secured} ssl;")),
            ("/etc/app/chain.pem", certificate.chain.display().to_string()),
            ("/etc/app/key.pem", certificate.key.display().to_string()),
            ("location / {", format!("location {prefix}/ {{")),
            (
                "http://127.0.0.1:8000;",
                format!("http://{backend}{};", if prefix.is_empty() { "" } else { "/" }),
            ),
        ])?;
        let site_file = folder.join("site.conf");
        fs::write(&site_file, site).while_doing("writing the site of nginx")?;
        let main_file = folder.join("nginx.conf");
        let main = main_configuration(&site_file.display().to_string(), &folder.display().to_string());
        fs::write(&main_file, main).while_doing("writing the configuration of nginx")?;

        let mut command = Command::new(program()?);
        command.arg("-c").arg(&main_file).arg("-p").arg(&folder);
        command.arg("-e").arg(folder.join("error.log"));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut nginx = Self {
            running: Running::spawn(&mut command)?,
            plain,
            secured,
        };
        nginx.wait()?;
        Ok(nginx)
    }

    fn wait(&mut self) -> Result<()> {
        let deadline = Instant::now() + START;
        while http::connect(&self.plain, START).is_err() {
            let has_ended = self.running.wait_until(Instant::now())?.is_some();
            if has_ended || Instant::now() >= deadline {
                let log = project::work_folder("interop/nginx")?.join("error.log");
                return Err(format!("nginx does not listen; its log is {}", log.display()).into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Nginx {
    /// A master process that is killed leaves its workers behind.
    fn drop(&mut self) {
        let id = self.running.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        if asked.is_ok_and(|status| status.success()) {
            let _ = self.running.wait_until(Instant::now() + START);
        }
    }
}

/// nginx, which an account without `sbin` in its path finds as well.
fn program() -> Result<PathBuf> {
    let found = || {
        let in_sbin = PathBuf::from("/usr/sbin/nginx");
        install::find("nginx").or_else(|| in_sbin.is_file().then_some(in_sbin))
    };
    if found().is_none() {
        install::debian(&["nginx"], "it is the proxy in front of the tour")?;
    }
    found().ok_or_else(|| "nginx is installed, but there is no program nginx".into())
}

fn free_addresses() -> Result<[String; 2]> {
    // Both at once, so that they are not the same.
    let listeners = [listen()?, listen()?];
    let [plain, secured] = listeners.map(|listener| listener.local_addr());
    let address = |found: std::io::Result<std::net::SocketAddr>| {
        found
            .map(|address| address.to_string())
            .while_doing("asking for a port")
    };
    Ok([address(plain)?, address(secured)?])
}

fn listen() -> Result<TcpListener> {
    TcpListener::bind("127.0.0.1:0").while_doing("asking for a port")
}

/// The site of the example with what belongs to this machine put in.
fn filled_in(replacements: &[(&str, String)]) -> Result<String> {
    let mut site = SITE.to_owned();
    for (what, with) in replacements {
        if !site.contains(what) {
            return Err(format!("`{what}` does not stand in the nginx.conf of the example").into());
        }
        site = site.replace(what, with);
    }
    Ok(site)
}

/// What Debian has in /etc/nginx/nginx.conf, as far as it is needed, with all files in one folder.
fn main_configuration(site: &str, folder: &str) -> String {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("    {kind}_temp_path {folder}/{kind};\n"))
        .collect();
    format!(
        "daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n\
         http {{\n    access_log off;\n{temporary}    include {site};\n}}\n"
    )
}
