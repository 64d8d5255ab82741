//! The expansion of `into_close` in `src/tests.rs`.

#[automatically_derived]
impl ::hangup::__v1::IntoClose for JoinError {
    fn to_close(&self) -> ::hangup::__v1::Close {
        match self {
            Self::Full { seats: field_seats, .. } => {
                ::hangup::__v1::Close::new(
                    ::hangup::__v1::CloseCode::of::<4001u16>(),
                    ::std::format!(
                        "only {field_seats} seats in this room", field_seats =
                        field_seats
                    ),
                )
            }
            Self::Forbidden { .. } => {
                ::hangup::__v1::Close::new(
                    ::hangup::__v1::CloseCode::POLICY_VIOLATION,
                    ::std::string::ToString::to_string(self),
                )
            }
            Self::Database { .. } => {
                ::hangup::__v1::Close::new(::hangup::__v1::CloseCode::INTERNAL_ERROR, "")
            }
        }
    }
    fn closes() -> ::std::vec::Vec<::hangup::__v1::DeclaredClose> {
        #[allow(unused_imports)]
        use ::hangup::__v1::UnknownCloses as _;
        let mut closes = ::std::vec::Vec::new();
        closes
            .push(
                ::hangup::__v1::DeclaredClose::new(
                        ::hangup::__v1::CloseCode::of::<4001u16>(),
                    )
                    .named("Full")
                    .caused_by("JoinError::Full"),
            );
        closes
            .push(
                ::hangup::__v1::DeclaredClose::new(
                        ::hangup::__v1::CloseCode::POLICY_VIOLATION,
                    )
                    .named("Forbidden")
                    .caused_by("JoinError::Forbidden"),
            );
        closes
            .push(
                ::hangup::__v1::DeclaredClose::new(
                        ::hangup::__v1::CloseCode::INTERNAL_ERROR,
                    )
                    .named("Database")
                    .caused_by("JoinError::Database")
                    .reason(""),
            );
        closes
    }
}
::hangup::__v1::inventory::submit! {
    ::hangup::__v1::CloseRule::new:: < JoinError > ()
}
