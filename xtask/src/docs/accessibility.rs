//! The page by the rules of WCAG that a program can check, wide and narrow, light and dark.

use std::fs;

use serde_json::Value;

use super::board;
use super::console::{self, Place};
use super::packages;
use super::tab::Tab;
use crate::failure::{Result, While};

/// WCAG 2.2, levels A and AA.
const RULES: &str = "{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }";

pub(crate) fn check(tab: &mut Tab, place: &Place) -> Result<()> {
    let axe = packages::folder()?.join("node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(axe).while_doing("reading axe")?;
    for (width, height) in [(1400, 1040), (390, 844)] {
        for is_dark in [false, true] {
            tab.resize(width, height)?;
            tab.dark(is_dark)?;
            // A session that was ended with errors, one that is open, and all that can be unfolded.
            console::parameters(tab, place)?;
            console::binary(tab, place)?;
            board::invalid(tab, place)?;
            tab.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true)); 0")?;
            tab.evaluate(&format!("{axe}; 0"))?;
            let found = tab.evaluate(&format!(
                "axe.run(document, {RULES}).then(({{ violations }}) => violations.map((one) => \
                 `${{one.id}}: ${{one.nodes.map((node) => node.html).join(' ').slice(0, 500)}}`))"
            ))?;
            if found != Value::Array(Vec::new()) {
                return Err(format!("{width} pixels wide, dark {is_dark}: {found}").into());
            }
        }
    }
    tab.resize(1400, 900)?;
    tab.dark(false)
}
