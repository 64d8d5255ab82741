//! `ValidationError` as a part of a message: the list of its errors.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::model::Model;
use super::schema::{Member, Object, OtherKeys, Schema, SchemaOf, Shape};
use crate::context::EndpointContext;
use crate::error::ValidationError;
use crate::item::ErrorItem;
use crate::rules::Rules;

fn item() -> &'static Schema {
    static STEPS: Schema = Schema::new(Shape::Any);
    fn step() -> &'static Schema {
        &STEPS
    }
    static LOC: Schema = Schema::new(Shape::List(step));
    fn loc() -> &'static Schema {
        &LOC
    }
    const ANY: SchemaOf = step;
    static SCHEMA: Schema = Schema::new(Shape::Object(Object {
        class: "",
        members: &[
            Member::new("type", String::schema).described("What is wrong, as a word for programs."),
            Member::new("loc", loc).described("The way to the value: keys and places."),
            Member::new("msg", String::schema).described("What is wrong, for people."),
            Member::new("input", ANY).described("The value, which may be cut."),
            Member::new("ctx", ANY)
                .optional()
                .described("What the message is made of."),
        ],
        others: OtherKeys::Ignored,
    }))
    .named("ErrorItem", std::any::type_name::<ErrorItem>)
    .described("One error of a message or of a parameter.");
    &SCHEMA
}

impl Model for ValidationError {
    fn schema() -> &'static Schema {
        static SCHEMA: Schema = Schema::new(Shape::List(item));
        &SCHEMA
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Vec::<ErrorItem>::deserialize(deserializer)?;
        Ok(Self::new(items, EndpointContext::default()))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.errors().serialize(serializer)
    }

    fn obeys(&self, _: &Rules) -> bool {
        true
    }
}
