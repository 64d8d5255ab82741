//! Typed messages, in both directions.

use hangup::{App, Handshake, Result, model, websocket};
use serde_json::{Value, json};

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
    let sum = &messages["Question.Sum"];
    assert_eq!([&sum["name"], &sum["summary"]], ["Sum", "Adds numbers."]);
    assert_eq!(sum["correlationId"]["location"], "$message.payload#/data/id");
    assert_eq!(
        sum["examples"][0]["payload"],
        json!({"type": "Sum", "data": {"id": "text", "numbers": [1.5]}})
    );
    assert_eq!(messages["Question.Stop"]["correlationId"], Value::Null);
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
