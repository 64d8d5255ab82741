//! What no schema describes.

use hangup::model;

#[model]
struct Borrowed<'a> {
    name: &'a str,
    bytes: Option<&'static [u8]>,
    function: fn(),
    pointer: *const u8,
}

#[model]
struct Pair(u8, u8);

#[model]
struct Empty();

#[model]
enum Never {}

#[model]
union Either {
    a: u8,
}

#[model]
fn function() {}

fn main() {}
