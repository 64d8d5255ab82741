//! Groups of parameters, written by hand as the macros write them: nesting, order of errors, defaults, axum.

#![allow(
    clippy::unwrap_used,
    reason = "a test may panic outside of its own function too"
)]

use axum::Router;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::routing::get;
use hangup_validation::{EndpointContext, Errors, Field, Number, Params, Sources, ValidationError, extract};
use http::request::Parts;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

#[derive(Debug, PartialEq)]
struct Inner {
    deep: i64,
}

impl Params for Inner {
    fn read(sources: &Sources<'_>, errors: &mut Errors) -> Option<Self> {
        static DEEP: Field = Field::query("deep");
        Some(Self {
            deep: DEEP.read(sources, errors)?,
        })
    }
}

#[derive(Debug, PartialEq)]
struct Outer {
    cookie: Option<i64>,
    limit: u8,
    inner: Inner,
    token: String,
    id: i64,
    tags: Vec<String>,
}

impl Params for Outer {
    fn read(sources: &Sources<'_>, errors: &mut Errors) -> Option<Self> {
        static COOKIE: Field = Field::cookie("c");
        static LIMIT: Field = Field::query("limit").ge(Number::whole(1)).le(Number::whole(100));
        static TOKEN: Field = Field::header("x-token").min_length(3);
        static ID: Field = Field::path("id");
        static TAGS: Field = Field::query("tags");
        let inner = Inner::read(sources, errors);
        let id = ID.read(sources, errors);
        let limit = LIMIT.read_or(sources, errors, || 200);
        let tags = TAGS.read(sources, errors);
        let token = TOKEN.read(sources, errors);
        let cookie = COOKIE.read(sources, errors);
        Some(Self {
            cookie: cookie?,
            limit: limit?,
            inner: inner?,
            token: token?,
            id: id?,
            tags: tags?,
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Outer {
    type Rejection = ValidationError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        extract(parts)
    }
}

fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn read<P: Params>(template: &str, parts: &Parts) -> Result<P, ValidationError> {
    let mut errors = Errors::new();
    let params = P::read(&Sources::with_template(parts, template), &mut errors);
    params.ok_or_else(|| errors.into_error(EndpointContext::default()))
}

#[test]
fn a_request_that_suits_gives_every_value() {
    let parts = parts(
        "/items/7?tags=a&deep=1&tags=b%20c",
        &[("x-token", "abc"), ("cookie", "c=5")],
    );
    let outer: Outer = read("/items/{id}", &parts).unwrap();
    let tags = vec!["a".to_owned(), "b c".to_owned()];
    let expected = Outer {
        cookie: Some(5),
        limit: 200,
        inner: Inner { deep: 1 },
        token: "abc".to_owned(),
        id: 7,
        tags,
    };
    assert_eq!(outer, expected, "the default is not validated");
}

#[test]
fn errors_come_in_fastapis_order() {
    let parts = parts("/items/x?limit=0&deep=y", &[("x-token", "ab"), ("cookie", "c=z")]);
    let error = read::<Outer>("/items/{id}", &parts).unwrap_err();
    let places: Vec<(&str, String)> = error
        .errors()
        .iter()
        .map(|item| (item.kind(), serde_json::to_string(item.loc()).unwrap()))
        .collect();
    let expected = [
        ("int_parsing", r#"["query","deep"]"#),
        ("int_parsing", r#"["path","id"]"#),
        ("greater_than_equal", r#"["query","limit"]"#),
        ("missing", r#"["query","tags"]"#),
        ("string_too_short", r#"["header","x-token"]"#),
        ("int_parsing", r#"["cookie","c"]"#),
    ];
    assert_eq!(places, expected.map(|(kind, loc)| (kind, loc.to_owned())));
}

#[test]
fn an_error_is_written_as_fastapi_writes_it() {
    let parts = parts("/items/1?deep=1&limit=0&tags=", &[("x-token", "abc")]);
    let error = read::<Outer>("/items/{id}", &parts).unwrap_err();
    let json = r#"[{"type":"greater_than_equal","loc":["query","limit"],"msg":"Input should be greater than or equal to 1","input":"0","ctx":{"ge":1}}]"#;
    assert_eq!(error.to_json(), json);
    assert_eq!(
        error.to_reason(),
        r#"[{"type":"greater_than_equal","loc":["query","limit"],"msg":"Input should be greater than or equal to 1"}]"#
    );
    let endpoint = EndpointContext {
        function: "items".into(),
        path: "/items/{id}".into(),
        file: "src/main.rs".into(),
        line: 12,
    };
    let text = "1 validation error:\n  {'type': 'greater_than_equal', 'loc': ('query', 'limit'), 'msg': 'Input should \
                be greater than or equal to 1', 'input': '0', 'ctx': {'ge': 1}}\n\n  File \"src/main.rs\", line 12, in \
                items\n    WS /items/{id}";
    assert_eq!(error.with_endpoint(endpoint).to_string(), text);
}

#[tokio::test]
async fn an_axum_handler_refuses_with_422() {
    let inner = Router::new().route(
        "/items/{id}",
        get(|outer: Outer| async move { format!("{}", outer.id) }),
    );
    let app = Router::new().nest("/api/{version}", inner);
    let request = |uri: &str| {
        Request::builder()
            .uri(uri)
            .header("x-token", "abc")
            .body(Body::empty())
            .unwrap()
    };

    let answer = app
        .clone()
        .oneshot(request("/api/2/items/7?deep=1&tags=a"))
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(&body[..], b"7", "the path parameter is found behind a prefix");

    let answer = app
        .oneshot(request("/api/2/items/x?deep=1&tags=a"))
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.headers()["content-type"], "application/json");
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let error = json!({
        "type": "int_parsing",
        "loc": ["path", "id"],
        "msg": "Input should be a valid integer, unable to parse string as an integer",
        "input": "x",
    });
    assert_eq!(body, json!({ "detail": [error] }));
}
