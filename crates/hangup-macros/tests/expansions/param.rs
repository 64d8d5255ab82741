//! The expansion of `param` in `src/tests.rs`.

const _: () = {
    static CHOICES: ::hangup::params::Choices = ::hangup::params::Choices::of_enum(
        &[
            ::hangup::params::Choice::Str("alexnet"),
            ::hangup::params::Choice::Str("le_net"),
            ::hangup::params::Choice::Str("resnet-50"),
        ],
    );
    #[automatically_derived]
    #[allow(unused_variables, clippy::all, clippy::pedantic)]
    impl ::hangup::params::Param for Model {
        fn parse(
            text: &str,
            rules: &::hangup::params::Rules,
        ) -> ::core::result::Result<Self, ::hangup::params::Invalid> {
            ::core::result::Result::Ok(
                match CHOICES.find(text, rules)? {
                    0usize => Self::Alexnet,
                    1usize => Self::LeNet,
                    _ => Self::Resnet,
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
                        Self::Alexnet => 0usize,
                        Self::LeNet => 1usize,
                        Self::Resnet => 2usize,
                    },
                )
        }
    }
    #[automatically_derived]
    impl ::hangup::params::fits::TakesStrict for Model {}
};
