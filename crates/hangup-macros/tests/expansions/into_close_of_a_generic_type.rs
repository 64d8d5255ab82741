//! The expansion of `into_close_of_a_generic_type` in `src/tests.rs`.

#[automatically_derived]
impl<T> ::hangup::IntoClose for Gone<T>
where
    T: Send,
    Self: ::std::error::Error + ::core::marker::Send + ::core::marker::Sync + 'static,
{
    fn to_close(&self) -> ::hangup::Close {
        match self {
            Self { .. } => {
                ::hangup::Close::new(
                    ::hangup::CloseCode::GOING_AWAY,
                    ::std::string::ToString::to_string(self),
                )
            }
        }
    }
    fn closes() -> ::std::vec::Vec<::hangup::asyncapi::DeclaredClose> {
        ::std::vec![
            ::hangup::asyncapi::DeclaredClose::new(::hangup::CloseCode::GOING_AWAY)
            .named("Gone").caused_by("Gone")
        ]
    }
}
