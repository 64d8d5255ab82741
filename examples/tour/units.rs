//! Sizes and times on the command line.

use std::time::Duration;

/// A size in bytes: `512`, `64KiB`, `1MiB`, `1GiB`.
pub(crate) fn size(text: &str) -> Result<usize, String> {
    let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)];
    let (number, unit) = units
        .into_iter()
        .find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))
        .unwrap_or((text, 1));
    let number: usize = number
        .trim()
        .parse()
        .map_err(|_| format!("`{text}` is not a size such as 64KiB"))?;
    number
        .checked_mul(unit)
        .ok_or_else(|| format!("`{text}` is too large"))
}

/// A time: `500ms`, `20s`, `5m`, `2h`.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let no_time = || format!("`{text}` is not a time such as 20s or 500ms");
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let (number, unit) = units
        .into_iter()
        .find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))
        .ok_or_else(no_time)?;
    let number: f64 = number.trim().parse().map_err(|_| no_time())?;
    Duration::try_from_secs_f64(number * unit).map_err(|_| no_time())
}

/// A time, or `off`.
pub(crate) fn time_or_off(text: &str) -> Result<Option<Duration>, String> {
    match text {
        "off" => Ok(None),
        text => time(text).map(Some),
    }
}
