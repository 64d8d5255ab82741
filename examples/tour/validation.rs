//! The samples with typed parameters.

use hangup::App;

use crate::Sample;

pub(crate) const SAMPLES: &[Sample] = &[];

pub(crate) fn app() -> App {
    App::new()
}
