//! What a person does with the typed messages of the board: templates, verdicts, and errors that come back.

use super::console::{LAST, Place, connect, last, send};
use super::tab::{Key, Tab};
use crate::failure::Result;

/// By the keyboard alone: find an endpoint, fill in its form, connect, send, look at what came.
pub(crate) fn keyboard(tab: &mut Tab, place: &Place) -> Result<()> {
    place.open(tab, "")?;
    tab.press(Key::Slash)?;
    tab.write("board")?;
    tab.press(Key::Enter)?;
    tab.reads(".head h2", "/board/ws")?;
    tab_to(tab, "f-query-name")?;
    tab.write("ann")?;
    tab_to(tab, "connect")?;
    tab.press(Key::Enter)?;
    tab.reads(&last(".status"), "open")?;
    tab.wait(
        "document.activeElement.matches('textarea.message')",
        "the message has the focus",
    )?;
    tab.reads(&last(".verdict"), "Valid: say")?;
    tab.press(Key::CtrlEnter)?;
    tab.reads(&last(".row.in"), "\"text\":\"hello\"")?;
    tab.evaluate(&format!("document.querySelector('{LAST} .view').focus()"))?;
    tab.press(Key::Up)?;
    tab.wait(
        &format!(
            "document.querySelector('{LAST} .detail pre')?.textContent.includes('\\n  \"text\": \"hello\"')"
        ),
        "the message is shown with line breaks",
    )?;
    tab.click_text(&last(".detail button"), "Raw")?;
    tab.reads(
        &last(".detail pre"),
        "{\"type\":\"said\",\"who\":\"ann\",\"text\":\"hello\"}",
    )
}

/// Presses the tab key until the element with the id has the focus.
fn tab_to(tab: &mut Tab, id: &str) -> Result<()> {
    for _ in 0..80 {
        if tab.evaluate("document.activeElement.id")? == id {
            return Ok(());
        }
        tab.press(Key::Tab)?;
    }
    Err(format!("the tab key does not lead to `#{id}`").into())
}

/// The template is checked while one types; what is sent all the same ends the connection, and the errors are a table.
pub(crate) fn invalid(tab: &mut Tab, place: &Place) -> Result<()> {
    place.open(tab, "#/board/ws?query.name=ann")?;
    connect(tab)?;
    tab.fill(&last("textarea.message"), "{\"type\": \"save\", \"id\": \"x\"")?;
    tab.reads(&last(".verdict"), "is not JSON")?;
    tab.write("}")?;
    tab.reads(&last(".verdict"), "id must be an integer")?;
    tab.reads(&last(".verdict"), "title is missing")?;
    tab.reads(&last(".send"), "Send anyway")?;
    tab.click(&last(".send"))?;
    tab.reads(&last(".ending-title"), "1008")?;
    tab.reads(&last(".ending"), "The server closed it, cleanly")?;
    tab.reads(&last(".ending .errors"), "id")?;
    tab.reads(&last(".ending .errors"), "title")?;
    tab.reads(&last(".ending"), "What a client should do")?;
    tab.reads(&last(".row.bad"), "errors")?;
    tab.click_text(&last("> header button"), "Reconnect")?;
    tab.reads(&last(".status"), "open")
}

/// Each template of a typed endpoint is valid and has its answer; where invalid messages are answered, the session
/// stays open until they are too many in a row.
pub(crate) fn all_templates(tab: &mut Tab, place: &Place) -> Result<()> {
    for path in ["/board/ws", "/board-lenient/ws"] {
        place.open(tab, &format!("#{path}?query.name=ann"))?;
        connect(tab)?;
        for (template, answer) in [
            ("say", "{\"type\":\"said\",\"who\":\"ann\",\"text\":\"hello\"}"),
            ("move", "{\"type\":\"moved\",\"x\":1,\"y\":0}"),
            ("save", "{\"type\":\"saved\",\"id\":1}"),
        ] {
            tab.click_text(&last(".template"), template)?;
            tab.reads(&last(".verdict"), &format!("Valid: {template}"))?;
            tab.click(&last(".send"))?;
            tab.reads(&last(".row.in:last-of-type"), answer)?;
        }
    }
    let invalid = "{\"type\": \"move\", \"x\": 100}";
    send(tab, invalid)?;
    tab.reads(&last(".row.in:last-of-type"), "\"type\":\"invalid\"")?;
    tab.reads(&last(".row.in:last-of-type"), "less_than")?;
    tab.reads(&last(".status"), "open")?;
    send(tab, "{\"type\": \"move\", \"x\": 99}")?;
    tab.reads(
        &last(".row.in:last-of-type"),
        "{\"type\":\"moved\",\"x\":99,\"y\":0}",
    )?;
    tab.fill(&last("textarea.message"), invalid)?;
    tab.fill(&last(".times input"), "8")?;
    tab.click(&last(".send"))?;
    tab.reads(&last(".ending-title"), "1008")?;
    tab.reads(&last(".ending .errors"), "x")?;
    tab.reads(&last(".ending .errors"), "less_than")?;
    tab.wait(
        "sessions.at(-1).log.entries.filter((one) => one.way === 'in' && one.name === 'invalid').length === 8",
        "one was answered, then seven, and the eighth in a row was not",
    )
}
