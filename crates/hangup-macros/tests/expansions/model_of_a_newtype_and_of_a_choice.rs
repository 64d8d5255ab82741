//! The expansion of `model_of_a_newtype_and_of_a_choice` in `src/tests.rs`.

struct Few<T>(Vec<T>);
#[allow(
    unused_variables,
    unused_mut,
    unreachable_code,
    dead_code,
    deprecated,
    clippy::all,
    clippy::pedantic
)]
const _: () = {
    fn __rules_0() -> &'static ::hangup::__v1::Rules {
        static RULES: ::hangup::__v1::Rules = ::hangup::__v1::Rules::new().max_length(3);
        &RULES
    }
    #[automatically_derived]
    impl<T> ::hangup::__v1::Model for Few<T>
    where
        T: ::hangup::__v1::Model,
    {
        fn schema() -> &'static ::hangup::__v1::Schema {
            const {
                &::hangup::__v1::Schema::new(
                        ::hangup::__v1::Shape::Newtype(const {
                            &::hangup::__v1::Member::new(
                                    "",
                                    <Vec<T> as ::hangup::__v1::Model>::schema,
                                )
                                .ruled(__rules_0)
                        }),
                    )
                    .named("Few", ::core::any::type_name::<Self>)
            }
        }
        fn read<'de, __D: ::hangup::__v1::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::__v1::fits::length::<Vec<T>>();
            <Vec<T> as ::hangup::__v1::Model>::read(__deserializer).map(Self)
        }
        fn write<__S: ::hangup::__v1::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::hangup::__v1::Model::write(&self.0, __serializer)
        }
        fn obeys(&self, _: &::hangup::__v1::Rules) -> bool {
            ::hangup::__v1::Model::obeys(&self.0, __rules_0())
        }
        fn write_members<__M: ::hangup::__v1::serde::ser::SerializeMap>(
            &self,
            __members: &mut __M,
        ) -> ::core::result::Result<(), __M::Error> {
            ::hangup::__v1::Model::write_members(&self.0, __members)
        }
    }
    #[automatically_derived]
    impl<'de, T> ::hangup::__v1::serde::Deserialize<'de> for Few<T>
    where
        T: ::hangup::__v1::Model,
    {
        fn deserialize<__D: ::hangup::__v1::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::__v1::made::deserialize_model(__deserializer)
        }
    }
    #[automatically_derived]
    impl<T> ::hangup::__v1::serde::Serialize for Few<T>
    where
        T: ::hangup::__v1::Model,
    {
        fn serialize<__S: ::hangup::__v1::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::hangup::__v1::Model::write(self, __serializer)
        }
    }
};
enum Level {
    Low = 1,
    High = 2,
}
#[allow(
    unused_variables,
    unused_mut,
    unreachable_code,
    dead_code,
    deprecated,
    clippy::all,
    clippy::pedantic
)]
const _: () = {
    static __CHOICES: ::hangup::__v1::Choices = ::hangup::__v1::Choices::of_enum(
        &[::hangup::__v1::Choice::Int(1i64), ::hangup::__v1::Choice::Int(2i64)],
    );
    #[automatically_derived]
    impl ::hangup::__v1::Model for Level {
        fn schema() -> &'static ::hangup::__v1::Schema {
            const {
                &::hangup::__v1::Schema::new(::hangup::__v1::Shape::Choice(&__CHOICES))
                    .named("Level", ::core::any::type_name::<Self>)
            }
        }
        fn read<'de, __D: ::hangup::__v1::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            let __place = ::hangup::__v1::made::read_choice(&__CHOICES, __deserializer)?;
            ::core::result::Result::Ok(
                match __place {
                    0usize => Self::Low,
                    _ => Self::High,
                },
            )
        }
        fn write<__S: ::hangup::__v1::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            let __place = match self {
                Self::Low => 0usize,
                Self::High => 1usize,
            };
            ::hangup::__v1::made::write_choice(&__CHOICES, __place, __serializer)
        }
        fn obeys(&self, _: &::hangup::__v1::Rules) -> bool {
            true
        }
    }
    #[automatically_derived]
    impl<'de> ::hangup::__v1::serde::Deserialize<'de> for Level {
        fn deserialize<__D: ::hangup::__v1::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::__v1::made::deserialize_model(__deserializer)
        }
    }
    #[automatically_derived]
    impl ::hangup::__v1::serde::Serialize for Level {
        fn serialize<__S: ::hangup::__v1::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::hangup::__v1::Model::write(self, __serializer)
        }
    }
};
