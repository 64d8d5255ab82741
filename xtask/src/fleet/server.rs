//! `Server`: a Redis with a folder of its own, ended when it is dropped.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Result, While};
use crate::process::Running;
use crate::project;

pub(super) struct Server {
    program: PathBuf,
    folder: PathBuf,
    pub(super) port: u16,
    running: Option<Running>,
}

impl Server {
    pub(super) fn start(program: &Path) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "server-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = project::work_folder("fleet")?.join(name);
        fs::create_dir_all(&folder).while_doing(format!("making {}", folder.display()))?;
        let free = TcpListener::bind("127.0.0.1:0").while_doing("looking for a free port")?;
        let port = free.local_addr().while_doing("looking for a free port")?.port();
        drop(free);
        let mut server = Self {
            program: program.to_owned(),
            folder,
            port,
            running: None,
        };
        server.run()?;
        Ok(server)
    }

    /// Starts it with the data that its folder holds.
    pub(super) fn run(&mut self) -> Result<()> {
        let mut command = Command::new(&self.program);
        command
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--save", "", "--appendonly", "yes", "--appendfsync", "always"])
            .arg("--dir")
            .arg(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        self.running = Some(Running::spawn(&mut command)?);
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if Instant::now() >= deadline {
                return Err("the server does not listen".into());
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// As a crash does.
    pub(super) fn kill(&mut self) {
        self.running = None;
    }

    /// Removes its data, while it does not run.
    pub(super) fn forget(&self) -> Result<()> {
        fs::remove_dir_all(&self.folder).while_doing("removing the data of the server")?;
        fs::create_dir_all(&self.folder).while_doing("making the folder of the server")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running = None;
        let _ = fs::remove_dir_all(&self.folder);
    }
}
