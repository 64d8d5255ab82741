//! The models of the message vectors, as one would write them for hangup.

#![allow(dead_code, reason = "only what they become as JSON matters")]

use std::collections::{BTreeMap, HashSet};

use hangup::models::Model;
use hangup::models::{Format, Schema, Shape};
use hangup::params::{Decimal, Invalid, Rules};
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::Serializer;
use serde_json::{Map, Value};

#[hangup::model]
pub(super) struct Item {
    name: String,
    price: f64,
    #[field(default)]
    tags: Vec<String>,
}

#[hangup::model(tag = "type", rename_all = "snake_case")]
pub(super) enum Event {
    Chat {
        #[field(min_length = 1, max_length = 10)]
        text: String,
        to: Option<String>,
    },
    Join {
        room: String,
    },
    Leave {
        room: String,
        #[field(default = 1000)]
        code: i64,
    },
}

#[hangup::model]
pub(super) struct Envelope {
    id: i64,
    event: Event,
}

#[hangup::model]
pub(super) struct Address {
    street: String,
    #[field(pattern = r"^\d{5}$")]
    zip: String,
}

#[hangup::model]
pub(super) struct User {
    id: i64,
    email: String,
    address: Address,
    #[field(default)]
    friends: Vec<User>,
}

#[hangup::model(rename_all = "lowercase")]
pub(super) enum Color {
    Red,
    Green,
    Blue,
}

#[hangup::model]
pub(super) enum Level {
    Low = 1,
    High = 2,
}

#[hangup::model]
pub(super) struct Paint {
    color: Color,
    #[field(default = Level::Low)]
    level: Level,
}

#[hangup::model]
pub(super) struct Strict {
    i: i128,
    f: f64,
    b: bool,
    s: String,
    d: speedate::Date,
}

#[hangup::model(extra = "forbid")]
pub(super) struct Forbid {
    a: i64,
    #[field(default = 0)]
    b: i64,
}

#[hangup::model]
pub(super) struct Allow {
    a: i64,
    #[field(extra)]
    others: Map<String, Value>,
}

#[hangup::model]
pub(super) struct Opt {
    a: Option<i64>,
    #[field(required)]
    b: Option<i64>,
    #[field(default = 7)]
    c: i64,
}

#[hangup::model]
pub(super) struct Bounds {
    #[field(ge = 1, le = 10)]
    n: i64,
    #[field(default = 0.5, gt = 0, lt = 1)]
    m: f64,
    #[field(default = 3, multiple_of = 3)]
    k: i64,
    #[field(default = [1], min_length = 1, max_length = 3)]
    xs: Vec<i64>,
    #[field(default = "a", pattern = "^a+$")]
    s: String,
}

#[hangup::model]
pub(super) struct Maps {
    #[field(default)]
    counts: BTreeMap<String, i64>,
    #[field(default)]
    by_id: BTreeMap<i64, String>,
    #[field(default)]
    any: Value,
}

#[hangup::model]
pub(super) struct Times {
    at: speedate::DateTime,
    on: Option<speedate::Date>,
    t: Option<speedate::Time>,
    d: Option<speedate::Duration>,
    u: Option<uuid::Uuid>,
    dec: Option<Decimal>,
}

#[hangup::model(populate_by_name)]
pub(super) struct Alias {
    #[field(alias = "itemId")]
    item_id: i64,
}

#[hangup::model(untagged)]
pub(super) enum AnyOf {
    Int(i128),
    Bool(bool),
    Str(String),
    List(Vec<i64>),
}

#[hangup::model]
pub(super) struct Untagged {
    #[field(required)]
    v: Option<AnyOf>,
}

#[hangup::model(literal)]
pub(super) enum CatKind {
    #[model(rename = "cat")]
    Cat,
}

#[hangup::model(literal)]
pub(super) enum DogKind {
    #[model(rename = "dog")]
    Dog,
}

#[hangup::model(untagged)]
pub(super) enum Pet {
    Cat {
        #[field(default = CatKind::Cat)]
        kind: CatKind,
        meow: i64,
    },
    Dog {
        #[field(default = DogKind::Dog)]
        kind: DogKind,
        bark: i64,
    },
}

#[hangup::model]
pub(super) struct Pets {
    pet: Pet,
}

#[hangup::model]
pub(super) struct Matrix {
    rows: Vec<Vec<i64>>,
    #[field(default = (0.0, 0.0))]
    point: (f64, f64),
    #[field(default)]
    uniq: HashSet<i64>,
}

#[hangup::model]
pub(super) struct Tree {
    v: i64,
    #[field(default)]
    kids: Vec<Tree>,
}

/// A type that reads by a rule of its own.
pub(super) struct Even(i64);

impl Model for Even {
    fn schema() -> &'static Schema {
        i64::schema()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        if number % 2 == 0 {
            Ok(Self(number))
        } else {
            Err(D::Error::custom("a must be even"))
        }
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }

    fn obeys(&self, _: &Rules) -> bool {
        true
    }
}

#[hangup::model(rename = "Custom")]
pub(super) struct Ordered {
    a: Even,
    b: i64,
}

/// A type whose whole has a rule.
pub(super) struct Custom(Ordered);

impl Model for Custom {
    fn schema() -> &'static Schema {
        Ordered::schema()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Ordered::read(deserializer)?;
        if fields.a.0 <= fields.b {
            Ok(Self(fields))
        } else {
            Err(D::Error::custom("a must not be above b"))
        }
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }

    fn obeys(&self, rules: &Rules) -> bool {
        self.0.obeys(rules)
    }
}

#[hangup::model]
pub(super) struct NoNan {
    #[field(allow_inf_nan = false)]
    x: f64,
}

/// Bytes that are written as text.
#[derive(Clone)]
pub(super) struct Utf8(pub(super) String);

impl Model for Utf8 {
    fn schema() -> &'static Schema {
        static SCHEMA: Schema = Schema::new(Shape::Formatted(Format {
            name: "binary",
            takes_numbers: false,
            wrong_type: || Invalid::new("bytes_type", "Input should be a valid bytes"),
            check: |_, _| Ok(()),
        }));
        &SCHEMA
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let hex: String = self.0.bytes().map(|byte| format!("{byte:02x}")).collect();
        let bytes = Map::from_iter([("$bytes".to_owned(), Value::from(hex))]);
        bytes.write(serializer)
    }

    fn obeys(&self, _: &Rules) -> bool {
        true
    }
}

#[hangup::model]
pub(super) struct Bytes {
    b: Utf8,
    #[field(default = 0.0)]
    f: f64,
}

#[hangup::model]
pub(super) struct Positive(#[field(ge = 1)] i64);

#[hangup::model]
pub(super) struct Move {
    #[field(ge = 0, lt = 100)]
    x: i64,
    #[field(default = 0, ge = 0, lt = 100)]
    y: i64,
    #[field(default = 1.0, gt = 0, le = 10, multiple_of = 0.5)]
    speed: f64,
}

/// `Move` where it stands alone: its key `type` may be absent, and is `move`.
#[hangup::model(rename = "Move")]
pub(super) struct TypedMove {
    #[field(default = MoveType::Move)]
    r#type: MoveType,
    #[field(ge = 0, lt = 100)]
    x: i64,
    #[field(default = 0, ge = 0, lt = 100)]
    y: i64,
    #[field(default = 1.0, gt = 0, le = 10, multiple_of = 0.5)]
    speed: f64,
}

#[hangup::model(literal, rename_all = "lowercase")]
pub(super) enum MoveType {
    Move,
}

#[hangup::model(tag = "type", rename_all = "lowercase")]
pub(super) enum Command {
    Say {
        #[field(min_length = 1, max_length = 20)]
        text: String,
    },
    Move(Move),
    Place {
        at: (i64, i64),
        piece: Color,
        #[field(max_length = 5)]
        note: Option<String>,
    },
    Many {
        #[field(min_length = 1, max_length = 3)]
        moves: Vec<TypedMove>,
        #[field(default)]
        by: BTreeMap<String, Positive>,
    },
}

#[hangup::model(extra = "forbid")]
pub(super) struct Batch {
    #[field(ge = 1, le = 2_147_483_647)]
    id: i64,
    #[field(max_length = 4)]
    commands: Vec<Command>,
}

#[hangup::model(rename_all = "camelCase")]
pub(super) struct Camel {
    #[field(pattern = "^[a-z]+$")]
    user_name: String,
    created_at: speedate::DateTime,
    last_seen: Option<speedate::DateTime>,
}

#[hangup::model]
pub(super) struct Numbers {
    a: i8,
    b: u8,
    #[field(default = 0)]
    c: i64,
    #[field(default = 0.0)]
    d: f64,
}

#[hangup::model]
pub(super) struct Ids {
    u: uuid::Uuid,
    #[field(default)]
    more: Vec<uuid::Uuid>,
}
