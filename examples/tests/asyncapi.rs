//! The AsyncAPI document of each example, compared with the files in `tests/asyncapi/documents`, and held against the
//! official schema.
//!
//! After an intended change `HANGUP_WRITE_DOCUMENTS=1 cargo test -p hangup-examples --test asyncapi` writes them anew;
//! the difference is read as a part of the change. The documents of axum routers are those of the apps in them: what
//! stands in an axum router as a route, as in `04_axum`, is in no document.
#![allow(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::{collections::BTreeSet, env, fs, path::PathBuf, process::Command};

use hangup::App;
use serde_json::Value;

macro_rules! example {
    ($name:ident, $file:literal) => {
        #[path = $file]
        #[allow(
            dead_code,
            unreachable_pub,
            missing_docs,
            reason = "an example is a program of its own"
        )]
        mod $name;
    };
}

example!(echo, "../01_echo.rs");
example!(validation, "../02_validation.rs");
example!(errors, "../03_errors.rs");
example!(dependencies, "../05_dependencies.rs");
example!(chat, "../06_chat.rs");
#[cfg(feature = "tls")]
example!(tls, "../07_tls.rs");
example!(behind_nginx, "../08_behind_nginx/main.rs");
example!(metrics, "../09_metrics.rs");
example!(http_parameters, "../10_http_parameters.rs");

const WRITE: &str = "HANGUP_WRITE_DOCUMENTS";

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/asyncapi")
        .join(name)
}

fn is_as_checked_in(name: &str, document: &Value) {
    is_valid(document);
    has_valid_examples(document);
    let path = folder("documents").join(format!("{name}.json"));
    if env::var_os(WRITE).is_some() {
        let text = serde_json::to_string_pretty(document).unwrap();
        return fs::write(path, text + "\n").unwrap();
    }
    let known = fs::read_to_string(path).unwrap_or_default();
    let known: Value = serde_json::from_str(&known).unwrap_or_default();
    assert!(
        *document == known,
        "the document of {name} differs from the file; if that is intended, run this test with {WRITE}=1:\n{document:#}"
    );
}

/// Held against the JSON Schema of AsyncAPI 3.0.0.
fn is_valid(document: &Value) {
    let schema = fs::read_to_string(folder("schema").join("3.0.0.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// Each example of a message obeys the schema beside it.
fn has_valid_examples(document: &Value) {
    let messages = document["components"]["messages"].as_object();
    for (name, message) in messages.unwrap() {
        let schema = serde_json::json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "allOf": [message["payload"]],
            "components": document["components"],
        });
        let validator = jsonschema::validator_for(&schema).unwrap();
        for example in message["examples"].as_array().into_iter().flatten() {
            let payload = &example["payload"];
            let errors: Vec<_> = validator.iter_errors(payload).map(|e| e.to_string()).collect();
            assert!(errors.is_empty(), "{name}: {payload}: {errors:#?}");
        }
    }
}

fn of(app: &App) -> Value {
    app.asyncapi()
}

#[test]
fn the_document_of_each_example_is_as_checked_in() {
    let examples = [
        ("01_echo", of(&echo::app())),
        ("02_validation", of(&validation::app())),
        ("03_errors", of(&errors::app())),
        ("05_dependencies", of(&dependencies::app())),
        ("06_chat", of(&chat::app())),
        #[cfg(feature = "tls")]
        ("07_tls", of(&tls::app())),
        ("08_behind_nginx", of(&behind_nginx::app())),
        ("09_metrics", {
            let recorder = metrics::exporter().unwrap().build_recorder();
            of(&metrics::app(recorder.handle()))
        }),
        ("10_http_parameters", of(&http_parameters::sockets())),
    ];
    for (name, document) in examples {
        is_as_checked_in(name, &document);
    }
}

/// The program, which cargo builds before the tests unless it is asked for this test alone.
fn tour() -> PathBuf {
    let test = env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("examples/tour");
    if !program.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.args([
            "build",
            "--quiet",
            "--package",
            "hangup-examples",
            "--example",
            "tour",
        ]);
        assert!(build.status().unwrap().success());
    }
    program
}

#[test]
fn the_tour_prints_its_document() {
    let output = Command::new(tour()).arg("--asyncapi").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    is_as_checked_in("tour", &document);

    let addresses: BTreeSet<_> = document["channels"]
        .as_object()
        .unwrap()
        .values()
        .map(|channel| channel["address"].as_str().unwrap())
        .collect();
    for path in [
        "/board-lenient/ws",
        "/board/ws",
        "/close/ws",
        "/custom-exception-early/ws",
        "/custom-exception/ws",
        "/disconnect/ws",
        "/done/ws",
        "/draining/ws",
        "/early-close/ws",
        "/echo",
        "/exception/ws",
        "/expires/ws",
        "/handler-fails/ws",
        "/handler-sends/ws",
        "/http-error/ws",
        "/items/{item_id}/ws",
        "/json/ws",
        "/panic/ws",
        "/params/{n}/ws",
        "/rooms/{room}/ws",
        "/silent/ws",
        "/slow-accept/ws",
        "/source/ws",
        "/ticks/ws",
        "/unhandled/ws",
        "/validation-custom/ws",
        "/validation-logged/ws",
        "/validation/ws",
    ] {
        assert!(addresses.contains(path), "{path} is not in the document");
    }
}

/// The check that holds the documents holds wrong ones off.
#[test]
#[should_panic = "asyncapi"]
fn a_wrong_document_is_refused() {
    let mut document = of(&echo::app());
    document["asyncapi"] = "2.6.0".into();
    is_valid(&document);
}
