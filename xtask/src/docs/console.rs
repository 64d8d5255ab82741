//! What a person does with the console of the page, one function each.

use std::path::PathBuf;

use super::tab::{Key, Tab};
use crate::failure::Result;
use crate::interop::Refuse;
use crate::interop::tour::Tour;

/// The page as it is reached: the scheme, the host, and the prefix.
pub(crate) struct Place {
    pub(crate) origin: String,
    pub(crate) prefix: String,
}

impl Place {
    pub(crate) fn of(address: &str) -> Self {
        Self {
            origin: format!("http://{address}"),
            prefix: String::new(),
        }
    }

    pub(crate) fn open(&self, tab: &mut Tab, fragment: &str) -> Result<()> {
        tab.open(&format!("{}{}/docs{fragment}", self.origin, self.prefix))?;
        tab.wait("document.querySelector('#connect')", "the form is there")
    }
}

pub(crate) const LAST: &str = "#sessions > .session:last-child";

pub(crate) fn last(selector: &str) -> String {
    format!("{LAST} {selector}")
}

pub(crate) fn connect(tab: &mut Tab) -> Result<()> {
    tab.click("#connect")?;
    tab.reads(&last(".status"), "open")
}

pub(crate) fn send(tab: &mut Tab, text: &str) -> Result<()> {
    tab.fill(&last("textarea.message"), text)?;
    tab.click(&last(".send"))
}

/// A client that is kicked by its tag: the code and what it means for a client, then and while the kick is in force.
pub(crate) fn kick(tab: &mut Tab, place: &Place) -> Result<()> {
    place.open(tab, "#/rooms/{room}/ws?path.room=lobby&query.name=eve")?;
    connect(tab)?;
    send(tab, "hello")?;
    tab.reads(&last(".row.in"), "eve: hello")?;
    let kicked = tab.evaluate(&format!(
        "fetch('{}/kick?name=eve&code=4001&reason=kicked&block=5', {{ method: 'POST' }}).then((answer) => answer.json())",
        place.prefix
    ))?;
    if kicked["closed"] != 1 || kicked["cut"] != 0 {
        return Err(format!("a kick of one connection gave {kicked}").into());
    }
    is_kicked(tab)?;
    tab.click_text(&last("> header button"), "Reconnect")?;
    tab.wait(
        "sessions.at(-1).log.entries.filter((one) => one.text?.startsWith('closed: 4001')).length === 2",
        "it has ended twice",
    )?;
    is_kicked(tab)
}

fn is_kicked(tab: &mut Tab) -> Result<()> {
    tab.reads(&last(".status"), "closed 4001")?;
    tab.reads(&last(".ending"), "KICKED")?;
    tab.reads(&last(".ending"), "The server closed it, cleanly")?;
    tab.reads(&last(".ending q"), "kicked")?;
    tab.reads(&last(".ending"), "Do not reconnect")
}

/// Parameters are checked in the form, and the server's own words are decoded.
pub(crate) fn parameters(tab: &mut Tab, place: &Place) -> Result<()> {
    place.open(tab, "#/validation/ws")?;
    tab.fill("#f-query-q", "abc")?;
    tab.reads(".field.invalid .field-note", "must be an integer")?;
    tab.reads("#connect", "Connect anyway")?;
    tab.click("#connect")?;
    tab.reads(&last(".ending .errors"), "query.q")?;
    tab.fill("#f-query-q", "42")?;
    tab.wait(
        "document.querySelector('#connect').textContent === 'Connect'",
        "the form is valid",
    )?;
    tab.click("#connect")?;
    tab.reads(&last(".row.in"), "Query param q is: 42")?;
    tab.reads(&last(".ending-title"), "1000")
}

/// Headers stand in the command lines; a cookie is set for the connection, and gone afterwards.
pub(crate) fn headers(tab: &mut Tab, place: &Place) -> Result<()> {
    place.open(tab, "#/params/{n}/ws?path.n=1&query.limit=5")?;
    tab.fill("#f-header-x-token", "it's")?;
    tab.click_text("#lines summary", "wscat")?;
    tab.reads("#lines", "-H 'x-token: it'\\''s'")?;
    tab.reads("#lines", "websocat -H=")?;
    place.open(tab, "#/items/{item_id}/ws?path.item_id=a b%26c")?;
    tab.click("#connect")?;
    tab.reads(&last(".ending"), "Session cookie missing")?;
    tab.fill("#f-cookie-session", "s3cret")?;
    connect(tab)?;
    tab.wait("!document.cookie.includes('session')", "the cookie is gone")?;
    send(tab, "hello")?;
    tab.reads(&last(".row.in"), "Message text was: hello, for item ID: a b&c")
}

/// Bytes go out as hex or Base64, and come back as both.
pub(crate) fn binary(tab: &mut Tab, place: &Place) -> Result<()> {
    place.open(tab, "#/echo")?;
    connect(tab)?;
    tab.evaluate(&format!("{{ const kind = document.querySelector('{LAST} .composer select'); kind.value = 'hex'; kind.dispatchEvent(new Event('change')); }}"))?;
    send(tab, "00 01 fg")?;
    tab.reads(&last(".verdict"), "Hex is pairs")?;
    send(tab, "00 01 ff")?;
    tab.reads(&last(".row.in"), "00 01 ff")?;
    tab.click(&last(".row.in"))?;
    tab.reads(&last(".detail pre"), "000000  00 01 ff")?;
    tab.click_text(&last(".detail button"), "Base64")?;
    tab.reads(&last(".detail pre"), "AAH/")
}

/// Two sessions at a time, side by side, each with its own log.
pub(crate) fn two_sessions(tab: &mut Tab, place: &Place) -> Result<()> {
    place.open(tab, "#/echo")?;
    connect(tab)?;
    send(tab, "to the first")?;
    tab.reads(&last(".row.in"), "to the first")?;
    connect(tab)?;
    send(tab, "to the second")?;
    tab.reads(&last(".row.in"), "to the second")?;
    tab.wait(
        "(() => { const [one, two] = [...document.querySelectorAll('.session')].map((session) => \
         session.getBoundingClientRect()); return Math.abs(one.top - two.top) < 2 && two.left >= one.right; })()",
        "the sessions stand side by side",
    )?;
    tab.wait(
        "!document.querySelectorAll('.session')[0].innerText.includes('to the second')",
        "each has its own log",
    )
}

/// Keys and what they lead to stay quick while thousands of messages come in; the log is bounded and can be searched.
pub(crate) fn ten_thousand(tab: &mut Tab, place: &Place) -> Result<()> {
    place.open(tab, "#/echo")?;
    connect(tab)?;
    tab.fill(
        &last("textarea.message"),
        "{\"number\": 1, \"text\": \"one of very many\"}",
    )?;
    tab.fill(&last(".times input"), "6000")?;
    tab.evaluate(&format!(
        "window.delays = []; document.querySelector('{LAST} .composer').addEventListener('input', (event) => {{ \
         const began = event.timeStamp; requestAnimationFrame(() => setTimeout(() => \
         delays.push(performance.now() - began))); }}, true)"
    ))?;
    tab.click(&last(".send"))?;
    tab.click(&last("textarea.message"))?;
    for _ in 0..20 {
        tab.write("x")?;
    }
    tab.wait("delays.length >= 20", "the keys have had their effect")?;
    tab.wait(
        &format!("[...document.querySelectorAll('{LAST} .count')].some((one) => /^(9,[89]|10,0).*older dropped/.test(one.textContent))"),
        "the log has its bound",
    )?;
    let slow = tab.evaluate("delays.filter((delay) => delay > 100).length")?;
    if slow.as_u64() > Some(1) {
        let delays = tab.evaluate("delays.map(Math.round).join(' ')")?;
        return Err(format!("the page answered keys late, in ms: {delays}").into());
    }
    tab.wait(
        &format!("document.querySelectorAll('{LAST} .row').length < 60"),
        "only what is seen is drawn",
    )?;
    tab.evaluate(&format!("document.querySelector('{LAST} .view').focus()"))?;
    tab.press(Key::Home)?;
    tab.wait(
        &format!("document.querySelector('{LAST} .view').scrollTop === 0"),
        "the first message is seen",
    )?;
    tab.wait(
        &format!("document.querySelector('{LAST} .toggle').getAttribute('aria-pressed') === 'false'"),
        "it no longer follows",
    )?;
    tab.fill(&last("input[type=search]"), "no such text")?;
    tab.reads(&last(".stage > .empty"), "No message matches")?;
    tab.fill(&last("input[type=search]"), "")?;
    tab.click_text(&last(".latest"), "Latest")?;
    tab.wait(&format!("(() => {{ const view = document.querySelector('{LAST} .view'); return view.scrollTop + view.clientHeight >= view.scrollHeight - 2; }})()"), "the last message is seen")
}

/// The link holds the form, but for what may be a secret.
pub(crate) fn link(tab: &mut Tab, place: &Place) -> Result<()> {
    place.open(tab, "#/params/{n}/ws")?;
    tab.fill("#f-path-n", "7")?;
    tab.fill("#f-query-limit", "12")?;
    tab.fill("#f-query-tags", "a&b\nc d")?;
    tab.fill("#f-header-x-token", "t0psecret")?;
    tab.fill("#f-cookie-session", "s3cret")?;
    let link = tab.evaluate("location.href")?;
    let link = link.as_str().unwrap_or_default().to_owned();
    if link.contains("s3cret") || link.contains("t0psecret") {
        return Err(format!("the link holds a secret: {link}").into());
    }
    for (name, is_secret) in [
        ("access_token", true),
        ("apiKey", true),
        ("X-Api-Key", true),
        ("sessionId", true),
        ("userPassword", true),
        ("author", false),
        ("monkey", false),
        ("name", false),
    ] {
        if tab.evaluate(&format!("isSecretName('{name}')"))? != is_secret {
            return Err(format!("`{name}`: whether it may be a secret should be {is_secret}").into());
        }
    }
    tab.open(&link)?;
    tab.wait(
        "document.querySelector('#f-path-n')?.value === '7'",
        "the path is restored",
    )?;
    tab.wait(
        "document.querySelector('#f-query-limit').value === '12'",
        "the number is restored",
    )?;
    tab.wait(
        "document.querySelector('#f-query-tags').value === 'a&b\\nc d'",
        "the list is restored",
    )?;
    tab.wait(
        "document.querySelector('#f-header-x-token').value === ''",
        "the header is not",
    )
}

/// What was sent comes back from the history, what was saved even in a new tab.
pub(crate) fn history(tab: &mut Tab, place: &Place) -> Result<()> {
    place.open(tab, "#/echo")?;
    connect(tab)?;
    send(tab, "an earlier one")?;
    tab.reads(&last(".row.in"), "an earlier one")?;
    tab.fill(&last("textarea.message"), "to be kept")?;
    tab.click_text(&last(".composer .actions button"), "Save")?;
    place.open(tab, "#/echo")?;
    connect(tab)?;
    tab.click_text(&last(".composer summary"), "History")?;
    tab.click_text(&last(".pick"), "an earlier one")?;
    tab.wait(
        &format!("document.querySelector('{LAST} textarea.message').value === 'an earlier one'"),
        "it is back",
    )?;
    tab.click_text(&last(".pick"), "to be kept")?;
    tab.wait(
        &format!("document.querySelector('{LAST} textarea.message').value === 'to be kept'"),
        "it was kept",
    )
}

/// A server that is gone and comes back: the loss is told as one, and the session goes on in the same log.
pub(crate) fn restart(tab: &mut Tab, tour: &mut Tour, again: &dyn Fn() -> Result<Tour>) -> Result<()> {
    let place = Place::of(&tour.address);
    place.open(tab, "#/echo")?;
    connect(tab)?;
    send(tab, "before")?;
    tab.reads(&last(".row.in"), "before")?;
    tour.kill()?;
    tab.reads(&last(".ending"), "the connection was lost")?;
    tab.click_text(&last("> header button"), "Reconnect")?;
    tab.reads(&last(".ending"), "It was never open")?;
    *tour = again()?;
    tab.click_text(&last("> header button"), "Reconnect")?;
    tab.reads(&last(".status"), "open")?;
    send(tab, "after")?;
    tab.wait(
        &format!("[...document.querySelectorAll('{LAST} .row.in')].length === 2"),
        "both messages are in the log",
    )
}

/// A phone, light and dark: nothing is cut off, and the pictures are kept.
pub(crate) fn screens(tab: &mut Tab, place: &Place, folder: &std::path::Path) -> Result<Vec<PathBuf>> {
    let mut pictures = Vec::new();
    for (width, height) in [(1400, 1040), (390, 844)] {
        for is_dark in [false, true] {
            tab.resize(width, height)?;
            tab.dark(is_dark)?;
            place.open(tab, "#/board/ws?query.name=ann")?;
            connect(tab)?;
            send(tab, "{\"type\": \"say\", \"text\": \"hello\"}")?;
            tab.reads(&last(".row.in"), "said")?;
            send(tab, "{\"type\": \"save\", \"id\": \"x\"}")?;
            tab.reads(&last(".ending .errors"), "title")?;
            tab.wait(
                "document.documentElement.scrollWidth <= innerWidth",
                "nothing is wider than the screen",
            )?;
            let target = if width < 500 { ".session" } else { "body" };
            tab.evaluate(&format!("document.querySelector('{target}').scrollIntoView()"))?;
            let picture = folder.join(format!("{width}-{}.png", if is_dark { "dark" } else { "light" }));
            tab.picture(&picture)?;
            pictures.push(picture);
        }
    }
    tab.resize(1400, 900)?;
    tab.dark(false)?;
    Ok(pictures)
}

/// A connection that is not answered yet can be cancelled.
pub(crate) fn cancel(tab: &mut Tab, place: &Place) -> Result<()> {
    place.open(tab, "#/slow-accept/ws?query.seconds=60")?;
    tab.click("#connect")?;
    tab.reads(&last(".status"), "connecting")?;
    tab.click_text(&last("> header button"), "Cancel")?;
    tab.reads(&last(".ending"), "You cancelled it")
}

/// Notes of what is sent and received go to a file, a line of JSON each.
pub(crate) fn export(tab: &mut Tab, place: &Place) -> Result<()> {
    place.open(tab, "#/echo")?;
    connect(tab)?;
    send(tab, "to be kept")?;
    tab.reads(&last(".row.in"), "to be kept")?;
    tab.evaluate(
        "window.made = null; const make = URL.createObjectURL; \
         URL.createObjectURL = (blob) => { made = blob; return make.call(URL, blob); }; 0",
    )?;
    tab.click_text(&last(".bar button"), "Export")?;
    tab.wait("made !== null", "a file is made")?;
    let lines = tab.evaluate("made.text().then((text) => text.trim().split('\\n').map(JSON.parse))")?;
    let of = |direction: &str| {
        let lines = lines.as_array().into_iter().flatten();
        let texts: Vec<&str> = lines
            .filter(|line| line["direction"] == direction)
            .filter_map(|line| line["text"].as_str())
            .collect();
        texts == ["to be kept"]
    };
    match of("sent") && of("received") {
        true => Ok(()),
        false => Err(format!("the file holds {lines}").into()),
    }
}

/// Two sessions after two different refusals, in a tour that refuses by HTTP: the page says what a browser can know.
pub(crate) fn refused_by_http(tab: &mut Tab, program: &std::path::Path) -> Result<()> {
    let tour = Tour::start(program, Refuse::Http, "tour-page-http")?;
    Place::of(&tour.address).open(tab, "#/early-close/ws?query.code=4000")?;
    tab.click("#connect")?;
    tab.reads(&last(".ending-title"), "1006")?;
    tab.reads(&last(".ending"), "A browser does not tell why")
}
