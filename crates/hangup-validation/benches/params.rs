//! The parameters of the tour's `/params/{n}/ws`, good and bad: `cargo bench -p hangup-validation --bench params`.

use divan::{Bencher, black_box};
use hangup_validation::{EndpointContext, Errors, Field, Number, Sources};
use http::Request;
use http::request::Parts;
use uuid::Uuid;

fn main() {
    divan::main();
}

type Values = (i64, i64, Vec<String>, String, Uuid);

fn read(sources: &Sources<'_>, errors: &mut Errors) -> Option<Values> {
    static N: Field = Field::path("n");
    static LIMIT: Field = Field::query("limit").ge(Number::whole(1)).le(Number::whole(100));
    static TAGS: Field = Field::query("tags");
    static TOKEN: Field = Field::header("x-token").min_length(3);
    static SESSION: Field = Field::cookie("session");
    let n = N.read(sources, errors);
    let limit = LIMIT.read(sources, errors);
    let tags = TAGS.read(sources, errors);
    let token = TOKEN.read(sources, errors);
    let session = SESSION.read(sources, errors);
    Some((n?, limit?, tags?, token?, session?))
}

fn parts(uri: &str, token: &str, session: &str) -> Parts {
    let request = Request::builder()
        .uri(uri)
        .header("host", "example.com")
        .header("upgrade", "websocket");
    let request = request
        .header("x-token", token)
        .header("cookie", format!("a=1; session={session}"));
    request.body(()).unwrap_or_default().into_parts().0
}

#[divan::bench]
fn good(bencher: Bencher<'_, '_>) {
    let parts = parts(
        "/params/7/ws?limit=5&tags=a&tags=b",
        "abcdef",
        "12345678-1234-5678-1234-567812345678",
    );
    bencher.bench(|| {
        let sources = Sources::with_template(black_box(&parts), "/params/{n}/ws");
        read(&sources, &mut Errors::new())
    });
}

#[divan::bench]
fn all_bad_with_reason(bencher: Bencher<'_, '_>) {
    let parts = parts("/params/x/ws?limit=0&tags=a", "ab", "x");
    bencher.bench(|| {
        let sources = Sources::with_template(black_box(&parts), "/params/{n}/ws");
        let mut errors = Errors::new();
        let values = read(&sources, &mut errors);
        (values, errors.into_error(EndpointContext::default()).to_reason())
    });
}

#[divan::bench]
fn all_bad_as_json(bencher: Bencher<'_, '_>) {
    let parts = parts("/params/x/ws?limit=0&tags=a", "ab", "x");
    bencher.bench(|| {
        let sources = Sources::with_template(black_box(&parts), "/params/{n}/ws");
        let mut errors = Errors::new();
        let values = read(&sources, &mut errors);
        (values, errors.into_error(EndpointContext::default()).to_json())
    });
}
