//! `client.ts`: the types of all messages, and a client that knows the close codes of each endpoint.

mod names;
mod types;

use serde_json::Value;

use self::{
    names::text,
    types::{Types, branches, comment, parameters, union},
};

/// The part of the file that is the same for every document.
const CLIENT: &str = include_str!("client.ts");

/// The file for a document of AsyncAPI 3.
pub(super) fn client(document: &Value) -> String {
    let title = document
        .pointer("/info/title")
        .and_then(Value::as_str)
        .unwrap_or("this app");
    let types = Types::of(document);
    let channels: Vec<ChannelTypes<'_>> = document
        .get("channels")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, channel)| ChannelTypes {
            document,
            types: &types,
            name,
            channel,
        })
        .collect();
    let of_each = |of: fn(&ChannelTypes<'_>) -> String| channels.iter().map(of).collect::<String>();
    format!(
        "// The WebSocket endpoints of {}, typed. Made from the document of the app; fetch it again when that changes.\n\n\
         // ---------------------------------------------------------------- the messages\n\n{}\
         // ---------------------------------------------------------------- the endpoints\n\n\
         /** The endpoints by their addresses. */\nexport interface Channels {{\n{}}}\n\n\
         type Form = \"json\" | \"raw\";\n\
         type Path = readonly string[] | null;\n\
         /** How messages are written and read, and where the correlation id stands in both directions. */\n\
         const FORMS: {{ [C in keyof Channels]: readonly [Form, Form, Path, Path] }} = {{\n{}}};\n\n\
         /** Close codes with their reason, where it is always the same, and whether to come back. */\n\
         const CLOSES: {{ [C in keyof Channels]: readonly (readonly [number, string | null, Retry])[] }} = {{\n{}}};\n\n\
         {CLIENT}",
        title.replace(['\n', '\r', '\u{2028}', '\u{2029}'], " "),
        types.declarations(),
        of_each(|one| one.interface()),
        of_each(|one| one.forms()),
        of_each(|one| one.closes()),
    )
}

/// The messages of an endpoint without types.
const RAW: &str = "string | Uint8Array";

struct ChannelTypes<'a> {
    document: &'a Value,
    types: &'a Types<'a>,
    name: &'a str,
    channel: &'a Value,
}

impl<'a> ChannelTypes<'a> {
    fn address(&self) -> String {
        match self.channel.get("address").and_then(Value::as_str) {
            Some(address) => text(address),
            None => text(&format!("/{}", self.name)),
        }
    }

    fn interface(&self) -> String {
        let sent = self.messages("receive");
        let received = self.messages("send");
        // An endpoint of which the document says nothing may talk of anything.
        let types = |messages: &[&Value]| match sent.is_empty() && received.is_empty() {
            true => RAW.to_owned(),
            false => self.message_types(messages),
        };
        let query = self.channel.pointer("/bindings/ws/query").unwrap_or(&Value::Null);
        format!(
            "{}  {}: {{\n    path: {};\n    query: {};\n    subprotocol: {};\n    send: {};\n    receive: {};\n    \
             ask: {};\n    answer: {};\n    close: {};\n  }};\n",
            comment(self.channel, "  "),
            self.address(),
            self.path(),
            parameters(self.types, query),
            self.subprotocol(),
            types(&sent),
            types(&received),
            self.correlated(&sent),
            self.correlated(&received),
            self.close_codes(),
        )
    }

    fn forms(&self) -> String {
        let (sent, received) = (self.messages("receive"), self.messages("send"));
        let form = |messages: &[&Value]| {
            if messages.iter().any(|one| is_json(one)) {
                "\"json\""
            } else {
                "\"raw\""
            }
        };
        let path = |messages: &[&Value]| match messages.iter().find_map(|one| correlation(one)) {
            Some(path) => format!(
                "[{}]",
                path.iter().map(|part| text(part)).collect::<Vec<_>>().join(", ")
            ),
            None => "null".to_owned(),
        };
        format!(
            "  {}: [{}, {}, {}, {}],\n",
            self.address(),
            form(&sent),
            form(&received),
            path(&sent),
            path(&received)
        )
    }

    fn closes(&self) -> String {
        let rows: String = self
            .close_rows()
            .filter_map(|row| {
                let code = row.get("code")?.as_u64()?;
                let reason = row
                    .get("reason")
                    .and_then(Value::as_str)
                    .map_or("null".to_owned(), text);
                let retry = row.get("retry").and_then(Value::as_str);
                let retry = retry
                    .filter(|retry| ["never", "now", "backoff"].contains(retry))
                    .unwrap_or("never");
                Some(format!("    [{code}, {reason}, {}],\n", text(retry)))
            })
            .collect();
        format!("  {}: [\n{rows}  ],\n", self.address())
    }

    fn close_rows(&self) -> impl Iterator<Item = &'a Value> {
        self.channel
            .get("x-close-codes")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    }

    fn close_codes(&self) -> String {
        union(
            self.close_rows()
                .filter_map(|row| Some(row.get("code")?.as_u64()?.to_string())),
        )
    }

    fn path(&self) -> String {
        let parameters = self.channel.get("parameters").and_then(Value::as_object);
        let members: Vec<String> = parameters
            .into_iter()
            .flatten()
            .map(|(name, parameter)| {
                let parameter = self.types.resolved(parameter);
                // What AsyncAPI itself can say of a parameter is its list of values.
                let kind = match parameter
                    .get("x-schema")
                    .or_else(|| parameter.get("enum").map(|_| parameter))
                {
                    Some(schema) => self.types.of_schema(schema, 0),
                    None => "string".to_owned(),
                };
                format!("{}: {kind}", names::property(name))
            })
            .collect();
        match members.is_empty() {
            true => "{ [name: string]: never }".to_owned(),
            false => format!("{{ {} }}", members.join("; ")),
        }
    }

    fn subprotocol(&self) -> String {
        let names = self.channel.get("x-subprotocols").and_then(Value::as_array);
        let names: Vec<String> = names
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(text))
            .collect();
        match names.is_empty() {
            true => "string".to_owned(),
            false => union(names.into_iter()),
        }
    }

    /// The messages of one direction: `receive` is what the app receives.
    fn messages(&self, action: &str) -> Vec<&'a Value> {
        let operations = self.document.get("operations").and_then(Value::as_object);
        let mut found = Vec::new();
        for operation in operations.into_iter().flat_map(|all| all.values()) {
            let channel = operation
                .get("channel")
                .map(|channel| self.types.resolved(channel));
            let is_ours = channel.is_some_and(|channel| std::ptr::eq(channel, self.channel));
            if !is_ours || operation.get("action").and_then(Value::as_str) != Some(action) {
                continue;
            }
            match operation.get("messages").and_then(Value::as_array) {
                Some(messages) => found.extend(messages.iter().map(|one| self.types.resolved(one))),
                // Without a list the operation is about every message of the channel.
                None => {
                    let all = self.channel.get("messages").and_then(Value::as_object);
                    found.extend(
                        all.into_iter()
                            .flat_map(|all| all.values())
                            .map(|one| self.types.resolved(one)),
                    );
                }
            }
        }
        found
    }

    fn message_types(&self, messages: &[&Value]) -> String {
        if messages.is_empty() {
            return "never".to_owned();
        }
        union(messages.iter().map(|message| {
            match is_json(message) {
                true => message
                    .get("payload")
                    .map_or("unknown".to_owned(), |payload| self.types.of_schema(payload, 0)),
                false => RAW.to_owned(),
            }
        }))
    }

    /// The variants that have a correlation id.
    fn correlated(&self, messages: &[&Value]) -> String {
        union(messages.iter().filter_map(|message| {
            let path = correlation(message)?;
            let payload = message.get("payload")?;
            let whole = self.types.of_schema(payload, 0);
            let schema = self.types.resolved(payload);
            let Some(branches) = branches(schema) else {
                return Some(whole);
            };
            let with_id = branches.iter().filter(|branch| self.has(branch, &path));
            let tags: Option<Vec<String>> = with_id.map(|branch| self.tag(branch, branches)).collect();
            match tags {
                Some(tags) if tags.is_empty() => None,
                Some(tags) => Some(format!("Extract<{whole}, {}>", union(tags.into_iter()))),
                None => Some(whole),
            }
        }))
    }

    fn has(&self, branch: &Value, path: &[String]) -> bool {
        let mut schema = self.types.resolved(branch);
        path.iter().all(
            |part| match schema.get("properties").and_then(|all| all.get(part)) {
                Some(found) => {
                    schema = self.types.resolved(found);
                    true
                }
                None => false,
            },
        )
    }

    /// What tells a branch from the others, as a type: `{ type: "say" }`.
    fn tag(&self, branch: &Value, branches: &[Value]) -> Option<String> {
        let value = |branch: &Value, name: &str| {
            let property = self.types.resolved(branch).get("properties")?.get(name)?;
            let property = self.types.resolved(property);
            let one = property
                .get("enum")
                .and_then(Value::as_array)
                .filter(|all| all.len() == 1);
            property
                .get("const")
                .or_else(|| one?.first())
                .and_then(Value::as_str)
                .map(text)
        };
        let properties = self.types.resolved(branch).get("properties")?.as_object()?;
        let name = properties
            .keys()
            .find(|name| branches.iter().all(|branch| value(branch, name).is_some()))?;
        Some(format!(
            "{{ {}: {} }}",
            names::property(name),
            value(branch, name)?
        ))
    }
}

fn is_json(message: &Value) -> bool {
    let content_type = message.get("contentType").and_then(Value::as_str);
    content_type.is_none_or(|content_type| content_type.contains("json"))
}

/// The path to the correlation id within the payload.
fn correlation(message: &Value) -> Option<Vec<String>> {
    let location = message.pointer("/correlationId/location")?.as_str()?;
    let pointer = location.strip_prefix("$message.payload#/")?;
    Some(
        pointer
            .split('/')
            .map(|part| part.replace("~1", "/").replace("~0", "~"))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tour() -> String {
        let document: Value = serde_json::from_str(include_str!("../tests/tour.json")).unwrap();
        client(&document)
    }

    #[test]
    fn messages_are_unions_that_their_tag_tells_apart() {
        let made = tour();
        assert!(made.contains("export type Command = \n  /** Say something to the room. */\n  | { type: \"say\"; text: string }"), "{made}");
        assert!(
            made.contains("  | { type: \"move\"; x: number; y?: number }"),
            "{made}"
        );
    }

    #[test]
    fn an_endpoint_has_the_union_of_its_close_codes() {
        let made = tour();
        let board = made
            .split("\"/board/ws\": {")
            .nth(1)
            .unwrap()
            .split("\n  };")
            .next()
            .unwrap();
        assert!(board.contains("query: { name: string };"), "{board}");
        assert!(board.contains("close: 4001 | 1008 | 1000 | 1001"), "{board}");
        assert!(
            board.contains("ask: Extract<Command, { type: \"save\" }>;"),
            "{board}"
        );
        assert!(
            board.contains("answer: Extract<Event, { type: \"saved\" } | { type: \"invalid\" }>;"),
            "{board}"
        );
    }

    #[test]
    fn an_endpoint_that_nothing_is_known_of_takes_anything() {
        let made = client(&serde_json::json!({ "channels": { "a": { "address": "/a" } } }));
        assert!(
            made.contains("send: string | Uint8Array;\n    receive: string | Uint8Array;"),
            "{made}"
        );
    }

    #[test]
    fn texts_of_the_document_stay_texts() {
        let document = serde_json::json!({
            "info": { "title": "x\nalert(1)" },
            "channels": { "a": { "address": "/a\"]; alert(1); //", "description": "*/ alert(1) /*" } },
        });
        let made = client(&document);
        assert!(!made.contains("\nalert"));
        assert!(!made.contains("*/ alert"));
        assert!(made.contains(r#""/a\"]; alert(1); //": {"#));
    }
}
