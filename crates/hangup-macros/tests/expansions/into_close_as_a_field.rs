//! The expansion of `into_close_as_a_field` in `src/tests.rs`.

#[automatically_derived]
impl ::hangup::__v1::IntoClose for JoinError {
    fn to_close(&self) -> ::hangup::__v1::Close {
        match self {
            Self::Receive { 0: field } => {
                use ::hangup::__v1::AsError as _;
                ::hangup::__v1::close_as(field.as_error())
            }
            Self::Room { room: field } => {
                use ::hangup::__v1::AsError as _;
                ::hangup::__v1::close_as(field.as_error())
            }
            Self::Forbidden { .. } => {
                ::hangup::__v1::Close::new(
                    ::hangup::__v1::CloseCode::POLICY_VIOLATION,
                    ::std::string::ToString::to_string(self),
                )
            }
        }
    }
    fn transparent(
        &self,
    ) -> ::core::option::Option<&(dyn ::std::error::Error + 'static)> {
        match self {
            Self::Receive { 0: field } => {
                use ::hangup::__v1::AsError as _;
                ::core::option::Option::Some(field.as_error())
            }
            Self::Room { room: field } => {
                use ::hangup::__v1::AsError as _;
                ::core::option::Option::Some(field.as_error())
            }
            _ => ::core::option::Option::None,
        }
    }
    fn closes() -> ::std::vec::Vec<::hangup::__v1::DeclaredClose> {
        #[allow(unused_imports)]
        use ::hangup::__v1::UnknownCloses as _;
        let mut closes = ::std::vec::Vec::new();
        closes.extend(::hangup::__v1::FieldCloses::<ReceiveError>::new().closes());
        closes.extend(::hangup::__v1::FieldCloses::<RoomError>::new().closes());
        closes
            .push(
                ::hangup::__v1::DeclaredClose::new(
                        ::hangup::__v1::CloseCode::POLICY_VIOLATION,
                    )
                    .named("Forbidden")
                    .caused_by("JoinError::Forbidden"),
            );
        closes
    }
}
::hangup::__v1::inventory::submit! {
    ::hangup::__v1::CloseRule::new:: < JoinError > ()
}
