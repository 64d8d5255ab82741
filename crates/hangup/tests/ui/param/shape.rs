//! `Param` on what is no field-less enum.

use hangup::params::Param;

#[derive(Param)]
struct Room(String);

#[derive(Param)]
enum Shape {
    Point,
    Circle(f64),
    Square { side: f64 },
}

#[derive(Param)]
enum Nothing {}

fn main() {}
