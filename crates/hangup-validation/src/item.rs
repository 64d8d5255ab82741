//! One error in pydantic's form: `type`, `loc`, `msg`, `input`, `ctx`, serialised in this order.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::bounds;
use crate::ctx::Ctx;
use crate::invalid::Invalid;
use crate::loc::Loc;

/// One validation error.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorItem {
    kind: Cow<'static, str>,
    loc: Vec<Loc>,
    msg: Cow<'static, str>,
    input: Value,
    ctx: Ctx,
}

impl ErrorItem {
    /// An error at `loc`, with the invalid `input`. Long values are cut, see [`bounds`].
    pub fn new(loc: Vec<Loc>, invalid: Invalid, input: Value) -> Self {
        let mut item = Self {
            kind: invalid.kind,
            loc,
            msg: invalid.msg,
            input,
            ctx: invalid.ctx,
        };
        bounds::cut_msg(&mut item.kind);
        bounds::cut_loc(&mut item.loc);
        bounds::cut_msg(&mut item.msg);
        bounds::cut_value(&mut item.input);
        item.ctx.cut();
        item
    }

    /// What kind of error it is, for programs: `int_parsing`, `missing`, ...
    #[doc(alias = "type")]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Where the value is: the location, the name on the wire, then the place in a list.
    pub fn loc(&self) -> &[Loc] {
        &self.loc
    }

    /// What is wrong, for people.
    pub fn msg(&self) -> &str {
        &self.msg
    }

    /// The value as received: a string, a list of strings, or null for an absent one; for a message any JSON. Long values
    /// are cut, see [`bounds`].
    pub fn input(&self) -> &Value {
        &self.input
    }

    /// What the message was made of; may be empty.
    pub fn ctx(&self) -> &Ctx {
        &self.ctx
    }
}

impl Serialize for ErrorItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = if self.ctx.is_empty() { 4 } else { 5 };
        let mut item = serializer.serialize_struct("ErrorItem", fields)?;
        item.serialize_field("type", &self.kind)?;
        item.serialize_field("loc", &self.loc)?;
        item.serialize_field("msg", &self.msg)?;
        item.serialize_field("input", &self.input)?;
        if !self.ctx.is_empty() {
            item.serialize_field("ctx", &self.ctx)?;
        }
        item.end()
    }
}

/// As it was serialised: what a client reads.
impl<'de> Deserialize<'de> for ErrorItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Sent {
            r#type: String,
            loc: Vec<Loc>,
            msg: String,
            #[serde(default)]
            input: Value,
            #[serde(default)]
            ctx: Ctx,
        }

        let sent = Sent::deserialize(deserializer)?;
        let mut invalid = Invalid::new(sent.r#type, sent.msg);
        invalid.ctx = sent.ctx;
        Ok(Self::new(sent.loc, invalid, sent.input))
    }
}
