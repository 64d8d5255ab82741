//! The expansion of `param_of_numbers` in `src/tests.rs`.

const _: () = {
    static CHOICES: ::hangup::params::Choices = ::hangup::params::Choices::of_enum(
        &[::hangup::params::Choice::Int(1i64), ::hangup::params::Choice::Int(2i64)],
    );
    #[automatically_derived]
    #[allow(unused_variables, clippy::all, clippy::pedantic)]
    impl ::hangup::params::Param for Level {
        fn parse(
            text: &str,
            rules: &::hangup::params::Rules,
        ) -> ::core::result::Result<Self, ::hangup::params::Invalid> {
            ::core::result::Result::Ok(
                match CHOICES.find(text, rules)? {
                    0usize => Self::Low,
                    _ => Self::High,
                },
            )
        }
        fn json_schema(_: &::hangup::params::Rules) -> ::hangup::params::Json {
            CHOICES.json_schema()
        }
        fn to_json(&self) -> ::core::option::Option<::hangup::params::Json> {
            CHOICES
                .json_at(
                    match self {
                        Self::Low => 0usize,
                        Self::High => 1usize,
                    },
                )
        }
    }
    #[automatically_derived]
    impl ::hangup::params::fits::TakesStrict for Level {}
};
