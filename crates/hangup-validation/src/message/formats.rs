//! The types of parameters as models: a string, or a number, in a format of its own.

use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserializer, Serializer};

use super::model::Model;
use super::scalar_type::Format;
use super::schema::{Schema, Shape};
use crate::invalid::Invalid;
use crate::param::Param;
use crate::rules::Rules;

/// Reads text, or a number, by the type's own parser.
struct Formatted<T> {
    takes_numbers: bool,
    of: PhantomData<T>,
}

impl<T: Param> Formatted<T> {
    fn parse<E: Error>(text: &str) -> Result<T, E> {
        T::parse(text, &Rules::new().of_json()).map_err(|invalid| E::custom(invalid.msg))
    }

    fn number<E: Error>(self, number: impl Display, unexpected: Unexpected<'_>) -> Result<T, E> {
        if self.takes_numbers {
            Self::parse(&number.to_string())
        } else {
            Err(E::invalid_type(unexpected, &self))
        }
    }
}

impl<T: Param> Visitor<'_> for Formatted<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Self::parse(text)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.number(number, Unexpected::Signed(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        self.number(number, Unexpected::Unsigned(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        self.number(number, Unexpected::Float(number))
    }
}

macro_rules! text {
    ($($type:ty: $format:literal, $kind:literal, $msg:literal;)*) => {$(
        impl Model for $type {
            fn schema() -> &'static Schema {
                static SCHEMA: Schema = Schema::new(Shape::Formatted(Format {
                    name: $format,
                    takes_numbers: false,
                    wrong_type: || Invalid::new($kind, $msg),
                    check: |text, rules| <$type as Param>::parse(text, &rules.of_json()).map(drop),
                }));
                &SCHEMA
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Formatted { takes_numbers: false, of: PhantomData::<Self> })
            }

            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                write_text(self, serializer)
            }

            fn obeys(&self, _: &Rules) -> bool {
                true
            }
        }
    )*};
}

fn write_text<S: Serializer>(text: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(text)
}

text! {
    Ipv4Addr: "ipv4", "string_type", "Input should be a valid string";
    Ipv6Addr: "ipv6", "string_type", "Input should be a valid string";
    IpAddr: "", "string_type", "Input should be a valid string";
}

#[cfg(feature = "uuid")]
text! {
    uuid::Uuid: "uuid", "uuid_type", "UUID input should be a string, bytes or UUID object";
}

#[cfg(feature = "url")]
text! {
    url::Url: "uri", "url_type", "URL input should be a string or URL";
}

#[cfg(feature = "email")]
text! {
    crate::types::Email: "email", "string_type", "Input should be a valid string";
}

#[cfg(feature = "speedate")]
text! {
    speedate::Date: "date", "date_type", "Input should be a valid date";
    speedate::Time: "time", "time_type", "Input should be a valid time";
    speedate::DateTime: "date-time", "datetime_type", "Input should be a valid datetime";
    speedate::Duration: "duration", "time_delta_type", "Input should be a valid duration";
}

#[cfg(feature = "decimal")]
mod decimal {
    use super::*;

    const KIND: &str = "decimal_type";
    const MSG: &str = "Decimal input should be an integer, float, string or Decimal object";

    macro_rules! decimal {
        ($type:ty, |$value:ident, $rules:ident| $obeys:expr) => {
            impl Model for $type {
                fn schema() -> &'static Schema {
                    static SCHEMA: Schema = Schema::new(Shape::Formatted(Format {
                        name: "",
                        takes_numbers: true,
                        wrong_type: || Invalid::new(KIND, MSG),
                        check: |text, rules| <$type as Param>::parse(text, rules).map(drop),
                    }));
                    &SCHEMA
                }

                fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_any(Formatted {
                        takes_numbers: true,
                        of: PhantomData::<Self>,
                    })
                }

                fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    write_text(self, serializer)
                }

                fn obeys(&self, $rules: &Rules) -> bool {
                    let $value = self;
                    $obeys
                }
            }
        };
    }

    decimal!(crate::types::Decimal, |value, rules| value.obeys_rules(rules));

    #[cfg(feature = "rust_decimal")]
    decimal!(rust_decimal::Decimal, |value, rules| {
        <Self as Param>::parse(&value.to_string(), rules).is_ok()
    });
}
