//! The expansion of `into_close` in `src/tests.rs`.

#[automatically_derived]
impl ::hangup::IntoClose for JoinError {
    fn to_close(&self) -> ::hangup::Close {
        match self {
            Self::Full { seats: field_seats, .. } => {
                ::hangup::Close::new(
                    ::hangup::CloseCode::of::<4001u16>(),
                    ::std::format!(
                        "only {field_seats} seats in this room", field_seats =
                        field_seats
                    ),
                )
            }
            Self::Forbidden { .. } => {
                ::hangup::Close::new(
                    ::hangup::CloseCode::POLICY_VIOLATION,
                    ::std::string::ToString::to_string(self),
                )
            }
            Self::Database { .. } => {
                ::hangup::Close::new(::hangup::CloseCode::INTERNAL_ERROR, "")
            }
        }
    }
    fn closes() -> ::std::vec::Vec<::hangup::asyncapi::DeclaredClose> {
        ::std::vec![
            ::hangup::asyncapi::DeclaredClose::new(::hangup::CloseCode::of:: < 4001u16 >
            ()).named("Full").caused_by("JoinError::Full"),
            ::hangup::asyncapi::DeclaredClose::new(::hangup::CloseCode::POLICY_VIOLATION)
            .named("Forbidden").caused_by("JoinError::Forbidden"),
            ::hangup::asyncapi::DeclaredClose::new(::hangup::CloseCode::INTERNAL_ERROR)
            .named("Database").caused_by("JoinError::Database").reason("")
        ]
    }
}
::hangup::__private::inventory::submit! {
    ::hangup::__private::CloseRule::new:: < JoinError > ()
}
