//! `client.ts`: compiled by `tsc --strict`, misused where that must not compile, run in Node.js and Chromium.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::control::Control;
use super::packages;
use super::tab::Tab;
use crate::failure::{Failure, Result, While};
use crate::interop::http;
use crate::interop::tour::Tour;
use crate::process::{Lines, Running};
use crate::{install, process, project};

const COMPILE: Duration = Duration::from_secs(120);
const RUN: Duration = Duration::from_secs(240);

/// The sources beside `client.ts`: right uses, mistakes, and the cases that run.
const SOURCES: [&str; 3] = ["uses.ts", "mistakes.ts", "run.ts"];
const NODE: &str = "node-22";

pub(crate) fn checks(program: &Path, tour: &Tour) -> Result<()> {
    let folder = compiled(tour)?;
    let board = Board::start()?;
    let control = Control::start(program)?;
    let addresses = json!({
        "tour": format!("http://{}", tour.address),
        "restarted": format!("http://{}", control.tour),
        "board": board.address,
        "control": format!("http://{}", control.address),
    });
    outcome(NODE, &in_node(&folder, &addresses)?)?;
    outcome("chromium", &in_chromium(&folder, &addresses, tour)?)
}

/// The folder with the client of this tour and the cases, as JavaScript.
fn compiled(tour: &Tour) -> Result<PathBuf> {
    let source = project::root().join("xtask/docs");
    let compiler = packages::folder()?;

    let folder = project::work_folder("page/client")?;
    let client = http::get(&tour.address, "/docs/client.ts")?.body;
    fs::write(folder.join("client.ts"), client).while_doing("writing client.ts")?;
    fs::write(folder.join("package.json"), "{ \"type\": \"module\" }\n")
        .while_doing("writing package.json")?;
    for name in SOURCES {
        fs::copy(source.join(name), folder.join(name)).while_doing(format!("copying {name}"))?;
    }
    fs::write(folder.join("shown.ts"), shown(tour)?).while_doing("writing shown.ts")?;
    let compile = |options: &[&str], names: &[&str]| {
        let mut command = Command::new("node");
        command.arg(compiler.join("node_modules/typescript/bin/tsc"));
        command
            .args(["--strict", "--target", "es2022", "--module", "nodenext"])
            .args(options)
            .args(names)
            .current_dir(&folder);
        process::capture_ok(&mut command, COMPILE)
    };
    // Beyond `strict`: what a project may have switched on.
    let picky = [
        "--noEmit",
        "--noUnusedLocals",
        "--noImplicitReturns",
        "--noUncheckedIndexedAccess",
        "--exactOptionalPropertyTypes",
    ];
    compile(&["--noEmit"], &["client.ts", "uses.ts", "mistakes.ts"])?;
    compile(&picky, &["client.ts", "uses.ts", "run.ts", "shown.ts"])?;
    compile(&[], &["client.ts", "run.ts"])?;
    Ok(folder)
}

/// The code that the page shows for each endpoint, a function each.
fn shown(tour: &Tour) -> Result<String> {
    let mut tab = Tab::ready()?;
    tab.open(&format!("http://{}/docs", tour.address))?;
    tab.wait("channels.length > 0", "the document is read")?;
    let codes = tab.evaluate("channels.map((one) => clientSection(one).querySelector('pre').textContent)")?;
    let import = "import { connect } from \"./client.ts\";";
    let functions = codes
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .enumerate()
        .map(|(at, code)| {
            let body = code.replace(import, "");
            format!(
                "export async function shown{at}(): Promise<unknown> {{{body}\n  return [code, reason];\n}}\n"
            )
        });
    let functions: Vec<String> = functions.collect();
    if functions.is_empty() {
        return Err("the page shows no endpoint".into());
    }
    Ok(format!(
        "import {{ connect }} from \"./client.js\";\n{}",
        functions.concat()
    ))
}

/// A board that saves, as a process.
struct Board {
    address: String,
    _running: Running,
}

impl Board {
    fn start() -> Result<Self> {
        let script = project::root().join("xtask/docs/board.mjs");
        let mut command = Command::new("node");
        command.arg(script).arg(install::npm_clients()?);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut running = Running::spawn(&mut command)?;
        let lines = Lines::of(running.take_stdout()?);
        let address = lines.next_before(Instant::now() + Duration::from_secs(20))?;
        let address = address.ok_or_else(|| Failure::from("the board has ended"))?;
        Ok(Self {
            address,
            _running: running,
        })
    }
}

fn in_node(folder: &Path, addresses: &Value) -> Result<Value> {
    let script = project::root().join("xtask/docs/node.mjs");
    let mut command = Command::new(install::node(NODE)?);
    command.arg(script).arg(folder).arg(addresses.to_string());
    let said = process::capture_ok(&mut command, RUN)?;
    serde_json::from_str(&said).while_doing(format!("reading what the cases said: {said}"))
}

fn in_chromium(folder: &Path, addresses: &Value, tour: &Tour) -> Result<Value> {
    let read = |name: &str| fs::read_to_string(folder.join(name)).while_doing(format!("reading {name}"));
    let (client, run) = (Value::from(read("client.js")?), Value::from(read("run.js")?));
    let mut tab = Tab::ready()?;
    // Any page of the tour's origin that lets modules in.
    tab.open(&format!("http://{}/disconnect/last", tour.address))?;
    tab.evaluate(&format!(
        "(async () => {{ const module = (text) => URL.createObjectURL(new Blob([text], {{ type: 'text/javascript' }})); \
         const client = module({client}); \
         const {{ run }} = await import(module({run}.replace('./client.js', client))); \
         return run({addresses}); }})()"
    ))
}

fn outcome(name: &str, outcome: &Value) -> Result<()> {
    let count = |which: &str| outcome[which].as_array().map_or(0, Vec::len);
    if count("failed") > 0 || count("passed") == 0 {
        return Err(format!("client.ts in {name}: {}", outcome["failed"]).into());
    }
    println!("  client.ts in {name}: {} cases", count("passed"));
    Ok(())
}
