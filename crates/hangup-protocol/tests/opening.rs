//! The opening handshake as a whole: however a client splits, spells and orders its header lines, the same is accepted;
//! with one rule broken, the request is refused for that rule (RFC 6455, 4.2.1).

#![allow(clippy::unwrap_used, reason = "a test fails where something is missing")]

use base64::{Engine, engine::general_purpose::STANDARD};
use hangup_protocol::{HandshakeError, Malformed, RequestView, handshake};
use proptest::{collection::vec, prelude::*, sample::select};

/// The parameters of an extension.
type Params = Vec<(String, Option<String>)>;

/// What a request asks for, as far as the rules go.
#[derive(Clone, Debug)]
struct Request {
    key: [u8; 16],
    connection: Vec<String>,
    upgrade: Vec<String>,
    subprotocols: Vec<String>,
    extensions: Vec<(String, Params)>,
}

/// How it is written.
#[derive(Clone, Debug)]
struct Writing {
    /// Where a list goes on in a line of its own, over and over.
    breaks: Vec<bool>,
    blanks: Vec<&'static str>,
    upper: bool,
    /// By how much the lines are turned; lines of one name keep their order.
    turn: usize,
}

type Lines = Vec<(String, String)>;

fn request() -> impl Strategy<Value = Request> {
    let other = || vec("[a-z]{1,3}x", 0..3);
    let place = |word: &'static str| {
        (other(), any::<prop::sample::Index>()).prop_map(move |(mut list, at)| {
            list.insert(at.index(list.len() + 1), word.to_owned());
            list
        })
    };
    let different = |list: Vec<String>| {
        let numbered = list.into_iter().enumerate();
        numbered
            .map(|(number, name)| format!("{name}.{number}"))
            .collect::<Vec<_>>()
    };
    let params = vec(("[a-z_]{1,6}", proptest::option::of("[a-z0-9]{1,4}")), 0..3);
    (
        any::<[u8; 16]>(),
        place("upgrade"),
        place("websocket"),
        vec("[A-Za-z!#$%&'*+.^_`|~-]{1,6}", 0..4).prop_map(different),
        vec(("[a-z-]{1,8}", params), 0..3),
    )
        .prop_map(|(key, connection, upgrade, subprotocols, extensions)| Request {
            key,
            connection,
            upgrade,
            subprotocols,
            extensions,
        })
}

fn writing() -> impl Strategy<Value = Writing> {
    let blanks = vec(select(&["", " ", "\t", " \t "][..]), 1..6);
    (vec(any::<bool>(), 1..6), blanks, any::<bool>(), 0..9usize).prop_map(|(breaks, blanks, upper, turn)| {
        Writing {
            breaks,
            blanks,
            upper,
            turn,
        }
    })
}

/// A list over one or several lines, with empty elements where a line begins.
fn list(lines: &mut Lines, name: &str, elements: &[String], writing: &Writing) {
    let mut line: Option<String> = None;
    for (at, element) in elements.iter().enumerate() {
        let blank = writing.blanks[at % writing.blanks.len()];
        let text = format!("{blank}{element}{blank}");
        line = Some(match line {
            Some(line) if !writing.breaks[at % writing.breaks.len()] => format!("{line},{text}"),
            Some(line) => {
                lines.push((name.to_owned(), line));
                format!(",{blank},{text}")
            }
            None => text,
        });
    }
    lines.extend(line.map(|line| (name.to_owned(), line)));
}

fn in_case(words: &[String], upper: bool) -> Vec<String> {
    let case = |word: &String| if upper { word.to_uppercase() } else { word.clone() };
    words.iter().map(case).collect()
}

fn write(request: &Request, writing: &Writing) -> Lines {
    let mut lines = Vec::new();
    let blank = writing.blanks[0];
    list(
        &mut lines,
        "connection",
        &in_case(&request.connection, writing.upper),
        writing,
    );
    list(
        &mut lines,
        "upgrade",
        &in_case(&request.upgrade, writing.upper),
        writing,
    );
    list(
        &mut lines,
        "sec-websocket-protocol",
        &request.subprotocols,
        writing,
    );
    let extensions: Vec<String> = request
        .extensions
        .iter()
        .map(|(name, params)| {
            params
                .iter()
                .fold(name.clone(), |text, (param, value)| match value {
                    Some(value) if writing.upper => format!("{text}{blank};{param}=\"{value}\""),
                    Some(value) => format!("{text};{blank}{param}{blank}={value}"),
                    None => format!("{text}{blank};{blank}{param}"),
                })
        })
        .collect();
    list(&mut lines, "sec-websocket-extensions", &extensions, writing);
    for (name, value) in [
        ("host", "example.com"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", &STANDARD.encode(request.key)),
    ] {
        // Between lines of other names, so that the order of a list stays.
        lines.insert(
            writing.turn % (lines.len() + 1),
            (name.to_owned(), format!("{blank}{value}{blank}")),
        );
    }
    for (name, _) in lines.iter_mut().filter(|_| writing.upper) {
        *name = name.to_uppercase();
    }
    lines
}

fn check<T>(
    lines: &Lines,
    seen: impl FnOnce(Result<(String, handshake::Offers<'_>), HandshakeError>) -> T,
) -> T {
    let headers: Vec<(&str, &str)> = lines.iter().map(|(name, value)| (&**name, &**value)).collect();
    let accept_key = handshake::check(&RequestView {
        method: "GET",
        http_version: (1, 1),
        headers: headers.as_slice(),
    });
    seen(accept_key.and_then(|accept_key| Ok((accept_key, handshake::offers(headers.as_slice())?))))
}

fn error(lines: &Lines) -> Option<HandshakeError> {
    check(lines, |verdict| verdict.err())
}

/// The lines with those of one name taken out and these put in.
fn with(lines: &Lines, name: &str, values: &[&str]) -> Lines {
    let others = lines
        .iter()
        .filter(|(found, _)| !found.eq_ignore_ascii_case(name));
    let new = values.iter().map(|value| (name.to_owned(), (*value).to_owned()));
    others.cloned().chain(new).collect()
}

proptest! {
    #[test]
    fn the_way_of_writing_makes_no_difference(request in request(), writing in writing()) {
        let lines = write(&request, &writing);
        check(&lines, |verdict| {
            let (accept_key, offered) = verdict.map_err(|error| TestCaseError::fail(format!("{error}: {lines:?}")))?;
            let key = STANDARD.encode(request.key);
            prop_assert_eq!(accept_key, hangup_protocol::accept_key(key.as_bytes()));
            prop_assert_eq!(offered.subprotocols, request.subprotocols);
            let offers: Vec<_> = offered.extensions.iter().map(|offer| {
                let params = offer.params.iter();
                let params = params.map(|(name, value)| ((*name).to_owned(), value.as_deref().map(str::to_owned)));
                (offer.name.to_owned(), params.collect::<Vec<_>>())
            }).collect();
            prop_assert_eq!(offers, request.extensions);
            Ok(())
        })?;
    }

    #[test]
    fn a_token_that_only_contains_the_word_is_not_the_word(
        request in request(), writing in writing(), front in "[a-z]{0,2}", back in "[a-z -]{0,2}[a-z]",
    ) {
        let lines = write(&request, &writing);
        let connection = with(&lines, "connection", &["keep-alive", &format!("{front}upgrade{back}")]);
        prop_assert_eq!(error(&connection), Some(Malformed::Connection.into()));
        let upgrade = with(&lines, "upgrade", &["h2c", &format!("{front}websocket{back}, x")]);
        prop_assert_eq!(error(&upgrade), Some(HandshakeError::NotAnUpgrade));
    }

    #[test]
    fn a_key_has_sixteen_bytes_and_stands_alone(
        request in request(), writing in writing(), other in vec(any::<u8>(), 0..40),
    ) {
        let lines = write(&request, &writing);
        let name = "sec-websocket-key";
        let good = STANDARD.encode(request.key);
        let key = STANDARD.encode(&other);
        let is_good = other.len() == 16;
        prop_assert_eq!(error(&with(&lines, name, &[&key])), (!is_good).then_some(Malformed::Key.into()));
        let (twice, long) = (format!("{good},{good}"), format!("{good}="));
        for bad in [&[][..], &[&*good, &*good], &[&*twice], &[&good[1..]], &[&*long]] {
            prop_assert_eq!(error(&with(&lines, name, bad)), Some(Malformed::Key.into()), "{:?}", bad);
        }
    }

    #[test]
    fn only_version_thirteen_is_spoken(request in request(), writing in writing(), version in "[0-9]{0,3}|13[ ,;]?13|[a-z]{1,2}") {
        let lines = write(&request, &writing);
        let name = "sec-websocket-version";
        let expected = (version != "13").then_some(HandshakeError::WrongVersion);
        prop_assert_eq!(error(&with(&lines, name, &[&version])), expected);
        for bad in [&[][..], &["13", "13"], &["13", &version]] {
            prop_assert_eq!(error(&with(&lines, name, bad)), Some(Malformed::Version.into()));
        }
    }

    #[test]
    fn subprotocols_are_different_tokens(
        mut request in request(), writing in writing(), twice in "[a-z]{1,5}", bad in "[a-z]{0,2}[()<>@:/?={}\"\\[\\] ][a-z]{1,2}",
    ) {
        let good = request.subprotocols.clone();
        request.subprotocols = [&[twice.clone()][..], &good, &[twice]].concat();
        prop_assert_eq!(error(&write(&request, &writing)), Some(Malformed::Subprotocols.into()));
        // A blank in front is only a blank.
        let bad = format!("x{bad}");
        request.subprotocols = [&good[..], &[bad]].concat();
        prop_assert_eq!(error(&write(&request, &writing)), Some(Malformed::Subprotocols.into()));
    }

    #[test]
    fn one_bad_offer_spoils_the_extensions(
        request in request(), writing in writing(), bad in select(&["a;", "a;=1", "a b", "a;b=\"", "a;b=\"c d\"", "a=1", ";", "a;b=c=d"][..]),
    ) {
        let mut lines = write(&request, &writing);
        lines.push(("Sec-WebSocket-Extensions".into(), bad.into()));
        prop_assert_eq!(error(&lines), Some(Malformed::Extensions.into()));
    }
}
