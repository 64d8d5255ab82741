//! The libraries with the oldest Rust that Cargo.toml names.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::failure::{Result, While};
use crate::{process, project};

const LIBRARIES: [&str; 10] = [
    "-p",
    "hangup",
    "-p",
    "hangup-protocol",
    "-p",
    "hangup-macros",
    "-p",
    "hangup-redis",
    "-p",
    "hangup-validation",
];

/// Builds with that toolchain where rustup has it; elsewhere clippy looks for newer parts of `std`.
pub(crate) fn check() -> Result<()> {
    let manifest =
        fs::read_to_string(project::root().join("Cargo.toml")).while_doing("reading Cargo.toml")?;
    let version = named(&manifest).ok_or("Cargo.toml names no rust-version")?;
    let installed = process::capture_ok(
        Command::new("rustup").args(["toolchain", "list"]),
        Duration::from_secs(60),
    )
    .unwrap_or_default();
    if has(&installed, version) {
        println!("building with Rust {version}");
        return process::run(
            Command::new("rustup")
                .args(["run", version, "cargo", "check", "--quiet", "--all-features"])
                .args(LIBRARIES)
                .arg("--target-dir")
                .arg(project::work_folder("msrv")?)
                // Set by the cargo that runs this program: they name its own toolchain.
                .env_remove("CARGO")
                .env_remove("RUSTUP_TOOLCHAIN")
                .current_dir(project::root()),
        );
    }
    println!(
        "Rust {version} is not installed (`rustup toolchain install {version}`): \
         clippy's incompatible_msrv instead, which sees newer parts of std but no newer syntax and no dependencies"
    );
    process::run(
        project::cargo()
            .args(["clippy", "--quiet", "--all-features"])
            .args(LIBRARIES)
            .args(["--", "-D", "clippy::incompatible_msrv"]),
    )
}

/// The version in `rust-version = "1.90"`.
fn named(manifest: &str) -> Option<&str> {
    manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'))
}

/// Whether rustup lists the version, or a patch release of it.
fn has(installed: &str, version: &str) -> bool {
    installed.lines().any(|line| {
        line.strip_prefix(version)
            .is_some_and(|rest| rest.starts_with(['-', '.']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_the_manifest() {
        let manifest = "[workspace.package]\nedition = \"2024\"\nrust-version = \"1.90\"\n";
        assert_eq!(named(manifest), Some("1.90"));
        assert_eq!(named("rust-version.workspace = true\n"), None);
    }

    #[test]
    fn a_toolchain_is_found_by_its_version() {
        let installed = "stable-x86_64-unknown-linux-gnu (active)\n1.95.0-x86_64-unknown-linux-gnu\n";
        assert!(has(installed, "1.95"));
        assert!(has(installed, "1.95.0"));
        assert!(!has(installed, "1.9"));
        assert!(!has(installed, "1.90"));
    }
}
