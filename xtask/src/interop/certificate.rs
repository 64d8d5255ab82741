//! A certificate for 127.0.0.1, made by `openssl` for one run.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::failure::Result;
use crate::{install, process, project};

const LIMIT: Duration = Duration::from_secs(30);

pub(crate) struct Certificate {
    pub(crate) chain: PathBuf,
    pub(crate) key: PathBuf,
}

pub(crate) fn make() -> Result<Certificate> {
    install::need(
        &["openssl"],
        &["openssl"],
        "the checks over TLS need a certificate",
    )?;
    let folder = project::work_folder("interop")?;
    let certificate = Certificate {
        chain: folder.join("chain.pem"),
        key: folder.join("key.pem"),
    };
    process::capture_ok(
        Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
            ])
            .args(["-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"])
            .args(["-addext", "subjectAltName=IP:127.0.0.1"])
            .arg("-keyout")
            .arg(&certificate.key)
            .arg("-out")
            .arg(&certificate.chain),
        LIMIT,
    )?;
    Ok(certificate)
}
