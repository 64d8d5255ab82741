//! How typed messages are written on the wire: JSON, MessagePack, or what a `Codec` makes of them.

use std::fmt;

#[cfg(feature = "msgpack")]
use serde::de::DeserializeSeed;
use serde_json::Value;

#[cfg(feature = "msgpack")]
use super::json_of::JsonOf;
use super::message::Message;
#[cfg(feature = "msgpack")]
use crate::params::message::made::within_bound;
use crate::{
    error::{Error, JsonError, ReceiveError, Result},
    params::message::{Model, Written, read_json},
};

/// How typed messages are written on the wire, by the subprotocol that was chosen.
#[derive(Clone, Copy, Default)]
#[non_exhaustive]
pub enum Encoding {
    /// JSON in text messages; subprotocol `json`, or none.
    #[default]
    Json,
    /// MessagePack in binary messages; subprotocol `msgpack`.
    #[cfg(feature = "msgpack")]
    #[cfg_attr(docsrs, doc(cfg(feature = "msgpack")))]
    MessagePack,
    /// Any other.
    Other(&'static dyn Codec),
}

/// An encoding of one's own.
///
/// It is given, and gives, the values of JSON. The type and its rules are checked by hangup, with the same errors.
///
/// ```
/// use hangup::{Message, Result, error::ReceiveError, models::Codec};
/// use serde_json::Value;
///
/// /// JSON in binary messages.
/// struct JsonBytes;
///
/// impl Codec for JsonBytes {
///     fn subprotocol(&self) -> &'static str {
///         "json-bytes"
///     }
///
///     fn encode(&self, value: Value) -> Result<Message> {
///         Ok(Message::Binary(serde_json::to_vec(&value)?.into()))
///     }
///
///     fn decode(&self, message: &Message) -> Result<Value, ReceiveError> {
///         match message {
///             Message::Binary(bytes) => serde_json::from_slice(bytes).map_err(|error| ReceiveError::undecodable(&error)),
///             Message::Text(_) => Err(ReceiveError::WrongKind { expected: "binary", received: "text" }),
///         }
///     }
/// }
/// ```
pub trait Codec: Send + Sync + 'static {
    /// The subprotocol that stands for it.
    fn subprotocol(&self) -> &'static str;

    /// A message of a value.
    ///
    /// # Errors
    ///
    /// Where the encoding has no such value.
    fn encode(&self, value: Value) -> Result<Message>;

    /// The value of a message.
    ///
    /// # Errors
    ///
    /// [`ReceiveError::WrongKind`], or [`ReceiveError::undecodable`].
    fn decode(&self, message: &Message) -> Result<Value, ReceiveError>;
}

/// Containers inside each other that MessagePack is read with, as many as JSON.
#[cfg(feature = "msgpack")]
const DEEPEST: usize = 128;

impl Encoding {
    /// The subprotocol that stands for it.
    #[must_use]
    pub fn subprotocol(self) -> &'static str {
        match self {
            Self::Json => "json",
            #[cfg(feature = "msgpack")]
            Self::MessagePack => "msgpack",
            Self::Other(codec) => codec.subprotocol(),
        }
    }

    /// A message of a value.
    pub(crate) fn encode<T: Model>(self, value: &T) -> Result<Message> {
        match self {
            Self::Json => Ok(Message::Text(serde_json::to_string(&Written(value))?.into())),
            #[cfg(feature = "msgpack")]
            Self::MessagePack => Ok(Message::Binary(rmp_serde::to_vec_named(&Written(value))?.into())),
            Self::Other(codec) => codec.encode(serde_json::to_value(Written(value))?),
        }
    }

    /// The value of a message, or why there is none.
    pub(crate) fn decode<T: Model>(self, message: &Message) -> Result<T, ReceiveError> {
        match (self, message) {
            (Self::Json, Message::Text(text)) => read_json(text).map_err(ReceiveError::Json),
            #[cfg(feature = "msgpack")]
            (Self::MessagePack, Message::Binary(bytes)) => message_pack(bytes),
            (Self::Other(codec), message) => {
                let value = codec.decode(message)?;
                read_json(&value.to_string()).map_err(ReceiveError::Json)
            }
            #[cfg(feature = "msgpack")]
            (Self::MessagePack, Message::Text(_)) => Err(ReceiveError::WrongKind {
                expected: "binary",
                received: "text",
            }),
            (Self::Json, Message::Binary(_)) => Err(ReceiveError::WrongKind {
                expected: "text",
                received: "binary",
            }),
        }
    }

    /// The message as JSON, for what is said about one that was refused.
    pub(crate) fn as_json(self, message: &Message) -> Option<String> {
        match (self, message) {
            (Self::Json, Message::Text(text)) => Some(text.to_string()),
            #[cfg(feature = "msgpack")]
            (Self::MessagePack, Message::Binary(bytes)) => json_of(bytes).ok(),
            (Self::Other(codec), message) => codec.decode(message).ok().map(|value| value.to_string()),
            #[cfg(feature = "msgpack")]
            (Self::MessagePack, Message::Text(_)) => None,
            (Self::Json, Message::Binary(_)) => None,
        }
    }
}

/// Straight into the type; only what fails is turned into JSON, for all of its errors.
#[cfg(feature = "msgpack")]
fn message_pack<T: Model>(bytes: &[u8]) -> Result<T, ReceiveError> {
    let read = within_bound(bytes.len(), || whole(bytes, |deserializer| T::read(deserializer)));
    if let Ok(value) = read
        && value.obeys(&crate::params::Rules::new())
    {
        return Ok(value);
    }
    read_json(&json_of(bytes)?).map_err(ReceiveError::Json)
}

/// MessagePack as JSON: text alone, since a tree would take a large multiple of the message.
#[cfg(feature = "msgpack")]
fn json_of(bytes: &[u8]) -> Result<String, ReceiveError> {
    let mut json = Vec::new();
    whole(bytes, |deserializer| JsonOf(&mut json).deserialize(deserializer))?;
    String::from_utf8(json).map_err(|error| ReceiveError::undecodable(&error))
}

/// A value that is nested no deeper than JSON may be, and nothing behind it. Types that hold themselves are read
/// recursively, so that the depth bounds the stack.
#[cfg(feature = "msgpack")]
fn whole<T>(
    bytes: &[u8],
    read: impl FnOnce(
        &mut rmp_serde::Deserializer<rmp_serde::decode::ReadReader<&mut &[u8]>>,
    ) -> Result<T, rmp_serde::decode::Error>,
) -> Result<T, ReceiveError> {
    let mut unread = bytes;
    let mut deserializer = rmp_serde::Deserializer::new(&mut unread);
    deserializer.set_max_depth(DEEPEST);
    let value = read(&mut deserializer);
    let value = value.map_err(|error| ReceiveError::undecodable(&error))?;
    if unread.is_empty() {
        Ok(value)
    } else {
        Err(ReceiveError::undecodable(&"the message goes on behind its value"))
    }
}

impl ReceiveError {
    /// A message that is none of the encoding that was agreed on: closes with 1007. What `error` says is for the log.
    #[must_use]
    pub fn undecodable(error: &dyn fmt::Display) -> Self {
        Self::Json(JsonError::undecodable(error))
    }
}

impl PartialEq for Encoding {
    fn eq(&self, other: &Self) -> bool {
        self.subprotocol() == other.subprotocol()
    }
}

impl Eq for Encoding {}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Encoding").field(&self.subprotocol()).finish()
    }
}

impl From<&'static dyn Codec> for Encoding {
    fn from(codec: &'static dyn Codec) -> Self {
        Self::Other(codec)
    }
}

/// What a value that is sent does not hold to.
#[derive(Debug)]
pub(super) struct BrokenRule(pub(super) JsonError);

impl fmt::Display for BrokenRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a message to send breaks the rules of its type: {}", self.0)
    }
}

impl std::error::Error for BrokenRule {}

/// Checks what is sent, in debug builds.
pub(super) fn check_outgoing<T: Model>(value: &T) -> Result<(), Error> {
    if cfg!(debug_assertions) && !value.obeys(&crate::params::Rules::new()) {
        let text = serde_json::to_string(&Written(value))?;
        if let Err(error) = read_json::<T>(&text) {
            return Err(BrokenRule(error).into());
        }
    }
    Ok(())
}

#[cfg(all(test, feature = "msgpack"))]
mod tests {
    use super::*;

    fn json(bytes: &[u8]) -> Option<String> {
        json_of(bytes).ok()
    }

    #[test]
    fn message_pack_as_json() {
        let value = serde_json::json!({"a": [1, -2, 1.5, "é\"\n", null, true, {}, []], "b": {"c": [[]]}});
        let bytes = rmp_serde::to_vec_named(&value).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&json(&bytes).unwrap()).unwrap(),
            value
        );
        // A NaN has no other JSON; a key is a string; bytes have no JSON; nothing may stand behind a value.
        assert_eq!(json(b"\xcb\x7f\xf8\0\0\0\0\0\0").as_deref(), Some("null"));
        assert_eq!(json(b"\x81\x01\x02"), None);
        assert_eq!(json(b"\xc4\x01a"), None);
        assert_eq!(json(b"\x01\x02"), None);
        assert_eq!(
            json(&[&[0x91; 100][..], &[0xc0]].concat()).map(|json| json.len()),
            Some(204)
        );
        assert_eq!(json(&[&[0x91; 4096][..], &[0xc0]].concat()), None);
    }

    #[test]
    fn a_refused_message_pack_takes_a_small_multiple_of_its_size() {
        const SIZE: u32 = 1 << 20;
        let list = |element: &[u8]| {
            let count = SIZE / u32::try_from(element.len()).unwrap();
            let mut bytes = vec![0xdd];
            bytes.extend(count.to_be_bytes());
            bytes.extend(element.repeat(count as usize));
            bytes
        };
        let control = list(&[&[0xd9, 200][..], &[1; 200]].concat());
        for bytes in [
            list(b"\xc0"),
            list(b"\x90"),
            list(b"\x80"),
            list(b"\x81\xa1a\xc0"),
            control,
        ] {
            let counted = allocation_counter::measure(|| {
                assert!(message_pack::<Vec<bool>>(&bytes).is_err());
            });
            // JSON of up to six times the message, in a buffer that doubles, and the ends of its containers.
            assert!(
                counted.bytes_max < 24 * u64::from(SIZE),
                "{:x?}: {}",
                &bytes[5..9],
                counted.bytes_max
            );
        }
    }
}
