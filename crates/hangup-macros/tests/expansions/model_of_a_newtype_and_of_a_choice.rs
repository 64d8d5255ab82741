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
    fn __rules_0() -> &'static ::hangup::params::Rules {
        static RULES: ::hangup::params::Rules = ::hangup::params::Rules::new()
            .max_length(3);
        &RULES
    }
    #[automatically_derived]
    impl<T> ::hangup::Model for Few<T>
    where
        T: ::hangup::Model,
    {
        fn schema() -> &'static ::hangup::models::Schema {
            const {
                &::hangup::models::Schema::new(
                        ::hangup::models::Shape::Newtype(const {
                            &::hangup::models::Member::new(
                                    "",
                                    <Vec<T> as ::hangup::Model>::schema,
                                )
                                .ruled(__rules_0)
                        }),
                    )
                    .named("Few", ::core::any::type_name::<Self>)
            }
        }
        fn read<'de, __D: ::hangup::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::params::fits::length::<Vec<T>>();
            <Vec<T> as ::hangup::Model>::read(__deserializer).map(Self)
        }
        fn write<__S: ::hangup::__private::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::hangup::Model::write(&self.0, __serializer)
        }
        fn obeys(&self, _: &::hangup::params::Rules) -> bool {
            ::hangup::Model::obeys(&self.0, __rules_0())
        }
        fn write_members<__M: ::hangup::__private::serde::ser::SerializeMap>(
            &self,
            __members: &mut __M,
        ) -> ::core::result::Result<(), __M::Error> {
            ::hangup::Model::write_members(&self.0, __members)
        }
    }
    #[automatically_derived]
    impl<'de, T> ::hangup::__private::serde::Deserialize<'de> for Few<T>
    where
        T: ::hangup::Model,
    {
        fn deserialize<__D: ::hangup::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::__private::made::deserialize_model(__deserializer)
        }
    }
    #[automatically_derived]
    impl<T> ::hangup::__private::serde::Serialize for Few<T>
    where
        T: ::hangup::Model,
    {
        fn serialize<__S: ::hangup::__private::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::hangup::Model::write(self, __serializer)
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
    static __CHOICES: ::hangup::params::Choices = ::hangup::params::Choices::of_enum(
        &[::hangup::params::Choice::Int(1i64), ::hangup::params::Choice::Int(2i64)],
    );
    #[automatically_derived]
    impl ::hangup::Model for Level {
        fn schema() -> &'static ::hangup::models::Schema {
            const {
                &::hangup::models::Schema::new(
                        ::hangup::models::Shape::Choice(&__CHOICES),
                    )
                    .named("Level", ::core::any::type_name::<Self>)
            }
        }
        fn read<'de, __D: ::hangup::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            let __place = ::hangup::__private::made::read_choice(
                &__CHOICES,
                __deserializer,
            )?;
            ::core::result::Result::Ok(
                match __place {
                    0usize => Self::Low,
                    _ => Self::High,
                },
            )
        }
        fn write<__S: ::hangup::__private::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            let __place = match self {
                Self::Low => 0usize,
                Self::High => 1usize,
            };
            ::hangup::__private::made::write_choice(&__CHOICES, __place, __serializer)
        }
        fn obeys(&self, _: &::hangup::params::Rules) -> bool {
            true
        }
    }
    #[automatically_derived]
    impl<'de> ::hangup::__private::serde::Deserialize<'de> for Level {
        fn deserialize<__D: ::hangup::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::__private::made::deserialize_model(__deserializer)
        }
    }
    #[automatically_derived]
    impl ::hangup::__private::serde::Serialize for Level {
        fn serialize<__S: ::hangup::__private::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::hangup::Model::write(self, __serializer)
        }
    }
};
