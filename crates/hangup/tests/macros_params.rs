//! `#[derive(Params)]` and `#[derive(Param)]`: groups of parameters, and enums as values.
#![forbid(unsafe_code)]

use axum::{Router, http::StatusCode, routing::get};
use hangup::{
    App, CloseCode, Failure, Handshake, Params, Result,
    params::{Param, Parameter, ValidationError},
    testing::TestClient,
    websocket,
};

#[derive(Debug, PartialEq, Params)]
struct Paging {
    #[query(default = 0, ge = 0)]
    offset: i64,
    #[query(lt = 100)]
    limit: Option<u32>,
    #[params]
    sort: Sort<String>,
}

/// How a list is sorted.
#[derive(Debug, PartialEq, Params)]
struct Sort<T: Parameter> {
    /// The field by which.
    #[query(alias = "sort-by")]
    by: T,
    #[header(default = Order::Asc, deprecated)]
    sort_order: Order,
}

#[derive(Debug, PartialEq, Params)]
struct Tenant {
    #[param(path, min_length = 3)]
    r#type: String,
    #[param(path)]
    id: Level,
}

#[derive(Debug, Clone, Copy, PartialEq, Param)]
enum Model {
    Alexnet,
    #[param(rename = "resnet-50")]
    Resnet,
    LeNet,
}

const TWO: isize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Param)]
enum Level {
    Low = 1,
    Middle = TWO,
    High = 3,
}

#[derive(Debug, Clone, Copy, PartialEq, Param)]
#[param(literal)]
enum Order {
    Asc,
    Desc,
    #[param(value = -1)]
    Never,
    #[param(value = true)]
    Always,
}

#[websocket("/models/{model}")]
async fn models(
    handshake: Handshake,
    #[query(strict)] model_size: Option<u8>,
    #[path] model: Model,
    #[params] paging: Paging,
    group: Sort<u8>,
) -> Result {
    let mut socket = handshake.accept().await?;
    let answer = format!("{model:?} {model_size:?} {paging:?} {group:?}");
    socket.send_text(answer).await?;
    Ok(())
}

#[tokio::test]
async fn groups_nest() {
    let client = TestClient::new(App::new().endpoint(models));
    let mut socket = client
        .connect("/models/resnet-50?limit=9&sort-by=7")
        .await
        .unwrap();
    assert_eq!(
        socket.recv_text().await,
        r#"Resnet None Paging { offset: 0, limit: Some(9), sort: Sort { by: "7", sort_order: Asc } } Sort { by: 7, sort_order: Asc }"#
    );
}

/// Errors of an extractor come first, then groups, then the endpoint's own.
#[tokio::test]
async fn errors_of_groups_are_collected_with_those_of_extractors() {
    let app = App::new()
        .endpoint(models)
        .error_handler(async |failed: Failure<ValidationError>| {
            let locs = failed.error().errors().iter().map(|item| {
                let item = serde_json::to_value(item).unwrap();
                format!(
                    "{}={}",
                    item["loc"][1].as_str().unwrap(),
                    item["type"].as_str().unwrap()
                )
            });
            let reason: Vec<_> = locs.collect();
            hangup::Close::new(CloseCode::POLICY_VIOLATION, reason.join(" "))
        });
    let client = TestClient::new(app).header("sort-order".parse().unwrap(), "up".parse().unwrap());
    let mut socket = client.connect("/models/vgg?sort-by=x&offset=-1").await.unwrap();
    socket
        .assert_closed(
            CloseCode::POLICY_VIOLATION,
            "sort-by=int_parsing sort-order=literal_error sort-order=literal_error \
             offset=greater_than_equal model=enum",
        )
        .await;
}

#[tokio::test]
async fn a_group_is_an_extractor_of_axum() {
    async fn handler(Tenant { r#type, id }: Tenant) -> String {
        format!("{type} {id:?}")
    }
    let client = TestClient::new(Router::new().route("/{type}/{id}", get(handler)));
    let answer = client.connect("/abc/2").await.unwrap_err();
    assert_eq!(
        (answer.status(), &answer.body()[..]),
        (StatusCode::OK, &b"abc Middle"[..])
    );
    let answer = client.connect("/ab/4").await.unwrap_err();
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["detail"].as_array().unwrap().len(), 2);
}

#[test]
fn enums_have_the_values_of_fastapi() {
    let rules = hangup::params::Rules::new();
    for (text, model) in [
        ("alexnet", Model::Alexnet),
        ("resnet-50", Model::Resnet),
        ("le_net", Model::LeNet),
    ] {
        assert_eq!(Model::parse(text, &rules), Ok(model));
    }
    assert!(Model::parse("Alexnet", &rules).is_err());
    assert_eq!(Level::parse("3", &rules), Ok(Level::High));
    assert_eq!(Level::parse("1", &rules), Ok(Level::Low));
    assert_eq!(Order::parse("desc", &rules), Ok(Order::Desc));
    for never_met in ["-1", "true", "never", "always"] {
        assert!(
            Order::parse(never_met, &rules).is_err(),
            "{never_met}: {:?} {:?}",
            Order::Never,
            Order::Always
        );
    }
}
