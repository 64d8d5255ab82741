//! The peers that are not Rust crates: Bun from npm, FastAPI on uvicorn from PyPI.

use std::fs;
use std::path::PathBuf;

use crate::failure::Result;
use crate::{install, project};

/// The program `bun`, in the version that the lock file names.
pub(super) fn bun() -> Result<PathBuf> {
    install::need(&["node", "npm"], &["nodejs", "npm"], "Bun comes from npm")?;
    let folder = project::work_folder("bench/bun")?;
    let source = project::root().join("benches/bun");
    install::node_packages(&folder, &source, || program(&folder).is_some(), "Bun (npm)")?;
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
    let folder = project::work_folder("bench/python")?;
    let requirements = project::root().join("benches/uvicorn/requirements.txt");
    install::python_packages(
        &folder,
        &requirements,
        "fastapi, uvicorn",
        "FastAPI and uvicorn (PyPI)",
    )
}
