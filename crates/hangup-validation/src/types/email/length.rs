//! How long an address may be, and by how much one is too long.

/// The longest address, in bytes (RFC 3696, errata 1690).
const MAX_ADDRESS: usize = 254;

/// `when` says at which step, if the length is not what the client wrote.
pub(super) fn check(address: &str, when: Option<&str>) -> Result<(), String> {
    let over = address.len().saturating_sub(MAX_ADDRESS);
    if over == 0 {
        return Ok(());
    }
    let plural = if over > 1 { "s" } else { "" };
    let reason = match when {
        Some(when) => format!("{when} ({over} byte{plural} too many)"),
        None if address.is_ascii() => too_many(over),
        None => {
            let widest = address.chars().map(char::len_utf8).max().unwrap_or(1);
            let least = (over / widest).max(1);
            if least == over {
                too_many(over)
            } else {
                format!("({least}-{over} character{plural} too many)")
            }
        }
    };
    Err(format!("The email address is too long {reason}."))
}

pub(super) fn too_many(over: usize) -> String {
    format!("({over} character{} too many)", if over > 1 { "s" } else { "" })
}
