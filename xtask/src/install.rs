//! Tools that the checks need besides Rust. Missing ones are installed, under `target/xtask` or from Debian's packages.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::failure::{Result, While};
use crate::process;
use crate::project;

const QUICK: Duration = Duration::from_secs(60);
const INSTALL: Duration = Duration::from_secs(900);

/// The folder whose `node_modules` holds wscat, faye-websocket and ws, in the versions that the lock file names.
pub(crate) fn npm_clients() -> Result<PathBuf> {
    need(&["node", "npm"], &["nodejs", "npm"], "wscat runs on Node.js")?;
    let folder = project::work_folder("interop/node")?;
    let source = project::root().join("xtask/interop");
    let is_there = || folder.join("node_modules/wscat/bin/wscat").is_file();
    node_packages(&folder, &source, is_there, "wscat and faye-websocket (npm)")?;
    Ok(folder)
}

/// The folder whose `node_modules` holds AsyncAPI's parser.
pub(crate) fn asyncapi_parser() -> Result<PathBuf> {
    need(&["node", "npm"], &["nodejs", "npm"], "the parser runs on Node.js")?;
    let folder = project::work_folder("interop/asyncapi")?;
    let source = project::root().join("xtask/interop/asyncapi");
    let is_there = || folder.join("node_modules/@asyncapi/parser").is_dir();
    node_packages(&folder, &source, is_there, "@asyncapi/parser (npm)")?;
    Ok(folder)
}

/// The program of another version of Node.js, such as `node-22`.
pub(crate) fn node(version: &str) -> Result<PathBuf> {
    need(&["npm"], &["nodejs", "npm"], "versions of Node.js come from npm")?;
    let folder = project::work_folder("interop/node_binaries")?;
    let source = project::root().join("xtask/interop/node_binaries");
    let program = folder.join("node_modules").join(version).join("bin/node");
    node_packages(&folder, &source, || program.is_file(), "Node.js (npm)")?;
    Ok(program)
}

/// Installs what the lock file in `source` names into the `node_modules` of `folder`.
pub(crate) fn node_packages(
    folder: &Path,
    source: &Path,
    is_there: impl Fn() -> bool,
    what: &str,
) -> Result<()> {
    let wanted = read(&source.join("package-lock.json"))?;
    installed_once(folder, &wanted, is_there, what, || {
        for name in ["package.json", "package-lock.json", ".npmrc"] {
            fs::copy(source.join(name), folder.join(name)).while_doing(format!("copying {name}"))?;
        }
        process::capture_ok(
            Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(folder),
            INSTALL,
        )
    })
}

/// The interpreter of a virtual environment that holds the clients from PyPI.
pub(crate) fn python_clients() -> Result<PathBuf> {
    let folder = project::work_folder("interop/python")?;
    let requirements = project::root().join("xtask/interop/requirements.txt");
    python_packages(&folder, &requirements, "websockets, aiohttp", "clients (PyPI)")
}

/// The interpreter of a virtual environment in `folder` that holds what `requirements` names, `module` for one.
pub(crate) fn python_packages(
    folder: &Path,
    requirements: &Path,
    module: &str,
    what: &str,
) -> Result<PathBuf> {
    python()?;
    let interpreter = folder.join("bin/python");
    let import = format!("import {module}");
    let is_there = || works(&interpreter, &["-c", &import]);
    installed_once(folder, &read(requirements)?, is_there, what, || {
        process::capture_ok(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(folder),
            INSTALL,
        )?;
        process::capture_ok(
            Command::new(&interpreter)
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "-r",
                ])
                .arg(requirements),
            INSTALL,
        )
    })?;
    Ok(interpreter)
}

/// Python 3 that can make virtual environments.
pub(crate) fn python() -> Result<()> {
    need(
        &["python3"],
        &["python3", "python3-venv"],
        "clients and peers come from PyPI",
    )?;
    if works("python3", &["-c", "import ensurepip, venv"]) {
        return Ok(());
    }
    debian(
        &["python3-venv"],
        "Python cannot make virtual environments without it",
    )
}

/// Debian's Chromium, or another installed one.
pub(crate) fn chromium() -> Result<PathBuf> {
    const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
    let found = || NAMES.iter().find_map(|name| find(name));
    if let Some(path) = found() {
        return Ok(path);
    }
    debian(&["chromium"], "a browser is one of the clients")?;
    found().ok_or_else(|| "the package chromium is installed, but there is no program chromium".into())
}

/// Installs the packages unless all the programs are there.
pub(crate) fn need(programs: &[&str], packages: &[&str], why: &str) -> Result<()> {
    if programs.iter().all(|program| find(program).is_some()) {
        return Ok(());
    }
    debian(packages, why)?;
    match programs.iter().find(|program| find(program).is_none()) {
        None => Ok(()),
        Some(missing) => Err(format!(
            "`{missing}` is not there even after installing {}",
            packages.join(", ")
        )
        .into()),
    }
}

/// Installs the packages unless Debian has them installed.
pub(crate) fn packages(packages: &[&str], why: &str) -> Result<()> {
    let is_there = |package: &&str| debian_version(package).is_some();
    if packages.iter().all(is_there) {
        return Ok(());
    }
    debian(packages, why)
}

/// The version of a package that is installed.
pub(crate) fn debian_version(package: &str) -> Option<String> {
    let format = "--showformat=${db:Status-Abbrev} ${Version}";
    let shown = process::capture_ok(
        Command::new("dpkg-query").args(["--show", format, package]),
        QUICK,
    );
    shown
        .ok()?
        .strip_prefix("ii ")?
        .split_whitespace()
        .next()
        .map(str::to_owned)
}

pub(crate) fn debian(packages: &[&str], why: &str) -> Result<()> {
    let names = packages.join(" ");
    let by_hand = format!("install {names} by hand and run this again");
    if find("apt-get").is_none() {
        return Err(format!("{names} is missing ({why}) and this is no Debian machine: {by_hand}").into());
    }
    println!("installing {names} (Debian): {why}");
    let apt = || {
        let is_root =
            process::capture_ok(Command::new("id").arg("-u"), QUICK).is_ok_and(|id| id.trim() == "0");
        let mut command = Command::new(if is_root { "env" } else { "sudo" });
        if !is_root {
            command.args(["-n", "env"]);
        }
        command.args([
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-q",
            "-o",
            "DPkg::Lock::Timeout=300",
        ]);
        command
    };
    process::capture_ok(apt().arg("update"), INSTALL).while_doing(&by_hand)?;
    process::capture_ok(
        apt()
            .args(["install", "-y", "--no-install-recommends"])
            .args(packages),
        INSTALL,
    )
    .while_doing(&by_hand)?;
    Ok(())
}

/// Runs `install` unless the folder's stamp says that exactly this was installed before, and it still is there.
pub(crate) fn installed_once(
    folder: &Path,
    wanted: &str,
    is_there: impl Fn() -> bool,
    what: &str,
    install: impl FnOnce() -> Result<String>,
) -> Result<()> {
    let stamp = folder.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && is_there() {
        return Ok(());
    }
    println!(
        "installing {what} into {}",
        folder.strip_prefix(project::root()).unwrap_or(folder).display()
    );
    install()?;
    fs::write(&stamp, wanted).while_doing(format!("writing {}", stamp.display()))
}

fn works(program: impl AsRef<OsStr>, arguments: &[&str]) -> bool {
    process::capture(Command::new(program).args(arguments), "", QUICK).is_ok_and(|run| run.status.success())
}

pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).while_doing(format!("reading {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_is_not_installed_again() {
        let folder = std::env::temp_dir().join(format!("xtask-install-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut installs = 0;
        for (wanted, is_there) in [("one", true), ("one", true), ("two", true), ("two", false)] {
            installed_once(
                &folder,
                wanted,
                || is_there,
                "a thing",
                || {
                    installs += 1;
                    Ok(String::new())
                },
            )
            .unwrap();
        }
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(installs, 3);
    }

    #[test]
    fn programs_are_found_by_name() {
        assert!(find("sh").is_some());
        assert!(find("no-such-program-anywhere").is_none());
    }
}
