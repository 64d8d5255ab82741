//! The golden vectors of JSON messages, all of them.

use vectors::tally_messages;

#[test]
fn every_message_is_answered_as_by_pydantic_or_for_a_reason() {
    let tally = tally_messages(include_str!("messages.jsonl"));
    assert!(tally.failed.is_empty(), "{}", tally.failed.join("\n"));
    let deviating: usize = tally.deviating.values().map(Vec::len).sum();
    assert_eq!(tally.passed + deviating, 315);
    assert!(deviating <= 24, "{:?}", tally.deviating);
}
