//! How a connection ends over JSON that could not be read.

use hangup_protocol::{Close, CloseCode};

use crate::params::message::JsonError;

/// 1007 for text that is no JSON, 1008 with the errors for JSON of another shape.
pub(crate) fn json_close(error: &JsonError) -> Close {
    match error.errors() {
        None => Close::new(CloseCode::INVALID_PAYLOAD, "the text is not JSON"),
        Some(errors) => Close::new(CloseCode::POLICY_VIOLATION, errors.to_reason()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::error::from_json;

    #[test]
    fn a_shape_closes_with_1008_and_json_and_no_json_with_1007() {
        let close = json_close(&from_json::<Vec<u8>>("{}").unwrap_err());
        assert_eq!(close.code(), CloseCode::POLICY_VIOLATION);
        let reason: Value = serde_json::from_str(close.reason()).unwrap();
        assert_eq!(reason[0]["type"], "list_type");
        let close = json_close(&from_json::<Vec<u8>>("[1,").unwrap_err());
        assert_eq!(close.code(), CloseCode::INVALID_PAYLOAD);
    }
}
