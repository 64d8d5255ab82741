//! The content security policy of the page, tried by what it must not let through.

use super::tab::Tab;
use crate::failure::Result;

/// Each gives `true` if it was let through.
const ATTEMPTS: [(&str, &str); 5] = [
    (
        "an inline script",
        "(() => { const script = document.createElement('script'); script.textContent = 'window.ran = true'; \
         document.head.append(script); return window.ran === true; })()",
    ),
    (
        "an inline handler",
        "new Promise((done) => { const button = document.createElement('button'); \
         button.setAttribute('onclick', 'window.clicked = true'); document.body.append(button); button.click(); \
         setTimeout(() => done(window.clicked === true), 50); })",
    ),
    (
        "a style attribute",
        "(() => { const one = document.createElement('p'); one.setAttribute('style', 'color: rgb(1, 2, 3)'); \
         document.body.append(one); return getComputedStyle(one).color === 'rgb(1, 2, 3)'; })()",
    ),
    (
        "a script of another origin",
        "new Promise((done) => { const script = document.createElement('script'); script.src = 'http://localhost:9/x.js'; \
         document.addEventListener('securitypolicyviolation', () => done(false), { once: true }); \
         document.head.append(script); setTimeout(() => done(true), 5000); })",
    ),
    (
        "a connection to another origin",
        "new Promise((done) => { document.addEventListener('securitypolicyviolation', () => done(false), { once: true }); \
         try { new WebSocket('ws://localhost:9/'); } catch { done(false); } setTimeout(() => done(true), 5000); })",
    ),
];

pub(crate) fn holds(tab: &mut Tab, address: &str) -> Result<()> {
    tab.open(&format!("http://{address}/docs"))?;
    for (what, attempt) in ATTEMPTS {
        if tab.evaluate(attempt)? != false {
            return Err(format!("the policy lets {what} through").into());
        }
    }
    Ok(())
}
