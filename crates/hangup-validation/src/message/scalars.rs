//! The models of one JSON value: `bool`, numbers, text, any value.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::model::Model;
use super::scalar_type::IntegerType;
use super::schema::{Schema, Shape};
use crate::param::Param;
use crate::rules::Rules;
use crate::types::{float_obeys, integer_obeys, text_obeys};

/// Reads and writes by serde's own implementations.
macro_rules! by_serde {
    () => {
        fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Self::deserialize(deserializer)
        }

        fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.serialize(serializer)
        }
    };
}

macro_rules! scalar {
    ($($type:ty: $shape:expr, |$value:pat_param, $rules:pat_param| $obeys:expr;)*) => {$(
        impl Model for $type {
            fn schema() -> &'static Schema {
                static SCHEMA: Schema = Schema::new($shape);
                &SCHEMA
            }

            by_serde!();

            fn obeys(&self, $rules: &Rules) -> bool {
                let $value = self;
                $obeys
            }
        }
    )*};
}

macro_rules! integer {
    ($($type:ty)*) => {scalar! {$(
        $type: Shape::Integer(IntegerType {
            min: <$type>::MIN as i128,
            max: <$type>::MAX as u128,
            check: |text, rules| <$type as Param>::parse(text, rules).map(drop),
        }), |value, rules| integer_obeys(*value, rules);
    )*}};
}

scalar! {
    bool: Shape::Boolean, |_, _| true;
    String: Shape::Text, |text, rules| text_obeys(text, rules);
    char: Shape::Character, |_, _| true;
    (): Shape::Null, |(), _| true;
    f64: Shape::Float, |value, rules| float_obeys(*value, rules);
    f32: Shape::Float, |value, rules| float_obeys(f64::from(*value), rules);
    Value: Shape::Any, |_, _| true;
}

integer!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);
