//! Typed messages, in both directions.

use hangup::{App, Handshake, Result, model, websocket};
use serde_json::json;

/// What a client asks.
#[model(tag = "type", content = "data")]
pub(crate) enum Question {
    /// Adds numbers.
    Sum {
        #[field(correlation)]
        id: String,
        numbers: Vec<f64>,
    },
    Stop,
}

#[model]
pub(crate) struct Answer {
    #[field(correlation)]
    id: String,
    sum: f64,
}

#[websocket("/sums")]
pub(crate) async fn sums(_handshake: Handshake<Question, Answer>) -> Result {
    Ok(())
}

#[websocket("/numbers")]
async fn numbers(_handshake: Handshake<Vec<u8>, String>) -> Result {
    Ok(())
}

#[test]
fn typed_endpoints_have_their_messages() {
    let document = App::<()>::new().endpoint(sums).endpoint(numbers).asyncapi();
    let messages = &document["components"]["messages"];
    let question = &messages["Question"];
    assert_eq!(
        [&question["name"], &question["summary"]],
        ["Question", "What a client asks."]
    );
    assert_eq!(
        question["payload"],
        json!({"$ref": "#/components/schemas/Question"})
    );
    assert_eq!(question["correlationId"]["location"], "$message.payload#/data/id");
    assert_eq!(
        question["examples"],
        json!([
            {"name": "Sum", "payload": {"type": "Sum", "data": {"id": "text", "numbers": [1.5]}}},
            {"name": "Stop", "payload": {"type": "Stop"}},
        ])
    );
    assert_eq!(
        messages["Answer"]["payload"],
        json!({"$ref": "#/components/schemas/Answer"})
    );
    assert_eq!(
        document["components"]["schemas"]["Answer"]["required"],
        json!(["id", "sum"])
    );
    let receive = &document["operations"]["sums.receive"];
    assert_eq!(
        receive["reply"]["messages"],
        json!([{"$ref": "#/channels/sums/messages/Answer"}])
    );
    assert_eq!(document["operations"]["sums.send"].get("reply"), None);
    assert_eq!(
        document["operations"]["numbers.receive"]["messages"],
        json!([{"$ref": "#/channels/numbers/messages/List"}])
    );
    assert_eq!(messages["Text"]["payload"], json!({"type": "string"}));
}
