//! The peers that are no Rust crates: Bun from npm, FastAPI on uvicorn from PyPI.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::failure::{Result, While};
use crate::{install, process, project};

const LIMIT: Duration = Duration::from_secs(900);

/// The program `bun`, in the version that the lock file names.
pub(super) fn bun() -> Result<PathBuf> {
    install::need(&["node", "npm"], &["nodejs", "npm"], "Bun comes from npm")?;
    let folder = project::work_folder("bench/bun")?;
    let source = project::root().join("benches/bun");
    let wanted = fs::read_to_string(source.join("package-lock.json")).while_doing("reading the lock file")?;
    let is_there = || program(&folder).is_some();
    install::installed_once(&folder, &wanted, is_there, "Bun (npm)", || {
        for name in ["package.json", "package-lock.json", ".npmrc"] {
            fs::copy(source.join(name), folder.join(name)).while_doing(format!("copying {name}"))?;
        }
        process::capture_ok(
            Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(&folder),
            LIMIT,
        )
    })?;
    program(&folder).ok_or_else(|| "npm has no Bun for this machine".into())
}

/// The package has a program for each kind of machine; npm installs those that fit, the first will do.
fn program(folder: &std::path::Path) -> Option<PathBuf> {
    let packages = fs::read_dir(folder.join("node_modules/@oven")).ok()?;
    let mut programs: Vec<PathBuf> = packages
        .filter_map(|package| Some(package.ok()?.path().join("bin/bun")))
        .filter(|program| program.is_file())
        .collect();
    programs.sort();
    programs.into_iter().next()
}

/// The interpreter of a virtual environment that holds FastAPI and uvicorn.
pub(super) fn fastapi() -> Result<PathBuf> {
    install::python()?;
    let folder = project::work_folder("bench/python")?;
    let requirements = project::root().join("benches/uvicorn/requirements.txt");
    let wanted = fs::read_to_string(&requirements).while_doing("reading the requirements")?;
    let interpreter = folder.join("bin/python");
    let is_there = || interpreter.is_file();
    install::installed_once(&folder, &wanted, is_there, "FastAPI and uvicorn (PyPI)", || {
        process::capture_ok(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&folder),
            LIMIT,
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
                .arg(&requirements),
            LIMIT,
        )
    })?;
    Ok(interpreter)
}
