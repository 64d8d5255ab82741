//! Types and traits of other crates in `hangup`'s public interface, from the JSON of rustdoc.
//!
//! A new major version of a listed crate is a breaking change of `hangup`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::failure::{Result, While};
use crate::{process, project};

/// The crates that may be in the public interface, each with the reason.
const EXPECTED: &[(&str, &str)] = &[
    (
        "axum",
        "routers and extractors are axum's: hangup is used within axum applications",
    ),
    (
        "axum_core",
        "defines what axum re-exports: bodies, responses, extractors",
    ),
    (
        "anyhow",
        "an error that an endpoint may return, behind the feature of that name",
    ),
    ("bytes", "payloads of binary messages"),
    ("chrono", "parameter types, behind the feature of that name"),
    (
        "eyre",
        "an error that an endpoint may return, behind the feature of that name",
    ),
    ("futures_core", "the trait `Stream`: messages of a socket"),
    ("futures_sink", "the trait `Sink`: messages to a socket"),
    (
        "futures_util",
        "the future of the layers, which a service has to name",
    ),
    ("hangup", "hangup-redis is an engine of its hub"),
    ("hangup_macros", "re-exported: its own macros"),
    ("hangup_validation", "re-exported: parameters and their errors"),
    ("hangup_protocol", "re-exported: close codes, reasons and text"),
    ("http", "requests, headers and status codes, the same as axum's"),
    ("jiff", "parameter types, behind the feature of that name"),
    (
        "rust_decimal",
        "a parameter type, behind the feature of that name",
    ),
    (
        "pin_project_lite",
        "its macro shows a type beside a pinned future of the test client",
    ),
    ("rustls", "the configuration of TLS, behind the feature `tls`"),
    (
        "serde_core",
        "defines the traits of serde: what is sent and received as JSON",
    ),
    (
        "serde_json",
        "the values in validation errors, the document of an app",
    ),
    ("speedate", "parameter types, behind the feature of that name"),
    ("time", "parameter types, behind the feature of that name"),
    ("tokio", "listeners and instants: hangup runs on tokio"),
    ("tracing", "the span of a connection"),
    ("tower_layer", "layers around an endpoint and an application"),
    ("tower_service", "layers give services"),
    ("url", "a parameter type, behind the feature of that name"),
    ("uuid", "a parameter type, behind the feature of that name"),
];

const STANDARD: [&str; 3] = ["std", "core", "alloc"];

/// What of an item leads to other items by their ids.
const CHILDREN: [&str; 6] = ["items", "impls", "implementations", "variants", "fields", "tuple"];

pub(crate) fn check() -> Result<()> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // What the one re-exports as a whole is documented by the other.
    for library in ["hangup", "hangup-redis", "hangup-validation"] {
        for (name, paths) in seen(&documented(library)?)? {
            all.entry(name).or_default().extend(paths);
        }
    }
    let findings = findings(&all, EXPECTED);
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("{} other crates are seen, as listed", all.len());
        return Ok(());
    }
    Err(
        "the other crates that the public interface shows are not those in xtask/src/external_types.rs"
            .into(),
    )
}

/// What rustdoc says of a library, as JSON.
fn documented(library: &str) -> Result<Value> {
    let target = project::work_folder("rustdoc-json")?;
    // The JSON is unstable: this variable lets the stable rustdoc write it, in a folder of its own.
    process::run(
        project::cargo()
            .env("RUSTC_BOOTSTRAP", "1")
            .args([
                "rustdoc",
                "--quiet",
                "-p",
                library,
                "--all-features",
                "--target-dir",
            ])
            .arg(&target)
            .args(["--", "-Z", "unstable-options", "--output-format", "json"]),
    )?;
    let path = target.join(format!("doc/{}.json", library.replace('-', "_")));
    let text = fs::read_to_string(&path).while_doing(format!("reading {}", path.display()))?;
    serde_json::from_str(&text).while_doing("reading the JSON of rustdoc")
}

fn findings(seen: &BTreeMap<String, BTreeSet<String>>, expected: &[(&str, &str)]) -> Vec<String> {
    let unlisted = seen
        .iter()
        .filter(|(name, _)| expected.iter().all(|(listed, _)| listed != name))
        .map(|(name, paths)| {
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            format!("{name}: seen and not listed ({})", paths.join(", "))
        });
    let unseen = expected
        .iter()
        .filter(|(listed, _)| !seen.contains_key(*listed))
        .map(|(listed, _)| format!("{listed}: listed and not seen any more"));
    unlisted.chain(unseen).collect()
}

/// The crates, each with the paths that are named.
fn seen(documented: &Value) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut walk = Walk {
        documented,
        visited: BTreeSet::new(),
        named: BTreeSet::new(),
    };
    let root = id(&documented["root"]).ok_or("the JSON of rustdoc has another form: no root")?;
    walk.item(&root);
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for id in &walk.named {
        let path = &documented["paths"][id];
        let Some(number) = path["crate_id"].as_u64().filter(|number| *number != 0) else {
            continue;
        };
        let name = documented["external_crates"][number.to_string()]["name"]
            .as_str()
            .ok_or("the JSON of rustdoc has another form: a crate without a name")?;
        if !STANDARD.contains(&name) {
            let words = path["path"].as_array().into_iter().flatten();
            let words: Vec<&str> = words.filter_map(Value::as_str).collect();
            found.entry(name.to_owned()).or_default().insert(words.join("::"));
        }
    }
    match walk.visited.len() {
        0 | 1 => Err("the JSON of rustdoc has another form: no items".into()),
        _ => Ok(found),
    }
}

struct Walk<'a> {
    documented: &'a Value,
    visited: BTreeSet<String>,
    /// The ids of all types and traits that public items name.
    named: BTreeSet<String>,
}

impl Walk<'_> {
    fn item(&mut self, id: &str) {
        if !self.visited.insert(id.to_owned()) {
            return;
        }
        let Some(item) = self.documented["index"].get(id) else {
            // An item of another crate: what is re-exported is seen.
            self.named.insert(id.to_owned());
            return;
        };
        let Some((kind, inner)) = item["inner"].as_object().and_then(|inner| inner.iter().next()) else {
            return;
        };
        // Impls for all types and of automatic traits say nothing about this crate.
        if kind == "impl" && (!inner["blanket_impl"].is_null() || inner["is_synthetic"] == true) {
            return;
        }
        match kind.as_str() {
            "use" => {
                if let Some(target) = self::id(&inner["id"]) {
                    self.item(&target);
                }
            }
            _ => self.value(inner),
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.value(value)),
            Value::Object(fields) => {
                if let (Some(id), Some(_)) = (fields.get("id").and_then(id), fields.get("path")) {
                    self.named.insert(id);
                }
                for (name, field) in fields {
                    if CHILDREN.contains(&name.as_str()) && is_ids(field) {
                        let ids = field.as_array().into_iter().flatten().filter_map(id);
                        ids.collect::<Vec<_>>().iter().for_each(|id| self.item(id));
                    } else {
                        self.value(field);
                    }
                }
            }
            _ => {}
        }
    }
}

/// An id is a number in some versions of the form, and a text in others.
fn id(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn is_ids(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|values| values.iter().all(|value| value.is_null() || id(value).is_some()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A public struct with a method that takes `http`'s type, a private one that is not reached, a blanket impl.
    fn documented() -> Value {
        let of = |id: u32| json!({"id": id, "path": "X", "args": null});
        json!({
            "root": 0,
            "index": {
                "0": {"inner": {"module": {"items": [1, 6]}}},
                "1": {"inner": {"struct": {"kind": {"plain": {"fields": []}}, "impls": [2, 4]}}},
                "2": {"inner": {"impl": {"trait": null, "blanket_impl": null, "is_synthetic": false, "items": [3]}}},
                "3": {"inner": {"function": {"sig": {"inputs": [["x", {"resolved_path": of(10)}]]}}}},
                "4": {"inner": {"impl": {"trait": of(11), "blanket_impl": {"generic": "T"}, "is_synthetic": false, "items": []}}},
                "5": {"inner": {"function": {"sig": {"inputs": [["x", {"resolved_path": of(11)}]]}}}},
                "6": {"inner": {"use": {"id": 12, "name": "Y"}}},
            },
            "paths": {
                "10": {"crate_id": 20, "path": ["http", "Request"]},
                "11": {"crate_id": 21, "path": ["tower", "Layer"]},
                "12": {"crate_id": 22, "path": ["bytes", "Bytes"]},
            },
            "external_crates": {"20": {"name": "http"}, "21": {"name": "tower"}, "22": {"name": "bytes"}},
        })
    }

    #[test]
    fn signatures_and_re_exports_are_seen() {
        let seen = seen(&documented()).unwrap();
        assert_eq!(seen.keys().collect::<Vec<_>>(), ["bytes", "http"]);
        assert!(seen["http"].contains("http::Request"));
    }

    #[test]
    fn the_list_and_what_is_seen_are_the_same() {
        let seen = seen(&documented()).unwrap();
        assert_eq!(
            findings(&seen, &[("http", ""), ("bytes", "")]),
            Vec::<String>::new()
        );
        assert_eq!(findings(&seen, &[("http", ""), ("url", "")]).len(), 2);
    }

    #[test]
    fn another_form_is_an_error() {
        assert!(super::seen(&json!({})).is_err());
    }
}
