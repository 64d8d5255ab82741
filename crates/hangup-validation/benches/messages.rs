//! A tagged message of 125 bytes: the tag read first, against serde's buffering.

use divan::black_box;
use hangup_validation::Rules;
use hangup_validation::message::made::{
    ReadMembers, UnionModel, next_member, next_place, read_internal, read_object, required, skip_member,
};
use hangup_validation::message::{Model, Schema, Shape, read_json};
use serde::de::MapAccess;
use serde::{Deserialize, Deserializer, Serializer};

fn main() {
    divan::main();
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(dead_code, reason = "only reading is measured")]
enum Buffered {
    Say { id: u64, room: String, text: String },
    Ping,
}

#[expect(dead_code, reason = "only reading is measured")]
enum TagFirst {
    Say { id: u64, room: String, text: String },
    Ping,
}

struct Say(u64, String, String);

impl ReadMembers for Say {
    fn read_members<'de, A: MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
        let (mut id, mut room, mut text) = (None, None, None);
        let place = |key: &str| match key {
            "id" => 0,
            "room" => 1,
            "text" => 2,
            _ => usize::MAX,
        };
        while let Some(place) = next_place(&mut members, place)? {
            match place {
                0 => id = Some(next_member(&mut members)?),
                1 => room = Some(next_member(&mut members)?),
                2 => text = Some(next_member(&mut members)?),
                _ => skip_member(&mut members)?,
            }
        }
        Ok(Self(
            required(id, "id")?,
            required(room, "room")?,
            required(text, "text")?,
        ))
    }
}

impl UnionModel for TagFirst {
    const COUNT: usize = 2;

    fn place(name: &str) -> usize {
        match name {
            "say" => 0,
            "ping" => 1,
            _ => usize::MAX,
        }
    }

    fn unit(place: usize) -> Option<Self> {
        (place == 1).then_some(Self::Ping)
    }

    fn read_variant<'de, D: Deserializer<'de>>(_: usize, deserializer: D) -> Result<Self, D::Error> {
        let Say(id, room, text) = read_object(deserializer)?;
        Ok(Self::Say { id, room, text })
    }
}

impl Model for TagFirst {
    fn schema() -> &'static Schema {
        static SCHEMA: Schema = Schema::new(Shape::Any);
        &SCHEMA
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_internal("type", deserializer)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }

    fn obeys(&self, _: &Rules) -> bool {
        true
    }
}

const FIRST: &str = r#"{"type":"say","id":123456,"room":"the room of the reading","text":"sixty characters of text that somebody has said, more or less"}"#;
const LAST: &str = r#"{"id":123456,"room":"the room of the reading","text":"sixty characters of text that somebody has said, more or less","type":"say"}"#;

#[divan::bench(args = [FIRST, LAST])]
fn buffered_by_serde(text: &str) -> bool {
    serde_json::from_str::<Buffered>(black_box(text)).is_ok()
}

#[divan::bench(args = [FIRST, LAST])]
fn tag_first(text: &str) -> bool {
    read_json::<TagFirst>(black_box(text)).is_ok()
}
