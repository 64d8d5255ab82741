//! Options that are misspelt, contradict each other, or stand at the wrong place.

use hangup::model;

#[model(tag = "type", rename_al = "snake_case", discriminator = "kind")]
struct Tagged {
    #[field(min_lenght = 1)]
    name: String,
    #[field(gt = 0, ge = 1, lt = 0)]
    count: u32,
    #[field(pattern = "[a-")]
    word: String,
    #[field(strict, required)]
    flag: bool,
    #[field(required, default)]
    note: Option<String>,
    #[model(rename = "x")]
    other: u8,
    #[field(examples = 1)]
    shown: u8,
}

#[model(rename_all = "snakecase", untagged, tag = "type")]
#[field(ge = 1)]
enum Mixed {
    A { b: u8 },
}

#[model(content = "data")]
enum Content {
    A { b: u8 },
}

#[model(literal, extra = "allow", rename_all_fields = "camelCase")]
struct Plain {
    #[field(correlation)]
    a: u8,
    #[field(correlation)]
    b: u8,
    #[field(alias = "b")]
    c: u8,
}

#[model(extra = "forbid")]
struct Closed {
    #[field(extra, default)]
    others: std::collections::BTreeMap<String, u8>,
}

fn main() {}
