//! Paths of the project: its root, its `target` folder, the files that git knows.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Result, While};

pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Cargo's `target`.
pub(crate) fn target_folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    root().join(target)
}

/// A folder of ours under `target/xtask`, made if it is not there.
pub(crate) fn work_folder(name: &str) -> Result<PathBuf> {
    let folder = target_folder().join("xtask").join(name);
    std::fs::create_dir_all(&folder).while_doing(format!("making {}", folder.display()))?;
    Ok(folder)
}

/// `cargo`, run at the project's root: the one that runs this program.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// The files that git tracks, and the new ones that it does not ignore, relative to the root.
pub(crate) fn files() -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .while_doing("running git ls-files")?;
    if !output.status.success() {
        return Err(format!("git ls-files: {}", String::from_utf8_lossy(&output.stderr).trim()).into());
    }
    let mut files: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .split('\0')
        .filter(|name| !name.is_empty() && root().join(name).is_file())
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}
