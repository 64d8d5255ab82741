//! Values of another format, written as the text of JSON while they are read.

use std::fmt;

use serde::{
    Deserializer, Serialize,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

/// Appends the value that is read: no tree, and at most about six bytes for each byte of MessagePack.
pub(super) struct JsonOf<'a>(pub(super) &'a mut Vec<u8>);

impl JsonOf<'_> {
    fn append<E: Error>(self, value: &impl Serialize) -> Result<(), E> {
        serde_json::to_writer(self.0, value).map_err(E::custom)
    }
}

impl<'de> DeserializeSeed<'de> for JsonOf<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for JsonOf<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.append(&value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.append(&value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.append(&value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.append(&value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.append(&value)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.append(&())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        self.0.push(b'[');
        let mut is_first = true;
        loop {
            let end = self.0.len();
            if !is_first {
                self.0.push(b',');
            }
            if elements.next_element_seed(JsonOf(self.0))?.is_none() {
                self.0.truncate(end);
                break;
            }
            is_first = false;
        }
        self.0.push(b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        self.0.push(b'{');
        let mut is_first = true;
        loop {
            let end = self.0.len();
            if !is_first {
                self.0.push(b',');
            }
            if entries.next_key_seed(KeyOf(self.0))?.is_none() {
                self.0.truncate(end);
                break;
            }
            self.0.push(b':');
            entries.next_value_seed(JsonOf(self.0))?;
            is_first = false;
        }
        self.0.push(b'}');
        Ok(())
    }
}

/// Appends a key, which is a string in JSON.
struct KeyOf<'a>(&'a mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for KeyOf<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyOf<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<(), E> {
        JsonOf(self.0).append(&key)
    }
}
