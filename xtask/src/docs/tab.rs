//! A tab of Chromium as a person uses it: real clicks, real keys, and whatever the browser complains of.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::failure::{Failure, Result, While};
use crate::install;
use crate::interop::devtools::Devtools;

const WAIT: Duration = Duration::from_secs(20);

pub(crate) struct Tab {
    devtools: Devtools,
    complaints: Vec<String>,
    /// The hosts that anything was loaded from.
    hosts: Vec<String>,
}

/// Keys that are no text.
#[derive(Clone, Copy)]
pub(crate) enum Key {
    Enter,
    CtrlEnter,
    Tab,
    Slash,
    Up,
    Home,
}

impl Tab {
    pub(crate) fn ready() -> Result<Self> {
        let mut devtools = Devtools::start(&install::chromium()?)?;
        devtools.open_tab()?;
        let mut tab = Self {
            devtools,
            complaints: Vec::new(),
            hosts: Vec::new(),
        };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.call(&format!("{domain}.enable"), json!({}))?;
        }
        tab.resize(1400, 900)?;
        Ok(tab)
    }

    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Result<Value> {
        let answer = self.devtools.call(method, &parameters)?;
        for event in self.devtools.take_events() {
            self.note(&event);
        }
        Ok(answer)
    }

    fn note(&mut self, event: &Value) {
        let details = &event["params"];
        match event["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => self.complaints.push(format!("an exception: {details}")),
            "Runtime.consoleAPICalled" if details["type"] == "error" || details["type"] == "warning" => {
                self.complaints.push(format!("the console: {}", details["args"]));
            }
            "Log.entryAdded" => {
                let entry = &details["entry"];
                let text = entry["text"].as_str().unwrap_or_default();
                // The browser itself writes of each connection that failed; no page can prevent that.
                if entry["level"] == "error" && !text.starts_with("WebSocket connection to") {
                    self.complaints.push(format!("the log: {text} {}", entry["url"]));
                }
            }
            "Network.requestWillBeSent" => {
                let url = details["request"]["url"].as_str().unwrap_or_default();
                if let Some((_, rest)) = url.split_once("://") {
                    self.hosts
                        .push(rest.split('/').next().unwrap_or_default().to_owned());
                }
            }
            _ => {}
        }
    }

    /// Fails if the browser has complained, or something was loaded from elsewhere than these hosts.
    pub(crate) fn is_content_with(&mut self, hosts: &[&str]) -> Result<()> {
        self.evaluate("0")?;
        if let Some(complaint) = self.complaints.first() {
            return Err(format!("the browser complains of {complaint}").into());
        }
        match self.hosts.iter().find(|host| !hosts.contains(&host.as_str())) {
            Some(other) => Err(format!("something was loaded from {other}").into()),
            None => Ok(()),
        }
    }

    pub(crate) fn resize(&mut self, width: u32, height: u32) -> Result<()> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.call("Emulation.setDeviceMetricsOverride", size).map(drop)
    }

    pub(crate) fn dark(&mut self, is_dark: bool) -> Result<()> {
        let scheme = if is_dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", features).map(drop)
    }

    /// Opens an address anew, even where only its fragment differs.
    pub(crate) fn open(&mut self, url: &str) -> Result<()> {
        self.call("Page.navigate", json!({ "url": "about:blank" }))?;
        self.call("Page.navigate", json!({ "url": url }))?;
        self.wait("document.readyState === 'complete'", &format!("{url} is loaded"))
    }

    pub(crate) fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let order = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", order)?;
        match answer.get("exceptionDetails") {
            Some(exception) => Err(format!("`{expression}` failed in the page: {exception}").into()),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// Waits until the expression is true.
    pub(crate) fn wait(&mut self, expression: &str, what: &str) -> Result<()> {
        let script = format!(
            "(async () => {{ const end = performance.now() + {}; while (performance.now() < end) {{ \
             try {{ if ({expression}) return true; }} catch {{}} \
             await new Promise((resume) => setTimeout(resume, 10)); }} return false; }})()",
            WAIT.as_millis()
        );
        if self.evaluate(&script)? == true {
            return Ok(());
        }
        let seen = self.evaluate("`${document.querySelector('.form')?.innerText}\\n${document.querySelector('#sessions')?.innerText}`.slice(0, 1200)")?;
        let seen = seen.as_str().unwrap_or_default();
        Err(format!("waited in vain until {what}; the page says:\n{seen}").into())
    }

    /// Waits until the text is to be read within an element.
    pub(crate) fn reads(&mut self, selector: &str, text: &str) -> Result<()> {
        let expression = format!(
            "document.querySelector({})?.innerText.includes({})",
            Value::from(selector),
            Value::from(text)
        );
        self.wait(&expression, &format!("`{selector}` reads `{text}`"))
    }

    /// The first element that fits, and whose text begins so.
    fn element(selector: &str, text: &str) -> String {
        format!(
            "[...document.querySelectorAll({})].find((one) => one.textContent.trim().startsWith({}))",
            Value::from(selector),
            Value::from(text)
        )
    }

    /// Clicks in the middle of an element.
    pub(crate) fn click(&mut self, selector: &str) -> Result<()> {
        self.click_text(selector, "")
    }

    pub(crate) fn click_text(&mut self, selector: &str, text: &str) -> Result<()> {
        let element = Self::element(selector, text);
        self.wait(&element, &format!("there is `{selector}` with `{text}`"))?;
        let place = self.evaluate(&format!(
            "(() => {{ const one = {element}; one.scrollIntoView({{ block: 'center' }}); \
             const box = one.getBoundingClientRect(); \
             return [box.left + box.width / 2, box.top + box.height / 2]; }})()"
        ))?;
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event)?;
        }
        Ok(())
    }

    /// Replaces what an input holds.
    pub(crate) fn fill(&mut self, selector: &str, text: &str) -> Result<()> {
        self.click(selector)?;
        self.evaluate("document.activeElement.select?.()")?;
        if text.is_empty() {
            self.key("Delete", "Delete", 46, 0)?;
            return Ok(());
        }
        self.write(text)
    }

    /// Types into what has the focus.
    pub(crate) fn write(&mut self, text: &str) -> Result<()> {
        self.call("Input.insertText", json!({ "text": text })).map(drop)
    }

    pub(crate) fn press(&mut self, key: Key) -> Result<()> {
        match key {
            Key::Enter => self.key("Enter", "Enter", 13, 0),
            Key::CtrlEnter => self.key("Enter", "Enter", 13, 2),
            Key::Tab => self.key("Tab", "Tab", 9, 0),
            Key::Slash => self.key("/", "Slash", 191, 0),
            Key::Up => self.key("ArrowUp", "ArrowUp", 38, 0),
            Key::Home => self.key("Home", "Home", 36, 0),
        }
    }

    fn key(&mut self, key: &str, code: &str, number: u32, modifiers: u32) -> Result<()> {
        let text = match key {
            "Enter" if modifiers == 0 => "\r",
            "/" => "/",
            _ => "",
        };
        let down = json!({
            "type": if text.is_empty() { "rawKeyDown" } else { "keyDown" }, "key": key, "code": code, "text": text,
            "windowsVirtualKeyCode": number, "modifiers": modifiers,
        });
        self.call("Input.dispatchKeyEvent", down)?;
        let up = json!({ "type": "keyUp", "key": key, "code": code, "windowsVirtualKeyCode": number });
        self.call("Input.dispatchKeyEvent", up).map(drop)
    }

    /// A picture of what is seen, as PNG.
    pub(crate) fn picture(&mut self, file: &Path) -> Result<()> {
        // The pointer would leave its mark, and buttons take a moment to change their colour.
        let aside = json!({ "type": "mouseMoved", "x": 0, "y": 0 });
        self.call("Input.dispatchMouseEvent", aside)?;
        self.call("Emulation.setScrollbarsHidden", json!({ "hidden": true }))?;
        self.evaluate(
            "Promise.allSettled(document.getAnimations().map((one) => one.finished)).then(() => 0)",
        )?;
        let answer = self.call("Page.captureScreenshot", json!({ "format": "png" }))?;
        let data = answer["data"]
            .as_str()
            .ok_or_else(|| Failure::from("Chromium took no picture"))?;
        fs::write(file, decoded(data)).while_doing(format!("writing {}", file.display()))
    }
}

/// Base64 without anything that is no digit of it.
fn decoded(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut bits = 0_u32;
    let mut count = 0;
    for digit in text
        .bytes()
        .filter_map(|byte| DIGITS.iter().position(|one| *one == byte))
    {
        bits = bits << 6 | digit as u32 & 63;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 255) as u8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::decoded;

    /// RFC 4648, section 10.
    #[test]
    fn base64_is_decoded() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decoded(text), bytes.as_bytes());
        }
    }
}
