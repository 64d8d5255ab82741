//! IP addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use crate::fits::TakesStrict;
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Rules;

impl TakesStrict for Ipv4Addr {}
impl TakesStrict for Ipv6Addr {}

/// Four decimal numbers without leading zeros.
impl Param for Ipv4Addr {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        if rules.strict {
            return Err(Invalid::is_instance_of("IPv4Address"));
        }
        text.parse()
            .map_err(|_| Invalid::new("ip_v4_address", "Input is not a valid IPv4 address"))
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("ipv4")
    }

    fn to_json(&self) -> Option<Value> {
        Some(self.to_string().into())
    }
}

/// Without brackets and, unlike Python's, without a scope (`%eth0`), which the type does not hold.
impl Param for Ipv6Addr {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        if rules.strict {
            return Err(Invalid::is_instance_of("IPv6Address"));
        }
        text.parse()
            .map_err(|_| Invalid::new("ip_v6_address", "Input is not a valid IPv6 address"))
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("ipv6")
    }

    fn to_json(&self) -> Option<Value> {
        Some(self.to_string().into())
    }
}

/// Either kind: pydantic's `IPvAnyAddress`.
impl Param for IpAddr {
    fn parse(text: &str, _: &Rules) -> Result<Self, Invalid> {
        text.parse()
            .map_err(|_| Invalid::new("ip_any_address", "value is not a valid IPv4 or IPv6 address"))
    }

    fn to_json(&self) -> Option<Value> {
        Some(self.to_string().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_strictly() {
        let rules = Rules::new();
        assert_eq!(Ipv4Addr::parse("127.0.0.1", &rules), Ok(Ipv4Addr::LOCALHOST));
        for text in ["", "01.2.3.4", "1.2.3", " 1.2.3.4", "16909060", "256.0.0.1"] {
            assert_eq!(
                Ipv4Addr::parse(text, &rules).unwrap_err().kind,
                "ip_v4_address",
                "{text}"
            );
        }
        assert_eq!(
            Ipv6Addr::parse("2001:DB8::0001", &rules).unwrap().to_string(),
            "2001:db8::1"
        );
        for text in ["[::1]", "1::2::3", "127.0.0.1", "12345::", "fe80::1%eth0"] {
            assert_eq!(
                Ipv6Addr::parse(text, &rules).unwrap_err().kind,
                "ip_v6_address",
                "{text}"
            );
        }
        assert_eq!(IpAddr::parse("::1", &rules), Ok(IpAddr::V6(Ipv6Addr::LOCALHOST)));
        assert_eq!(IpAddr::parse("x", &rules).unwrap_err().kind, "ip_any_address");
    }
}
