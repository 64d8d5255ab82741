//! `cargo xtask page`: the page of the tour in Chromium, as a person uses it, and the client that it gives.

mod accessibility;
mod board;
mod console;
mod control;
mod packages;
mod policy;
mod schema;
mod tab;
mod typescript;

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::arguments::Arguments;
use crate::failure::{Failure, Result, While};
use crate::interop::nginx::Nginx;
use crate::interop::tour::{self, Profile, Tour};
use crate::interop::{Refuse, certificate};
use crate::project;
use console::Place;
use control::free_port;
use tab::Tab;

/// What a person does at one place.
type Act = fn(&mut Tab, &Place) -> Result<()>;

const ACTS: [(&str, Act); 15] = [
    ("keyboard", board::keyboard),
    ("invalid", board::invalid),
    ("board", board::all_templates),
    ("kick", console::kick),
    ("parameters", console::parameters),
    ("headers", console::headers),
    ("binary", console::binary),
    ("sessions", console::two_sessions),
    ("messages", console::ten_thousand),
    ("link", console::link),
    ("history", console::history),
    ("cancel", console::cancel),
    ("export", console::export),
    ("schema", schema::check),
    ("accessibility", accessibility::check),
];

/// What is done over each other way to the page.
const ELSEWHERE: [&str; 3] = ["invalid", "parameters", "headers"];

const OTHERS: [&str; 6] = ["restart", "http", "policy", "ways", "screens", "client"];

pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let writes = arguments.switch("--write");
    let names = arguments.words()?;
    let known = || ACTS.iter().map(|(name, _)| *name).chain(OTHERS);
    if let Some(unknown) = names.iter().find(|name| !known().any(|one| one == **name)) {
        let known: Vec<&str> = known().collect();
        return Err(Failure::usage(format!(
            "there is no step `{unknown}`: the steps are {}",
            known.join(", ")
        )));
    }
    run(&names, writes)
}

pub(crate) fn all() -> Result<()> {
    run(&[], false)
}

fn run(names: &[String], writes: bool) -> Result<()> {
    let wanted = |name: &str| names.is_empty() || names.iter().any(|one| one == name);
    let program = tour::build(Profile::Dev)?;
    let mut tour = start(&program, &[])?;
    let place = Place::of(&tour.address);
    if ACTS.iter().any(|(name, _)| wanted(name)) {
        let mut tab = Tab::ready()?;
        for (name, act) in ACTS.into_iter().filter(|(name, _)| wanted(name)) {
            step(name, || act(&mut tab, &place))?;
        }
        tab.is_content_with(&[&tour.address])?;
    }
    if wanted("restart") {
        step("restart", || restart(&program))?;
    }
    if wanted("http") {
        step("http", || console::refused_by_http(&mut Tab::ready()?, &program))?;
    }
    if wanted("policy") {
        step("policy", || policy::holds(&mut Tab::ready()?, &tour.address))?;
    }
    if wanted("ways") {
        step("ways", || ways(&program))?;
    }
    if wanted("screens") {
        step("screens", || screens(&place, writes))?;
    }
    if wanted("client") {
        step("client", || typescript::checks(&program, &tour))?;
    }
    tour.still_runs()
}

fn start(program: &Path, flags: &[&str]) -> Result<Tour> {
    Tour::start_with(program, Refuse::Close, "tour-page", flags)
}

fn step(name: &str, run: impl FnOnce() -> Result<()>) -> Result<()> {
    let began = Instant::now();
    run().while_doing(format!("the page, `{name}`"))?;
    println!("  {name:<14} ok, {:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}

fn restart(program: &Path) -> Result<()> {
    let port = free_port()?;
    let again = || start(program, &["--port", &port]);
    console::restart(&mut Tab::ready()?, &mut again()?, &again)
}

/// Over TLS, and behind nginx below a prefix, plain and over TLS.
fn ways(program: &Path) -> Result<()> {
    let certificate = certificate::make()?;
    let (chain, key) = (
        certificate.chain.to_string_lossy(),
        certificate.key.to_string_lossy(),
    );
    let secured = start(program, &["--tls-cert", &chain, "--tls-key", &key])?;
    let plain = start(program, &["--trusted-proxy", "127.0.0.1"])?;
    let nginx = Nginx::start_below("/a/b", &plain.address, &certificate)?;
    let places = [
        (
            &secured.address,
            Place {
                origin: format!("https://{}", secured.address),
                prefix: String::new(),
            },
        ),
        (
            &nginx.plain,
            Place {
                origin: format!("http://{}", nginx.plain),
                prefix: "/a/b".into(),
            },
        ),
        (
            &nginx.secured,
            Place {
                origin: format!("https://{}", nginx.secured),
                prefix: "/a/b".into(),
            },
        ),
    ];
    for (address, place) in places {
        let mut tab = Tab::ready()?;
        for (name, act) in ACTS.into_iter().filter(|(name, _)| ELSEWHERE.contains(name)) {
            act(&mut tab, &place).while_doing(format!("{} {name}", place.origin))?;
        }
        tab.is_content_with(&[address])?;
    }
    Ok(())
}

fn screens(place: &Place, writes: bool) -> Result<()> {
    let folder = project::work_folder("page")?;
    let mut tab = Tab::ready()?;
    let pictures = console::screens(&mut tab, place, &folder)?;
    tab.is_content_with(&[place.origin.trim_start_matches("http://")])?;
    if writes {
        let kept = project::root().join("crates/hangup/docs");
        for picture in pictures.iter().take(2) {
            let name = picture
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .replace("1400-", "page-");
            fs::copy(picture, kept.join(name)).while_doing("keeping a picture")?;
        }
    }
    Ok(())
}
