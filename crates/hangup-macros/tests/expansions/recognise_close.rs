//! The expansion of `recognise_close` in `src/tests.rs`.

::hangup::__v1::inventory::submit! {
    ::hangup::__v1::CloseRule::new:: < Gone < u8 > > ()
}
