//! Variants that cannot be told apart, or cannot be written.

use hangup::{ValidationError, model};

#[model(tag = "type", rename_all = "lowercase")]
enum Same {
    Say { r#type: String },
    SAY { text: String },
    Number(i64),
    List(Vec<u8>),
}

#[model]
enum Levels {
    Low = 1,
    High,
}

#[model]
enum Numbered {
    #[model(rename = "low")]
    Low = 1,
    High = 2 + 3,
}

#[model(tag = "type")]
enum Answers {
    #[model(invalid)]
    None,
    #[model(invalid)]
    Incomplete { errors: ValidationError, id: u64 },
    #[model(invalid)]
    Errorless { id: Option<u64> },
}

fn main() {}
