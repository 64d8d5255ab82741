//! A union.

use hangup::IntoClose;

#[derive(IntoClose)]
union Bits {
    word: u32,
    float: f32,
}

fn main() {}
