//! What the page is judged with from npm: the TypeScript compiler, and axe for accessibility.

use std::path::PathBuf;

use crate::failure::Result;
use crate::{install, project};

/// The folder whose `node_modules` holds them.
pub(crate) fn folder() -> Result<PathBuf> {
    let source = project::root().join("xtask/docs");
    let folder = project::work_folder("page/packages")?;
    let is_there = || {
        let modules = folder.join("node_modules");
        modules.join("typescript/bin/tsc").is_file() && modules.join("axe-core/axe.min.js").is_file()
    };
    install::node_packages(&folder, &source, is_there, "TypeScript and axe (npm)")?;
    Ok(folder)
}
