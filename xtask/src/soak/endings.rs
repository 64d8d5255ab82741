//! How connections ended, by the metrics and by the log of the tour.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};

use crate::failure::{Result, While};
use crate::interop::http;

/// What the metrics have counted so far.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Endings {
    pub(crate) live: u64,
    accepted: u64,
    /// By code and initiator.
    closed: BTreeMap<String, u64>,
    /// By reason.
    refused: BTreeMap<String, u64>,
    pub(crate) hub: HubBooks,
    /// What the server has closed with, before accept and after it.
    pub(crate) seen: BTreeSet<SeenClose>,
}

/// A code that the server has closed an endpoint with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SeenClose {
    pub(crate) route: String,
    pub(crate) code: u64,
}

/// What the metrics have counted of the hub.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct HubBooks {
    subscribers: u64,
    offered: u64,
    delivered: u64,
    dropped: u64,
    ended: u64,
    kicks: u64,
}

impl HubBooks {
    fn add(&mut self, metric: &str, value: u64) {
        match metric {
            "subscribers" => self.subscribers += value,
            "offered_total" => self.offered += value,
            "deliveries_total" => self.delivered += value,
            "dropped_total" => self.dropped += value,
            "ended_total" => self.ended += value,
            "kicks_total" => self.kicks += value,
            _ => {}
        }
    }

    /// Where a message to a subscriber, or a kick, is in no book or in two, all connections being over.
    pub(crate) fn differences(&self, kicks: u64) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.subscribers != 0 || self.offered != self.delivered + self.dropped + self.ended {
            wrong.push(format!("the books of the hub do not balance: {self:?}"));
        }
        if self.kicks != kicks {
            wrong.push(format!("{kicks} kicks were answered, and {} counted", self.kicks));
        }
        wrong
    }
}

/// The endings in a log.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Logged {
    /// How many connections have ended.
    pub(crate) ended: u64,
    /// How connections ended at the shutdown: closed, cut, aborted.
    pub(crate) drained: Option<[u64; 3]>,
}

impl Endings {
    pub(crate) fn of_metrics(address: &str) -> Result<Self> {
        Ok(Self::read(&http::get(address, "/metrics")?.body))
    }

    fn read(page: &str) -> Self {
        let mut endings = Self::default();
        for line in page.lines().filter(|line| !line.starts_with('#')) {
            let Some((series, value)) = line.rsplit_once(' ') else {
                continue;
            };
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            let value = value.parse().unwrap_or(0.0) as u64;
            match name {
                "hangup_connections_live" => endings.live += value,
                "hangup_handshakes_accepted_total" => endings.accepted += value,
                "hangup_handshakes_refused_total" => {
                    let reason = label(labels, "reason");
                    endings.see(labels, reason.strip_prefix("close_"));
                    *endings.refused.entry(label(labels, "reason")).or_default() += value;
                }
                "hangup_closes_total" => {
                    let (code, initiator) = (label(labels, "code"), label(labels, "initiator"));
                    endings.see(labels, (initiator == "local").then_some(code.as_str()));
                    let key = format!("{code} {initiator}");
                    *endings.closed.entry(key).or_default() += value;
                }
                _ => {
                    if let Some(metric) = name.strip_prefix("hangup_hub_") {
                        endings.hub.add(metric, value);
                    }
                }
            }
        }
        endings
    }

    fn see(&mut self, labels: &str, code: Option<&str>) {
        let code = code.and_then(|code| code.parse().ok());
        self.seen.extend(code.map(|code| SeenClose {
            route: label(labels, "route"),
            code,
        }));
    }

    fn count_closed(&self) -> u64 {
        self.closed.values().sum()
    }

    fn count_refused(&self) -> u64 {
        self.refused.values().sum()
    }

    pub(crate) fn print(&self) {
        let shown = |counts: &BTreeMap<String, u64>| {
            let shown: Vec<_> = counts
                .iter()
                .map(|(key, count)| format!("{key}: {count}"))
                .collect();
            shown.join(", ")
        };
        println!("accepted {}, closed by {}", self.accepted, shown(&self.closed));
        println!("refused {}: {}", self.count_refused(), shown(&self.refused));
        println!("{:?}", self.hub);
    }

    /// Where these do not say that each connection had one end, all connections being over: `asked` are the handshakes
    /// that clients have sent for certain, and perhaps.
    pub(crate) fn differences(&self, logged: &Logged, (surely, perhaps): (u64, u64)) -> Vec<String> {
        let (accepted, closed, refused) = (self.accepted, self.count_closed(), self.count_refused());
        let answered = accepted + refused;
        let mut wrong = Vec::new();
        if self.live != 0 || accepted != closed {
            wrong.push(format!(
                "{accepted} connections were accepted, {closed} have ended, {} are live",
                self.live
            ));
        }
        // A request that opens no WebSocket has a line of the access log, and no connection that could end.
        let malformed = self.refused.get("http_400").copied().unwrap_or_default();
        let with_end = answered - malformed;
        if logged.ended != with_end {
            wrong.push(format!(
                "the log tells the end of {} connections, and there were {with_end}",
                logged.ended
            ));
        }
        if !(surely..=surely + perhaps).contains(&answered) {
            wrong.push(format!(
                "{surely} to {} handshakes were sent, and {answered} were answered",
                surely + perhaps
            ));
        }
        if logged.drained != Some([0; 3]) {
            wrong.push(format!(
                "no connection was left, and of those that were (closed, cut, aborted) the log says {:?}",
                logged.drained
            ));
        }
        wrong
    }
}

/// The value of a label in `name="value",other="value"}`. A value may hold braces, as the template of a path does.
fn label(labels: &str, name: &str) -> String {
    let found = labels.split("\",").find_map(|label| {
        let (found, value) = label.split_once("=\"")?;
        (found == name).then(|| value.trim_end_matches("\"}"))
    });
    found.unwrap_or_default().to_owned()
}

pub(crate) fn read_log(log: impl Read) -> Result<Logged> {
    let mut logged = Logged::default();
    for line in BufReader::new(log).split(b'\n') {
        let line = line.while_doing("reading the tour's log")?;
        let line = String::from_utf8_lossy(&line);
        if line.contains("hangup::connection: connection ended") {
            logged.ended += 1;
        } else if line.contains("server shutdown completed") {
            logged.drained = Some(["closed", "cut", "aborted"].map(|name| field(&line, name)));
        }
    }
    Ok(logged)
}

/// The number behind `name=`; one that is not there is as wrong as can be.
fn field(line: &str, name: &str) -> u64 {
    line.split_whitespace()
        .find_map(|word| word.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# TYPE hangup_closes_total counter
hangup_closes_total{route=\"/echo\",code=\"1000\",initiator=\"peer\"} 3
hangup_closes_total{route=\"/done/ws\",code=\"1000\",initiator=\"peer\"} 1
hangup_handshakes_accepted_total{route=\"/echo\"} 4
hangup_handshakes_refused_total{route=\"/echo\",reason=\"http_403\"} 2
hangup_handshakes_refused_total{route=\"/items/{item_id}/ws\",reason=\"close_1008\"} 1
hangup_connections_live{route=\"/echo\"} 0
";

    const LOG: &str = "\
 INFO hangup::connection: connection ended endpoint=echo error=\"server shutdown completed\"
 INFO hangup::access: \"WebSocket /echo\" [accepted]
 INFO hangup::connection: connection ended endpoint=echo
 INFO hangup::app::shutdown: server shutdown completed closed=5 cut=0 aborted=1 duration_ms=3
";

    #[test]
    fn the_metrics_are_summed_up() {
        let endings = Endings::read(PAGE);
        assert_eq!((endings.live, endings.accepted), (0, 4));
        assert_eq!(endings.closed, BTreeMap::from([("1000 peer".to_owned(), 4)]));
        let refused = [("close_1008", 1), ("http_403", 2)];
        assert_eq!(
            endings.refused,
            BTreeMap::from(refused.map(|(reason, count)| (reason.to_owned(), count)))
        );
        let seen = SeenClose {
            route: "/items/{item_id}/ws".to_owned(),
            code: 1008,
        };
        assert_eq!(
            endings.seen,
            BTreeSet::from([seen]),
            "the client closed the others"
        );
    }

    #[test]
    fn the_books_of_the_hub_must_balance() {
        let page = "hangup_hub_offered_total{prefix=\"room\"} 6\n\
                    hangup_hub_deliveries_total{prefix=\"room\"} 3\n\
                    hangup_hub_dropped_total{prefix=\"room\"} 2\n\
                    hangup_hub_ended_total{prefix=\"room\"} 1\n\
                    hangup_hub_kicks_total{outcome=\"complete\"} 7\n";
        assert_eq!(Endings::read(page).hub.differences(7), [""; 0]);
        assert_eq!(Endings::read(page).hub.differences(8).len(), 1);
        let lost = page.replace("} 3", "} 2");
        assert_eq!(Endings::read(&lost).hub.differences(7).len(), 1);
        let left = format!("{page}hangup_hub_subscribers{{prefix=\"room\"}} 1\n");
        assert_eq!(Endings::read(&left).hub.differences(7).len(), 1);
    }

    #[test]
    fn the_ends_in_a_log_are_counted() {
        let logged = read_log(LOG.as_bytes()).unwrap();
        assert_eq!((logged.ended, logged.drained), (2, Some([5, 0, 1])));
    }

    #[test]
    fn every_connection_must_have_one_end() {
        let logged = |ended, drained| Logged { ended, drained };
        let endings = Endings::read(PAGE);
        assert_eq!(endings.differences(&logged(7, Some([0; 3])), (6, 1)), [""; 0]);
        assert_eq!(endings.differences(&logged(6, Some([0; 3])), (6, 1)).len(), 1);
        assert_eq!(endings.differences(&logged(7, Some([0, 1, 0])), (6, 1)).len(), 1);
        assert_eq!(endings.differences(&logged(7, None), (6, 1)).len(), 1);
        assert_eq!(endings.differences(&logged(7, Some([0; 3])), (8, 1)).len(), 1);
        assert_eq!(endings.differences(&logged(7, Some([0; 3])), (5, 1)).len(), 1);
        let one_live = Endings { live: 1, ..endings };
        assert_eq!(one_live.differences(&logged(7, Some([0; 3])), (6, 1)).len(), 1);
    }
}
