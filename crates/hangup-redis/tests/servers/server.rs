//! `Server`: a Redis or a Valkey on a free port, with a folder of its own.

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio, id},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

/// Which program a test starts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Program {
    Redis,
    Valkey,
}

impl Program {
    fn command(self) -> Command {
        let (variable, otherwise) = match self {
            Self::Redis => ("HANGUP_REDIS_SERVER", "redis-server"),
            Self::Valkey => ("HANGUP_VALKEY_SERVER", "valkey-server"),
        };
        Command::new(env::var_os(variable).unwrap_or_else(|| otherwise.into()))
    }
}

/// It is ended when it is dropped, and its folder removed.
pub(crate) struct Server {
    program: Program,
    pub(crate) port: u16,
    folder: PathBuf,
    arguments: Vec<String>,
    child: Option<Child>,
}

impl Server {
    /// A server that keeps its data in an append-only file, with these further arguments.
    pub(crate) fn start(program: Program, arguments: &[&str]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("hangup-redis-{}-{number}", id()));
        fs::create_dir_all(&folder).unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut server = Self {
            program,
            port,
            folder,
            arguments: arguments.iter().map(|text| (*text).to_owned()).collect(),
            child: None,
        };
        server.run();
        server
    }

    /// Starts it with the data of its folder.
    pub(crate) fn run(&mut self) {
        let mut command = self.program.command();
        command
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--save", "", "--appendonly", "yes", "--appendfsync", "always"])
            .arg("--dir")
            .arg(&self.folder)
            .args(&self.arguments)
            .stdout(Stdio::null());
        let child = command.spawn();
        self.child = Some(child.unwrap_or_else(|error| panic!("{command:?}: {error}")));
        let deadline = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < deadline, "{:?} does not listen", self.program);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Removes what it has stored.
    pub(crate) fn forget(&self) {
        assert!(self.child.is_none(), "it runs");
        fs::remove_dir_all(&self.folder).unwrap();
        fs::create_dir_all(&self.folder).unwrap();
    }

    /// A copy of what it has stored, while it does not run.
    pub(crate) fn snapshot(&self) -> PathBuf {
        assert!(self.child.is_none(), "it runs");
        let copy = self.folder.with_extension("snapshot");
        copy_folder(&self.folder, &copy);
        copy
    }

    /// Puts a copy back, which is gone then.
    pub(crate) fn roll_back(&self, snapshot: &Path) {
        self.forget();
        copy_folder(snapshot, &self.folder);
        fs::remove_dir_all(snapshot).unwrap();
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let copy = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &copy);
        } else {
            fs::copy(entry.path(), copy).unwrap();
        }
    }
}
