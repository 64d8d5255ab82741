//! How every peer refuses a client of `/refused`: a policy violation, with a reason.

pub const REFUSAL_CODE: u16 = 1008;
pub const REFUSAL_REASON: &str = "Session cookie missing";
