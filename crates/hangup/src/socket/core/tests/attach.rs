//! Tests of what belongs to a connection.

use std::sync::atomic::{AtomicU32, Ordering};

use super::super::super::attached::{Attached, NotAttached};
use super::*;

#[derive(Default)]
struct Counted(AtomicU32);

impl Attached for Counted {
    fn connection_ended(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

struct Other;

impl Attached for Other {
    fn connection_ended(&self) {}
}

#[test]
fn one_thing_is_attached_until_the_end_of_the_connection() {
    let connected = Connected::with(Resolved::default());
    assert!(connected.lock(|core| core.attached::<Counted>()).is_none());
    let first = connected
        .lock(|core| core.attach(Arc::<Counted>::default))
        .unwrap();
    let again = connected
        .lock(|core| core.attach(Arc::<Counted>::default))
        .unwrap();
    assert!(Arc::ptr_eq(&first, &again));
    let other = connected.lock(|core| core.attach(|| Arc::new(Other)));
    assert_eq!(other.err(), Some(NotAttached::OfOtherType));

    connected.lock(Core::fail_to_open);
    let kept = connected
        .lock(|core| core.attach(Arc::<Counted>::default))
        .unwrap();
    assert!(
        Arc::ptr_eq(&first, &kept),
        "it belongs to it until it is detached"
    );
    connected.lock(Core::detach).unwrap().connection_ended();
    assert!(connected.lock(Core::detach).is_none());
    assert_eq!(first.0.load(Ordering::Relaxed), 1);
    let late = connected.lock(|core| core.attach(Arc::<Counted>::default));
    assert_eq!(late.err(), Some(NotAttached::Ended));
}
