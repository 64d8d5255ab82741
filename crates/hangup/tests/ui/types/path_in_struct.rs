//! `#[path]` in a struct, where it means a file to the compiler.

use hangup::Params;

#[derive(Params)]
struct Tenant {
    #[path]
    id: u64,
}

fn main() {}
