//! Why a vector is not sent: what Rust, axum or `hangup` cannot declare. `fastapi_vectors.md` lists the same reasons.

use std::fmt;

/// A reason to skip a vector.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Skip {
    Union,
    Beyond128Bits,
    OtherDefault,
    MixedSegment,
    ModelMissing,
    ModelExtra,
    Frozenset,
    UnorderedSet,
    LongTuple,
    MixedEnum,
    StrictEnum,
    Convertor,
    EncodedRoute,
    EmptyRest,
    Fragment,
    Beyond64BitsInError,
    ScopedAddress,
    PythonsWords,
    Name(String),
    Choice(String),
    Constraint(String),
    Type(String),
    NotAscii,
    Malformed(String),
    /// The macro refuses the declaration, in these words.
    Refused(String),
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Union => "a union of types, which Rust does not have",
            Self::Beyond128Bits => "an integer beyond 128 bits, which no integer of Rust holds",
            Self::OtherDefault => "a default of another type than the parameter's",
            Self::MixedSegment => {
                "text beside a parameter in one segment of the path, which axum's router does not take"
            }
            Self::ModelMissing => {
                "the `input` of a model's missing field: the whole model, where a group's is null"
            }
            Self::ModelExtra => "a model that keeps or forbids what it does not declare",
            Self::Frozenset => "an error that names the type `frozenset`, which Rust does not have",
            Self::UnorderedSet => "a set of a type without a total order (floats, decimals, dates and times)",
            Self::LongTuple => "a tuple of any length, or of more than six",
            Self::MixedEnum => "an enum of both text and numbers",
            Self::StrictEnum => "a strict enum, whose error names the Python class",
            Self::Convertor => "a path convertor of another type than the parameter's",
            Self::EncodedRoute => {
                "a route whose text must be encoded in a path, or a newline behind its last text"
            }
            Self::EmptyRest => "an empty rest of the path, which axum's `{*rest}` does not take",
            Self::Fragment => "a `#` in the request target, which hyper cuts off",
            Self::Beyond64BitsInError => {
                "a number in an error's `input` or `ctx` that JSON libraries of Rust do not hold"
            }
            Self::ScopedAddress => "an IPv6 address with a scope (`%eth0`), which Rust's type does not hold",
            Self::PythonsWords => "what Python's own packages say about an e-mail address",
            Self::NotAscii => "a request target that is not ASCII",
            Self::Name(name) => {
                return write!(f, "the name `{name}`, which no header and no cookie can have");
            }
            Self::Choice(value) => return write!(f, "an enum or literal with the value {value}"),
            Self::Constraint(what) => return write!(f, "the constraint {what}"),
            Self::Type(name) => return write!(f, "the type `{name}`"),
            Self::Malformed(what) => return write!(f, "not a vector that can be read: {what}"),
            Self::Refused(words) => return write!(f, "refused by the compiler: {words}"),
        };
        f.write_str(text)
    }
}
