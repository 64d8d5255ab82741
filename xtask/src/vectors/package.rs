//! The generated package: its manifest, its modules, and which line belongs to which endpoint.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::plan::Plan;
use crate::failure::{Result, While};
use crate::project;

/// So many endpoints share a file, which keeps one change from compiling all of them again.
const ENDPOINTS_A_FILE: usize = 40;

pub(crate) struct Package {
    folder: PathBuf,
    /// File, first line, and what begins there; in the order of the lines.
    begins: Vec<(String, usize, Item)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Item {
    Endpoint(usize),
    Choice(String),
}

impl Package {
    pub(crate) fn write(plan: &Plan) -> Result<Self> {
        let mut package = Self {
            folder: project::work_folder("vectors")?,
            begins: Vec::new(),
        };
        fs::create_dir_all(package.folder.join("src")).while_doing("making the folder of the sources")?;
        package.save("Cargo.toml", &manifest())?;
        let lock =
            fs::read_to_string(project::root().join("Cargo.lock")).while_doing("reading Cargo.lock")?;
        package.save("Cargo.lock", &lock)?;

        let mut choices = "//! The enums.\n\nuse hangup::params::Param;\n".to_owned();
        for (name, source) in plan.choices.sources() {
            if plan.users_of(&name).is_empty() {
                continue;
            }
            package.begin("src/choices.rs", &choices, Item::Choice(name));
            choices.push_str(&source);
        }
        package.save("src/choices.rs", &choices)?;

        let sources: Vec<(usize, &str)> = plan.sources().collect();
        let mut main = "//! Endpoints of the vectors.\n\n#![allow(warnings)]\n\nmod choices;\n".to_owned();
        let mut table = String::new();
        for (number, part) in sources.chunks(ENDPOINTS_A_FILE).enumerate() {
            let file = format!("src/part_{number}.rs");
            let mut text = "//! Endpoints of the vectors.\n\n".to_owned();
            for (place, source) in part {
                package.begin(&file, &text, Item::Endpoint(*place));
                let _ = writeln!(
                    text,
                    "pub mod e{place} {{\nuse hangup::{{Handshake, Params, websocket}};\nuse vectors::Unread;\n\
                     use crate::choices::*;\n{source}}}"
                );
                let _ = writeln!(
                    table,
                    "    || hangup::App::new().endpoint(part_{number}::e{place}::endpoint),"
                );
            }
            package.save(&file, &text)?;
            let _ = writeln!(main, "mod part_{number};");
        }
        let _ = write!(
            main,
            "\nconst ENDPOINTS: &[vectors::Endpoint] = &[\n{table}];\n\n\
             fn main() -> std::process::ExitCode {{\n    vectors::run(ENDPOINTS)\n}}\n"
        );
        package.save("src/main.rs", &main)?;
        Ok(package)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What a line of a file is part of.
    pub(crate) fn item_at(&self, file: &str, line: usize) -> Option<&Item> {
        let mut before = self
            .begins
            .iter()
            .filter(|(own, first, _)| own == file && *first <= line);
        before.next_back().map(|(_, _, item)| item)
    }

    fn begin(&mut self, file: &str, so_far: &str, item: Item) {
        self.begins
            .push((file.to_owned(), so_far.lines().count() + 1, item));
    }

    /// Writes a file, unless it holds that already: cargo looks at the time.
    fn save(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return Ok(());
        }
        fs::write(&path, text).while_doing(format!("writing {}", path.display()))
    }
}

/// Floats are read exactly, so that they can be compared exactly.
fn manifest() -> String {
    let root = project::root();
    let path = |name: &str| format!("{:?}", root.join(name).display().to_string());
    format!(
        "[package]\nname = \"vector-endpoints\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [workspace]\n\n[dependencies]\n\
         hangup = {{ path = {}, features = [\"chrono\", \"decimal\", \"email\", \"jiff\", \"regex\", \"rust_decimal\", \
         \"speedate\", \"time\", \"url\", \"uuid\"] }}\n\
         serde_json = {{ version = \"1\", features = [\"float_roundtrip\"] }}\n\
         vectors = {{ path = {} }}\n\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n\n\
         [profile.dev.package.vector-endpoints]\ndebug = false\n",
        path("crates/hangup"),
        path("xtask/vectors"),
    )
}
