//! `Params` on what has no named fields.

use hangup::Params;

#[derive(Params)]
struct Tuple(u8);

#[derive(Params)]
struct Unit;

#[derive(Params)]
enum Choice {
    A,
}

fn main() {}
