//! Known limits of clients: what they do not report, and why. No server can change them.

use super::case::{Case, Do, Ending, Refuse};
use super::client::{Seen, script_has};

pub(super) struct Limit {
    pub(super) clients: &'static [&'static str],
    pub(super) of: Of,
    pub(super) shows: Shows,
    pub(super) why: &'static str,
}

#[derive(Clone, Copy)]
pub(super) enum Of {
    /// A Close frame with one of these codes.
    Codes(&'static [u16]),
    /// The answer to a Close frame of the client's own.
    OwnClose,
}

#[derive(Clone, Copy)]
pub(super) enum Shows {
    /// This code instead, and whatever reason.
    Code(u16),
    NoClose,
    /// None either, unless the server's own Close frame came first.
    NoAnswer,
}

/// Registered with IANA after RFC 6455.
const LATER: &[u16] = &[1012, 1013, 1014];

#[rustfmt::skip]
pub(super) const LIMITS: &[Limit] = &[
    Limit { clients: &["faye", "libwebsockets", "qt"], of: Of::Codes(LATER), shows: Shows::Code(1002),
        why: "it treats these codes as invalid, and reports a protocol violation" },
    Limit { clients: &["webkitgtk"], of: Of::Codes(LATER), shows: Shows::Code(1006),
        why: "it treats these codes as invalid, and shows only 1006 to a page" },
    Limit { clients: &["firefox"], of: Of::Codes(&[1009]), shows: Shows::Code(1009),
        why: "it shows the code and the reason, but reports the end as unclean: the connection ends before its own Close frame is read" },
    Limit { clients: &["okhttp"], of: Of::Codes(LATER), shows: Shows::NoClose,
        why: "it treats these codes as invalid, and reports a failure without a code" },
    Limit { clients: &["tungstenite"], of: Of::Codes(&[1014]), shows: Shows::Code(1002),
        why: "it does not know 1014, and reports a protocol violation" },
    Limit { clients: &["gorilla"], of: Of::Codes(&[1014]), shows: Shows::NoClose,
        why: "it does not know 1014, and reports an error without a code" },
    Limit { clients: &["libwebsockets"], of: Of::OwnClose, shows: Shows::NoAnswer,
        why: "it reports a Close frame only if the server sent the first one" },
];

pub(super) fn limit(client: &str, case: &Case, refuse: Refuse) -> Option<&'static Limit> {
    let sent = match (case.ending, refuse) {
        (Ending::Closed(code, _), _) | (Ending::Refused(code, _, _), Refuse::Close) => code,
        _ => return None,
    };
    let closes = script_has(case, |step| matches!(step, Do::Close(..)));
    LIMITS.iter().find(|limit| {
        let is_met = match limit.of {
            Of::Codes(codes) => codes.contains(&sent),
            Of::OwnClose => closes,
        };
        is_met && limit.clients.contains(&client)
    })
}

/// What differs from the limit, which then is one no longer.
pub(super) fn differs(limit: &Limit, seen: &Seen) -> Option<String> {
    let code = seen.close.as_ref().map(|(code, _)| *code);
    let is_as_known = match limit.shows {
        Shows::Code(known) => code == Some(known),
        Shows::NoClose => code.is_none(),
        Shows::NoAnswer => code.is_none_or(|code| code == 1000),
    };
    (!is_as_known).then(|| format!("it shows {code:?}, and was known for this: {}", limit.why))
}

#[cfg(test)]
mod tests {
    use super::super::case::Says;
    use super::super::clients;
    use super::*;

    #[test]
    fn every_limit_is_one_of_a_client_that_there_is() {
        let mut names = LIMITS.iter().flat_map(|limit| limit.clients);
        assert!(names.all(|name| clients::ALL.iter().any(|client| client.name == *name)));
    }

    #[test]
    fn a_limit_is_met_by_its_code_alone_and_not_by_a_refusal_with_http() {
        let case = |code| Case::new("c", "/c", Ending::Refused(code, Says::Exactly(""), 503));
        let is_met = |code, refuse| limit("okhttp", &case(code), refuse).is_some();
        assert!(is_met(1012, Refuse::Close));
        assert!(!is_met(1011, Refuse::Close));
        assert!(!is_met(1012, Refuse::Http));
    }
}
