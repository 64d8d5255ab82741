//! Lock files and package settings: they name packages and versions, never the host of a registry.

use super::tree::{Finding, Tree};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        for (number, line) in file.lines() {
            let message = match name {
                "Cargo.lock" if line.starts_with("source = ") && !line.contains(CRATES_IO) => {
                    "only packages of crates.io: take this source out"
                }
                "package-lock.json" if line.contains("\"resolved\"") && line.contains("://") => {
                    "make the lock file anew with `omit-lockfile-registry-resolved=true` in .npmrc"
                }
                ".npmrc" if names_registry(line) => "no registry here: a machine's own settings name it",
                "requirements.txt" if line.contains("://") || line.contains("--index-url") => {
                    "write `name==version` alone: a machine's own settings name the registry"
                }
                "config.toml" if file.path.contains(".cargo/") && names_registry(line) => {
                    "no registry here: a machine's own settings name it"
                }
                _ => continue,
            };
            findings.push(file.finding(number, message));
        }
    }
    findings
}

fn names_registry(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("registry")
        || line.contains(":registry=")
        || line.starts_with("[source")
        || line.starts_with("[registries")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_versions_pass() {
        let tree = Tree::of(&[
            (
                "Cargo.lock",
                &format!("name = \"bytes\"\nsource = \"{CRATES_IO}\"\n"),
            ),
            (
                "x/package-lock.json",
                "{ \"version\": \"1\",\n \"integrity\": \"sha512-x\" }",
            ),
            ("x/.npmrc", "omit-lockfile-registry-resolved=true\n"),
            ("x/requirements.txt", "websockets==1.0\n"),
            (".cargo/config.toml", "[alias]\nxtask = \"run\"\n"),
        ]);
        assert_eq!(check(&tree), []);
    }

    #[test]
    fn hosts_are_found() {
        let tree = Tree::of(&[
            (
                "Cargo.lock",
                "source = \"registry+https://mirror.example/index\"\n",
            ),
            (
                "package-lock.json",
                "{\n \"resolved\": \"https://mirror.example/ws.tgz\"\n}",
            ),
            (".npmrc", "registry=https://mirror.example\n"),
            ("requirements.txt", "--index-url https://mirror.example\n"),
            (".cargo/config.toml", "[source.crates-io]\n"),
        ]);
        assert_eq!(check(&tree).len(), 5);
    }
}
