//! The page as it is served: paths, headers, size, colours.

use std::collections::HashMap;

use axum::{Router, body::Body};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Docs, SCRIPT, STYLE};

const FILES: [&str; 5] = ["asyncapi.json", "client.ts", "page.css", "page.js", "icon.svg"];

fn document() -> Value {
    serde_json::from_str(include_str!("tests/tour.json")).unwrap()
}

fn router(docs: Docs) -> Router {
    docs.into_router(document)
}

async fn get(router: &Router, path: &str, gzip: bool) -> (http::response::Parts, Vec<u8>) {
    let mut request = Request::get(path);
    if gzip {
        request = request.header(header::ACCEPT_ENCODING, "gzip");
    }
    let answer = router
        .clone()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (parts, body) = answer.into_parts();
    (parts, body.collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn every_file_has_its_type_and_the_policy() {
    let router = router(Docs::at("/docs"));
    for (path, kind) in [
        ("/docs", "text/html"),
        ("/docs/", "text/html"),
        ("/docs/asyncapi.json", "application/json"),
        ("/docs/client.ts", "text/plain"),
        ("/docs/page.css", "text/css"),
        ("/docs/page.js", "text/javascript"),
        ("/docs/icon.svg", "image/svg+xml"),
    ] {
        let (parts, body) = get(&router, path, false).await;
        assert_eq!(parts.status, StatusCode::OK, "{path}");
        let header = |name: header::HeaderName| parts.headers[name].to_str().unwrap();
        assert!(header(header::CONTENT_TYPE).starts_with(kind), "{path}");
        assert_eq!(header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
        assert!(!body.is_empty());
        let policy = header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(
            !policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'),
            "{policy}"
        );
    }
    assert_eq!(
        get(&router, "/docs/other", false).await.0.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn all_files_together_are_at_most_60_kb_compressed() {
    let router = router(Docs::at("/docs"));
    let mut total = 0;
    for path in ["/docs", "/docs/page.css", "/docs/page.js", "/docs/icon.svg"] {
        let (parts, body) = get(&router, path, true).await;
        let smaller = parts.headers.contains_key(header::CONTENT_ENCODING);
        assert!(smaller || body.len() < 512, "{path}");
        total += body.len();
    }
    assert!(total <= 60_000, "{total} bytes");
}

/// What a browser makes of a relative link.
fn resolved(page: &str, link: &str) -> String {
    let (folder, _) = page.rsplit_once('/').unwrap();
    format!("{folder}/{link}")
}

#[tokio::test]
async fn the_links_lead_to_the_files_wherever_the_page_is() {
    for (at, prefix) in [
        ("/docs", ""),
        ("/docs", "/a/b"),
        ("/x/y", ""),
        ("/", ""),
        ("/docs/", "/a"),
    ] {
        let own = router(Docs::at(at));
        let router = match prefix {
            "" => own,
            prefix => Router::new().nest(prefix, own),
        };
        let at = at.trim_end_matches('/');
        let mut pages = vec![format!("{prefix}{at}/")];
        if !at.is_empty() {
            pages.push(format!("{prefix}{at}"));
        }
        for page in pages {
            let (parts, html) = get(&router, &page, false).await;
            assert_eq!(parts.status, StatusCode::OK, "{page}");
            let html = String::from_utf8(html).unwrap();
            let mut found = 0;
            for link in html
                .split(['"'])
                .filter(|word| FILES.iter().any(|file| word.ends_with(file)))
            {
                found += 1;
                let path = resolved(&page, link);
                assert_eq!(
                    get(&router, &path, false).await.0.status,
                    StatusCode::OK,
                    "{page}: {link}"
                );
            }
            assert_eq!(found, FILES.len(), "{page}");
        }
    }
}

#[tokio::test]
async fn a_title_is_text() {
    let router = router(Docs::at("/docs").title("<script>alert(\"1\")</script> & more"));
    let (_, html) = get(&router, "/docs", false).await;
    let html = String::from_utf8(html).unwrap();
    assert!(html.contains("<title>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more</title>"));
    let (_, json) = get(&router, "/docs/asyncapi.json", false).await;
    let document: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(document["info"]["title"], "<script>alert(\"1\")</script> & more");
}

#[test]
#[should_panic(expected = "begins with `/`")]
fn a_path_without_a_slash_is_a_mistake() {
    let _ = Docs::at("docs");
}

#[test]
#[should_panic(expected = "two endpoints on one path")]
fn a_path_that_is_taken_is_a_mistake() {
    async fn endpoint(_: crate::Handshake) -> crate::Result {
        Ok(())
    }
    let _: crate::App = crate::App::new().route("/docs", endpoint).docs(Docs::at("/docs"));
}

#[tokio::test]
async fn an_app_shows_its_endpoints_and_serves_no_page_unasked() {
    async fn endpoint(_: crate::Handshake) -> crate::Result {
        Ok(())
    }
    let app = || crate::App::new().route("/items/{id}/ws", endpoint);
    assert_eq!(
        get(&app().into_router(), "/docs", false).await.0.status,
        StatusCode::NOT_FOUND
    );
    let router = app().docs(Docs::at("/api")).docs(Docs::at("/docs")).into_router();
    assert_eq!(get(&router, "/api", false).await.0.status, StatusCode::NOT_FOUND);
    let (_, json) = get(&router, "/docs/asyncapi.json", false).await;
    let document: Value = serde_json::from_slice(&json).unwrap();
    let addresses: Vec<&Value> = document["channels"]
        .as_object()
        .unwrap()
        .values()
        .map(|one| &one["address"])
        .collect();
    assert_eq!(addresses, [&json!("/items/{id}/ws")]);
}

/// The custom properties of one rule of the style sheet.
fn colours(selector: &str) -> HashMap<&str, [f64; 3]> {
    let (_, rule) = STYLE.split_once(selector).unwrap();
    let (rule, _) = rule.split_once('}').unwrap();
    rule.lines()
        .filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
            let number = u32::from_str_radix(value.trim_end_matches(';'), 16).unwrap();
            let channel = |shift: u32| f64::from((number >> shift) & 255) / 255.0;
            Some((name, [channel(16), channel(8), channel(0)]))
        })
        .collect()
}

/// WCAG 2.2, relative luminance and contrast ratio.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let [r, g, b] = colour.map(|c| {
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn colours_pass_wcag_aa_in_both_schemes() {
    // Text of 4.5 or more (criterion 1.4.3), edges of controls of 3 or more (1.4.11).
    const TEXT: [(&str, &[&str]); 11] = [
        ("text", &["ground", "surface", "sunken", "tint", "line"]),
        ("muted", &["ground", "surface", "sunken"]),
        ("accent", &["ground", "surface", "sunken", "tint"]),
        ("accent-strong", &["tint"]),
        ("on-accent", &["accent", "accent-strong"]),
        ("good", &["surface", "sunken", "good-tint"]),
        ("warn", &["surface"]),
        ("bad", &["ground", "surface", "sunken", "bad-tint"]),
        ("text", &["bad-tint", "good-tint"]),
        ("muted", &["surface"]),
        ("good", &["surface"]),
    ];
    let light = colours(":root {");
    let dark = colours(":root[data-theme=\"dark\"] {");
    let system = colours(":root:not([data-theme=\"light\"]) {");
    assert_eq!(dark, system, "dark by choice and dark by the system are the same");
    assert_eq!(light.len(), dark.len());
    for scheme in [&light, &dark] {
        for (text, grounds) in TEXT {
            for ground in grounds {
                let ratio = contrast(scheme[text], scheme[ground]);
                assert!(ratio >= 4.5, "{text} on {ground}: {ratio:.2}");
            }
        }
        for ground in ["surface", "ground", "sunken"] {
            let ratio = contrast(scheme["edge"], scheme[ground]);
            assert!(ratio >= 3.0, "edge on {ground}: {ratio:.2}");
        }
    }
}

#[test]
fn colours_are_named_in_one_place() {
    let (_, rules) = STYLE.split_once("* { box-sizing").unwrap();
    for line in rules.lines().filter(|line| line.contains('#')) {
        let is_colour = line.split('#').skip(1).any(|rest| {
            let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
            digits == 3 || digits == 6
        });
        assert!(!is_colour, "{line}");
    }
}

#[test]
fn the_script_writes_no_markup() {
    for way in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
    ] {
        assert!(
            !SCRIPT.contains(way),
            "{way}: text of a document or a peer would become markup"
        );
    }
}
