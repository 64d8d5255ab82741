//! Clients that are compiled here, with the tools and libraries of Debian, or by cargo in a workspace of their own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::program::Program;
use crate::failure::{Failure, Result};
use crate::{install, process, project};

const BUILD: Duration = Duration::from_secs(600);
const JARS: &str = "/usr/share/java";

/// How many processes of libwebsockets there are at a time, each with one case: what hangs in it hangs all of it.
const AT_A_TIME: usize = 4;

fn source() -> PathBuf {
    project::root().join("xtask/interop")
}

pub(super) fn tungstenite() -> Result<Program> {
    let target = project::work_folder("interop/tungstenite")?;
    process::capture_ok(
        project::cargo()
            .args(["build", "--quiet", "--locked", "--manifest-path"])
            .arg(source().join("tungstenite/Cargo.toml"))
            .arg("--target-dir")
            .arg(&target),
        BUILD,
    )?;
    let program = target.join("debug/tungstenite-client");
    Ok(Program::new("tungstenite", [program]))
}

pub(super) fn libwebsockets() -> Result<Program> {
    install::need(
        &["gcc", "pkg-config"],
        &["gcc", "libc6-dev", "pkg-config"],
        "a client is written in C",
    )?;
    install::packages(
        &["libwebsockets-dev", "libjansson-dev"],
        "libwebsockets is one of the clients",
    )?;
    let flags = process::capture_ok(
        Command::new("pkg-config").args(["--cflags", "--libs", "libwebsockets", "jansson"]),
        BUILD,
    )?;
    let program = project::work_folder("interop")?.join("libwebsockets_client");
    process::capture_ok(
        Command::new("gcc")
            .args(["-O1", "-Wall", "-Wextra", "-o"])
            .arg(&program)
            .arg(source().join("libwebsockets_client.c"))
            .args(flags.split_whitespace()),
        BUILD,
    )?;
    Ok(Program::new("libwebsockets", [program]).alone(AT_A_TIME))
}

pub(super) fn gorilla() -> Result<Program> {
    install::packages(
        &["golang-go", "golang-github-gorilla-websocket-dev"],
        "gorilla/websocket is one of the clients",
    )?;
    let program = project::work_folder("interop")?.join("gorilla_client");
    process::capture_ok(
        Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg(source().join("gorilla_client.go"))
            // Debian's libraries lie where Go looked for them before it had modules.
            .env("GO111MODULE", "off")
            .env("GOPATH", "/usr/share/gocode")
            .env("GOCACHE", project::work_folder("interop/go")?)
            .current_dir(source()),
        BUILD,
    )?;
    Ok(Program::new("gorilla", [program]))
}

pub(super) fn jdk() -> Result<Program> {
    install::packages(&["libgoogle-gson-java"], "the Java clients read JSON")?;
    java("jdk", "JdkClient", &["gson.jar"])
}

pub(super) fn okhttp() -> Result<Program> {
    install::packages(
        &["libgoogle-gson-java", "libokhttp-java", "libokio-java"],
        "OkHttp is one of the clients",
    )?;
    java("okhttp", "OkHttp", &["gson.jar", "okhttp.jar", "okio.jar"])
}

fn java(name: &'static str, class: &str, jars: &[&str]) -> Result<Program> {
    install::need(
        &["java", "javac"],
        &["default-jdk-headless"],
        "two clients are written in Java",
    )?;
    let folder = project::work_folder("interop/java")?;
    let mut path: Vec<PathBuf> = jars.iter().map(|jar| Path::new(JARS).join(jar)).collect();
    path.push(folder.clone());
    let path = std::env::join_paths(path).map_err(|error| Failure::from(error.to_string()))?;
    let java = source().join("java");
    process::capture_ok(
        Command::new("javac")
            .arg("-classpath")
            .arg(&path)
            .arg("-d")
            .arg(&folder)
            .arg(java.join("Orders.java"))
            .arg(java.join(format!("{class}.java"))),
        BUILD,
    )?;
    Ok(Program::new(
        name,
        ["java".into(), "-classpath".into(), path, class.into()],
    ))
}
