//! Values of an enum that are wrong, or the same.

use hangup::params::Param;

#[derive(Param)]
enum Model {
    Alexnet,
    #[param(rename = "alexnet")]
    Same,
    #[param(rename = 5)]
    NotText,
    #[param(value = 1.5)]
    NotWhole,
    #[param(value = 99999999999999999999)]
    TooLarge,
    #[param(rename = "a", value = "b")]
    Both,
    #[param(renam = "a")]
    Misspelt,
}

#[derive(Param)]
enum Mixed {
    #[param(value = 1)]
    One,
    Two,
    #[param(value = true)]
    Yes,
}

#[derive(Param)]
enum Numbered {
    One = 1,
    Two,
}

#[derive(Param)]
#[param(litteral)]
enum Order {
    Asc,
}

fn main() {}
