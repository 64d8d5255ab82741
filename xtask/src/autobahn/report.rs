//! The results of Autobahn, read from its index: counts, every case that is not OK, and whether the run passes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::failure::{Result, While};

/// Groups in which NON-STRICT is a failure. In 3, 4 and 9 the suite requires more than the RFC.
const STRICT_GROUPS: [&str; 8] = ["1", "2", "5", "6", "7", "10", "12", "13"];

pub(crate) struct Report {
    cases: BTreeMap<Vec<u32>, Case>,
}

struct Case {
    name: String,
    behavior: String,
    close: String,
}

impl Report {
    /// The index in the folder, and as MISSING what was wanted and is not in it.
    pub(crate) fn read(folder: &Path, wanted: &[String]) -> Result<Self> {
        let path = folder.join("index.json");
        let text = fs::read_to_string(&path).while_doing(format!("reading {}", path.display()))?;
        Self::of(
            &serde_json::from_str(&text).while_doing(format!("understanding {}", path.display()))?,
            wanted,
        )
    }

    fn of(index: &Value, wanted: &[String]) -> Result<Self> {
        let mut cases = BTreeMap::new();
        for name in wanted {
            let missing = Case {
                name: name.clone(),
                behavior: "MISSING".into(),
                close: "-".into(),
            };
            cases.insert(key(name), missing);
        }
        for (name, result) in index
            .as_object()
            .into_iter()
            .flatten()
            .flat_map(|(_, agent)| agent.as_object())
            .flatten()
        {
            let text = |field: &str| result[field].as_str().unwrap_or("MISSING").to_owned();
            let case = Case {
                name: name.clone(),
                behavior: text("behavior"),
                close: text("behaviorClose"),
            };
            cases.insert(key(name), case);
        }
        if cases.is_empty() {
            Err("Autobahn ran no case".into())
        } else {
            Ok(Self { cases })
        }
    }

    pub(crate) fn print(&self, time: Duration) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for case in self.cases.values() {
            *counts.entry(case.verdict()).or_default() += 1;
            if !case.is_fine() {
                let mark = if case.is_wrong() { "WRONG" } else { "     " };
                println!(
                    "{mark} {:<9} {:<13} close: {}",
                    case.name, case.behavior, case.close
                );
            }
        }
        let counts: Vec<String> = counts
            .iter()
            .map(|(verdict, count)| format!("{count} {verdict}"))
            .collect();
        println!(
            "autobahn: {} cases in {:.0} s: {}",
            self.cases.len(),
            time.as_secs_f64(),
            counts.join(", ")
        );
    }

    pub(crate) fn verdict(&self) -> Result<()> {
        match self.cases.values().filter(|case| case.is_wrong()).count() {
            0 => Ok(()),
            wrong => Err(format!("autobahn: {wrong} of {} cases are wrong", self.cases.len()).into()),
        }
    }
}

impl Case {
    /// The worse result of the case and its close.
    fn verdict(&self) -> &str {
        let is_good = |text: &str| matches!(text, "OK" | "INFORMATIONAL" | "NON-STRICT");
        if is_good(&self.close) || !is_good(&self.behavior) {
            &self.behavior
        } else {
            &self.close
        }
    }

    fn is_fine(&self) -> bool {
        matches!(self.verdict(), "OK" | "INFORMATIONAL")
    }

    fn is_wrong(&self) -> bool {
        match self.verdict() {
            "OK" | "INFORMATIONAL" => false,
            "NON-STRICT" => self
                .name
                .split('.')
                .next()
                .is_some_and(|group| STRICT_GROUPS.contains(&group)),
            _ => true,
        }
    }
}

/// `6.4.10` after `6.4.9`.
fn key(name: &str) -> Vec<u32> {
    name.split('.')
        .map(|part| part.parse().unwrap_or(u32::MAX))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(results: &[(&str, &str, &str)], wanted: &[&str]) -> Report {
        let mut agent = serde_json::Map::new();
        for (name, behavior, close) in results {
            agent.insert(
                (*name).into(),
                serde_json::json!({ "behavior": behavior, "behaviorClose": close }),
            );
        }
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        Report::of(&serde_json::json!({ "tour": agent }), &wanted).unwrap()
    }

    #[test]
    fn good_results_pass() {
        let good = report(
            &[
                ("1.1.1", "OK", "OK"),
                ("7.13.1", "INFORMATIONAL", "INFORMATIONAL"),
                ("3.2", "NON-STRICT", "OK"),
            ],
            &["1.1.1"],
        );
        assert_eq!(good.verdict(), Ok(()));
    }

    #[test]
    fn bad_ones_do_not() {
        let bad = [
            ("1.1.1", "FAILED", "OK"),
            ("1.1.1", "OK", "WRONG CODE"),
            ("1.1.1", "OK", "UNCLEAN"),
            ("12.1.1", "UNIMPLEMENTED", "OK"),
            ("6.4.1", "NON-STRICT", "OK"),
        ];
        for case in bad {
            assert!(report(&[case], &[]).verdict().is_err(), "{case:?}");
        }
        assert!(
            report(&[("1.1.1", "OK", "OK")], &["1.1.1", "1.1.2"])
                .verdict()
                .is_err()
        );
    }

    #[test]
    fn cases_are_in_the_order_of_their_numbers() {
        let report = report(
            &[
                ("6.4.10", "OK", "OK"),
                ("6.4.9", "OK", "OK"),
                ("10.1", "OK", "OK"),
            ],
            &[],
        );
        let names: Vec<&str> = report.cases.values().map(|case| case.name.as_str()).collect();
        assert_eq!(names, ["6.4.9", "6.4.10", "10.1"]);
    }
}
