//! `cargo xtask autobahn`: the Autobahn test suite, the standard test of WebSocket servers, against the tour's `/echo`.

mod report;
mod suite;

use std::fs;
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::failure::{Failure, Result, While};
use crate::interop::Refuse;
use crate::interop::tour::{self, Profile, Tour};
use crate::project;
use report::Report;
use suite::Suite;

/// Framing to closing; 11 does not exist, 12 and 13 are compression.
const PLAIN: &str = "1.*,2.*,3.*,4.*,5.*,6.*,7.*,9.*,10.*";
const COMPRESSION: &str = "12.*,13.*";

const LIMIT: Duration = Duration::from_secs(45 * 60);

/// Groups 1 to 10, as `cargo xtask test` runs them.
pub(crate) fn plain() -> Result<()> {
    run(PLAIN, None)
}

pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let all = arguments.switch("--all");
    let cases = arguments.option("--cases")?;
    let address = arguments.option("--address")?;
    arguments.end()?;
    match (all, cases) {
        (true, Some(_)) => Err(Failure::usage("either --all or --cases")),
        (true, None) => run(&format!("{PLAIN},{COMPRESSION}"), address.as_deref()),
        (false, Some(cases)) => run(&cases, address.as_deref()),
        (false, None) if address.is_none() => plain(),
        (false, None) => run(PLAIN, address.as_deref()),
    }
}

fn run(cases: &str, address: Option<&str>) -> Result<()> {
    let suite = Suite::ready()?;
    let tour = match address {
        Some(_) => None,
        // In a debug build, the large messages of group 9 would exceed their times.
        None => Some(Tour::start(
            &tour::build(Profile::Release)?,
            Refuse::Close,
            "tour-autobahn",
        )?),
    };
    let address = tour
        .as_ref()
        .map(|tour| tour.address.as_str())
        .or(address)
        .unwrap_or_default();
    let folder = project::work_folder("autobahn/report")?;
    fs::remove_dir_all(&folder).while_doing("emptying the folder of the report")?;
    fs::create_dir_all(&folder).while_doing("making the folder of the report")?;

    println!("running Autobahn's cases {cases} against ws://{address}/echo");
    let began = Instant::now();
    let wanted = suite.run(&format!("ws://{address}/echo"), cases, &folder, LIMIT)?;
    let report = Report::read(&folder, &wanted)?;
    report.print(began.elapsed());
    println!("the report is {}", folder.join("index.html").display());
    report.verdict()
}
