//! The files that the rules look at, and what a rule says about a line of one.

use std::fmt;

use super::source::Source;
use crate::failure::Result;
use crate::project;

/// All text files of the project.
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
}

pub(crate) struct File {
    /// Relative to the project's root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// For Rust files: what is code, what is comment, what is test.
    pub(crate) rust: Option<Source>,
}

impl Tree {
    pub(crate) fn of_project() -> Result<Self> {
        let mut files = Vec::new();
        for path in project::files()? {
            // What is not UTF-8 is no text: nothing for these rules.
            if let Ok(text) = std::fs::read_to_string(project::root().join(&path)) {
                files.push(File::new(path, text));
            }
        }
        Ok(Self { files })
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self {
            files: files
                .iter()
                .map(|(path, text)| File::new((*path).into(), (*text).into()))
                .collect(),
        }
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    pub(crate) fn rust(&self) -> impl Iterator<Item = (&File, &Source)> {
        self.files
            .iter()
            .filter_map(|file| Some((file, file.rust.as_ref()?)))
    }
}

impl File {
    fn new(path: String, text: String) -> Self {
        let rust = path.ends_with(".rs").then(|| Source::read(&text));
        Self { path, text, rust }
    }

    /// Tests, benchmarks and fuzz targets: a panic there is a report, not an accident.
    pub(crate) fn is_test(&self) -> bool {
        let folders = ["tests/", "benches/", "fuzz/"];
        folders
            .iter()
            .any(|folder| self.path.starts_with(folder) || self.path.contains(&format!("/{folder}")))
            || self.path.ends_with("/tests.rs")
    }

    /// The fuzz targets, the benchmarks, some examples and a client are workspaces of their own: their crates cannot
    /// inherit.
    pub(crate) fn is_outside_the_workspace(&self) -> bool {
        let folders = [
            "fuzz/",
            "benches/",
            "examples/00_installing/",
            "examples/services/",
            "xtask/interop/",
        ];
        folders.iter().any(|folder| self.path.starts_with(folder))
    }

    /// Numbered from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line))
    }

    pub(crate) fn finding(&self, line: usize, message: impl Into<String>) -> Finding {
        Finding {
            path: self.path.clone(),
            line,
            message: message.into(),
        }
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Finding {
    /// About a file that should be there.
    pub(crate) fn missing(path: &str, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            line: 1,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}
