//! The suite itself. It needs Python 2.7, which Debian had until bullseye, so both are in a folder of their own.
//!
//! Debian's packages are unpacked there, not installed. The rest is from PyPI, in the versions that the suite pins.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result, While};
use crate::process::{Running, capture_ok, last_lines};
use crate::{install, project};

const STEP: Duration = Duration::from_secs(900);

/// Python 2.7 and what it is linked with.
const DEBIAN: [&str; 8] = [
    "python2.7",
    "python2.7-minimal",
    "python2.7-dev",
    "libpython2.7-minimal",
    "libpython2.7-stdlib",
    "libpython2.7-dev",
    "libssl1.1",
    "libffi7",
];
const RELEASE: &str = "bullseye";

/// The last pip that runs under Python 2.7.
const PIP: &str = "pip==20.3.4";

pub(crate) struct Suite {
    folder: PathBuf,
}

impl Suite {
    /// Set up under `target/xtask/autobahn`, now or before.
    pub(crate) fn ready() -> Result<Self> {
        let suite = Self {
            folder: project::work_folder("autobahn/suite")?,
        };
        let wanted = [
            &read("wheels.txt")?,
            &read("sources.txt")?,
            PIP,
            RELEASE,
            &DEBIAN.join(" "),
        ]
        .map(str::to_owned)
        .join("\n");
        let is_there = || suite.folder.join("site/autobahntestsuite").is_dir();
        let what = "Autobahn's test suite (Debian, PyPI)";
        install::installed_once(&suite.folder, &wanted, is_there, what, || suite.install())?;
        Ok(suite)
    }

    /// Runs the cases, and writes the report into the folder. Returns the names of all selected cases.
    pub(crate) fn run(&self, url: &str, cases: &str, report: &Path, limit: Duration) -> Result<Vec<String>> {
        let order = serde_json::json!({
            "outdir": report,
            "servers": [{ "agent": "tour", "url": url }],
            "cases": cases.split([',', ' ']).filter(|case| !case.is_empty()).collect::<Vec<_>>(),
            "exclude-cases": [],
            "exclude-agent-cases": {},
        });
        let specification = report.join("cases.json");
        fs::write(&specification, order.to_string()).while_doing("writing the specification")?;
        let log_path = report.join("wstest.log");
        let log = fs::File::create(&log_path).while_doing("making wstest.log")?;
        let log_again = log.try_clone().while_doing("making wstest.log")?;
        let mut command = self.python();
        command
            .env("PYTHONUNBUFFERED", "1")
            .arg(project::root().join("xtask/autobahn/wstest.py"));
        command
            .args(["--mode", "fuzzingclient", "--spec"])
            .arg(&specification);
        command
            .current_dir(report)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(log_again);
        let ended = Running::spawn(&mut command)?.wait_until(Instant::now() + limit)?;
        let said = fs::read_to_string(&log_path).unwrap_or_default();
        match ended {
            None => Err(format!("wstest was still running after {} s", limit.as_secs()).into()),
            Some(status) if !status.success() => {
                Err(format!("wstest failed:\n{}", last_lines(&said, 15)).into())
            }
            Some(_) => chosen(&said)
                .ok_or_else(|| format!("wstest chose no cases:\n{}", last_lines(&said, 15)).into()),
        }
    }

    fn install(&self) -> Result<String> {
        install::need(
            &["apt-get", "dpkg-deb"],
            &[],
            "the Autobahn suite needs a Debian machine",
        )?;
        install::need(
            &["gcc"],
            &["gcc", "libc6-dev"],
            "one part of the Autobahn suite is C",
        )?;
        install::python()?;
        for old in ["python", "packages", "site"] {
            let _ = fs::remove_dir_all(self.folder.join(old));
        }
        self.unpack_python()?;
        self.install_packages()?;
        capture_ok(
            self.python()
                .arg(project::root().join("xtask/autobahn/wstest.py"))
                .arg("--help"),
            STEP,
        )
    }

    /// Downloads from the mirror of this machine, with a separate state of apt.
    fn unpack_python(&self) -> Result<()> {
        let apt = self.folder.join("apt");
        for part in ["lists/partial", "cache/archives/partial", "packages"] {
            fs::create_dir_all(apt.join(part)).while_doing("making apt's folders")?;
        }
        let source = format!(
            "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {} {RELEASE} main\n",
            mirror()?
        );
        let configuration = format!(
            "Dir::Etc::sourcelist \"{0}/sources.list\";\nDir::Etc::sourceparts \"-\";\nDir::State::lists \"{0}/lists\";\n\
             Dir::State::status \"{0}/status\";\nDir::Cache \"{0}/cache\";\nAPT::Sandbox::User \"\";\n",
            apt.display()
        );
        for (name, text) in [
            ("sources.list", source.as_str()),
            ("apt.conf", &configuration),
            ("status", ""),
        ] {
            fs::write(apt.join(name), text).while_doing(format!("writing {name}"))?;
        }
        let apt_get = || {
            let mut command = Command::new("apt-get");
            command
                .env("APT_CONFIG", apt.join("apt.conf"))
                .current_dir(apt.join("packages"))
                .arg("-q");
            command
        };
        capture_ok(apt_get().arg("update"), STEP)?;
        capture_ok(apt_get().arg("download").args(DEBIAN), STEP)?;
        let python = self.folder.join("python");
        for package in files_ending(&apt.join("packages"), ".deb")? {
            capture_ok(Command::new("dpkg-deb").arg("-x").arg(package).arg(&python), STEP)?;
        }
        Ok(())
    }

    fn install_packages(&self) -> Result<()> {
        let packages = self.folder.join("packages");
        fs::create_dir_all(&packages).while_doing("making a folder")?;
        let download = ["-m", "pip", "download", "--quiet", "--no-deps", "--dest"];
        capture_ok(
            Command::new("python3").args(download).arg(&packages).arg(PIP),
            STEP,
        )?;
        let wheel = files_ending(&packages, ".whl")?
            .pop()
            .ok_or_else(|| Failure::from("pip was not downloaded"))?;
        let include = self.folder.join("python/usr/include");
        let install = |options: &[&str], list: &str| {
            let mut command = self.python();
            command.arg(wheel.join("pip")).args([
                "install",
                "--quiet",
                "--no-compile",
                "--no-deps",
                "--upgrade",
            ]);
            command.arg("--target").arg(self.site()).args(options);
            command
                .arg("--requirement")
                .arg(project::root().join("xtask/autobahn").join(list));
            command
                .env("CPATH", format!("{0}/python2.7:{0}", include.display()))
                .env("PYTHONWARNINGS", "ignore");
            capture_ok(&mut command, STEP)
        };
        install(&["--only-binary=:all:"], "wheels.txt")?;
        install(&["--no-build-isolation"], "sources.txt")?;
        // A package in parts, whose first part does not say so outside of a real site folder.
        fs::write(self.site().join("zope/__init__.py"), "").while_doing("completing zope")
    }

    fn site(&self) -> PathBuf {
        self.folder.join("site")
    }

    fn python(&self) -> Command {
        let mut command = Command::new(self.folder.join("python/usr/bin/python2.7"));
        let libraries = format!("python/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
        command.env("LD_LIBRARY_PATH", self.folder.join(libraries));
        command
            .env("PYTHONPATH", self.site())
            .env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }
}

/// Where this machine has Debian's packages from.
fn mirror() -> Result<String> {
    let targets = capture_ok(
        Command::new("apt-get").args(["indextargets", "--format", "$(REPO_URI)"]),
        STEP,
    )?;
    let first = targets
        .lines()
        .find(|line| !line.is_empty() && !line.contains("security"));
    first
        .map(str::to_owned)
        .ok_or_else(|| "apt knows no mirror: run `apt-get update` first".into())
}

/// The line in which wstest lists the cases: `Cases = ['1.1.1', ..]`.
fn chosen(said: &str) -> Option<Vec<String>> {
    let list = said.lines().find_map(|line| line.strip_prefix("Cases = "))?;
    let names: Vec<String> = list.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
    (!names.is_empty()).then_some(names)
}

fn files_ending(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).while_doing(folder.display())?;
    Ok(entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect())
}

fn read(list: &str) -> Result<String> {
    let path = project::root().join("xtask/autobahn").join(list);
    fs::read_to_string(&path).while_doing(format!("reading {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_cases_are_read_from_the_log() {
        let said = "Autobahn\nCases = ['1.1.1', '1.1.2']\nRan\n";
        assert_eq!(chosen(said), Some(vec!["1.1.1".into(), "1.1.2".into()]));
        assert_eq!(chosen("Cases = []\n"), None);
    }
}
