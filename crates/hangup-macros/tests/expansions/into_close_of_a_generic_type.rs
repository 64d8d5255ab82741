//! The expansion of `into_close_of_a_generic_type` in `src/tests.rs`.

#[automatically_derived]
impl<T> ::hangup::__v1::IntoClose for Gone<T>
where
    T: Send,
    Self: ::std::error::Error + ::core::marker::Send + ::core::marker::Sync + 'static,
{
    fn to_close(&self) -> ::hangup::__v1::Close {
        match self {
            Self { .. } => {
                ::hangup::__v1::Close::new(
                    ::hangup::__v1::CloseCode::GOING_AWAY,
                    ::std::string::ToString::to_string(self),
                )
            }
        }
    }
    fn closes() -> ::std::vec::Vec<::hangup::__v1::DeclaredClose> {
        #[allow(unused_imports)]
        use ::hangup::__v1::UnknownCloses as _;
        let mut closes = ::std::vec::Vec::new();
        closes
            .push(
                ::hangup::__v1::DeclaredClose::new(::hangup::__v1::CloseCode::GOING_AWAY)
                    .named("Gone")
                    .caused_by("Gone"),
            );
        closes
    }
}
