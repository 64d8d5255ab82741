//! The expansion of `model_of_a_struct` in `src/tests.rs`.

/// A thing.
struct Item {
    /// What it is called.
    name: String,
    count: u32,
    note: Option<String>,
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
    fn __rules_0() -> &'static ::hangup::params::Rules {
        static PATTERN: ::hangup::params::Pattern = ::hangup::params::Pattern::new(
            "^[a-z]*$",
        );
        static RULES: ::hangup::params::Rules = ::hangup::params::Rules::new()
            .min_length(1)
            .max_length(5)
            .pattern(&PATTERN);
        &RULES
    }
    fn __rules_1() -> &'static ::hangup::params::Rules {
        static RULES: ::hangup::params::Rules = ::hangup::params::Rules::new()
            .ge(::hangup::params::Number::whole(0));
        &RULES
    }
    #[automatically_derived]
    impl ::hangup::__private::made::ReadMembers for Item {
        fn read_members<'de, __A: ::hangup::__private::serde::de::MapAccess<'de>>(
            mut members: __A,
        ) -> ::core::result::Result<Self, __A::Error> {
            ::hangup::params::fits::length::<String>();
            ::hangup::params::fits::length::<String>();
            ::hangup::params::fits::pattern::<String>();
            ::hangup::params::fits::bound::<u32, ::hangup::params::fits::Whole>();
            fn place(key: &str) -> usize {
                match key {
                    "name" => 0usize,
                    "count" => 1usize,
                    "note" => 2usize,
                    _ => usize::MAX,
                }
            }
            let mut slot_0: ::core::option::Option<String> = ::core::option::Option::None;
            let mut slot_1: ::core::option::Option<u32> = ::core::option::Option::None;
            let mut slot_2: ::core::option::Option<Option<String>> = ::core::option::Option::None;
            while let ::core::option::Option::Some(place) = ::hangup::__private::made::next_place(
                &mut members,
                place,
            )? {
                match place {
                    0usize => {
                        slot_0 = ::core::option::Option::Some(
                            ::hangup::__private::made::next_member::<
                                String,
                                _,
                            >(&mut members)?,
                        );
                    }
                    1usize => {
                        slot_1 = ::core::option::Option::Some(
                            ::hangup::__private::made::next_member::<
                                u32,
                                _,
                            >(&mut members)?,
                        );
                    }
                    2usize => {
                        slot_2 = ::core::option::Option::Some(
                            ::hangup::__private::made::next_member::<
                                Option<String>,
                                _,
                            >(&mut members)?,
                        );
                    }
                    _ => {
                        return ::core::result::Result::Err(
                            ::hangup::__private::made::unknown_member(),
                        );
                    }
                }
            }
            ::core::result::Result::Ok(Self {
                name: ::hangup::__private::made::required(slot_0, "name")?,
                count: slot_1.unwrap_or_else(|| 0),
                note: slot_2.unwrap_or_default(),
            })
        }
    }
    #[automatically_derived]
    impl ::hangup::Model for Item {
        fn schema() -> &'static ::hangup::models::Schema {
            const {
                &::hangup::models::Schema::new(
                        ::hangup::models::Shape::Object(::hangup::models::Object {
                            class: "",
                            members: const {
                                &[
                                    ::hangup::models::Member::new(
                                            "name",
                                            <String as ::hangup::Model>::schema,
                                        )
                                        .ruled(__rules_0)
                                        .described("What it is called."),
                                    ::hangup::models::Member::new(
                                            "count",
                                            <u32 as ::hangup::Model>::schema,
                                        )
                                        .ruled(__rules_1)
                                        .default_from(|| ::hangup::__private::made::to_json::<
                                            u32,
                                        >(&0)),
                                    ::hangup::models::Member::new(
                                            "note",
                                            <Option<String> as ::hangup::Model>::schema,
                                        )
                                        .optional(),
                                ]
                            },
                            others: ::hangup::models::OtherKeys::Forbidden,
                        }),
                    )
                    .named("Item", ::core::any::type_name::<Self>)
                    .described("A thing.")
            }
        }
        fn read<'de, __D: ::hangup::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::__private::made::read_object(__deserializer)
        }
        fn write<__S: ::hangup::__private::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            let mut __members = ::hangup::__private::serde::Serializer::serialize_map(
                __serializer,
                ::core::option::Option::Some(3usize),
            )?;
            ::hangup::Model::write_members(self, &mut __members)?;
            ::hangup::__private::serde::ser::SerializeMap::end(__members)
        }
        fn obeys(&self, _: &::hangup::params::Rules) -> bool {
            true && ::hangup::Model::obeys(&self.name, __rules_0())
                && ::hangup::Model::obeys(&self.count, __rules_1())
                && ::hangup::Model::obeys(&self.note, &::hangup::params::Rules::new())
        }
        fn write_members<__M: ::hangup::__private::serde::ser::SerializeMap>(
            &self,
            __members: &mut __M,
        ) -> ::core::result::Result<(), __M::Error> {
            ::hangup::__private::serde::ser::SerializeMap::serialize_entry(
                __members,
                "name",
                &::hangup::models::Written(&self.name),
            )?;
            ::hangup::__private::serde::ser::SerializeMap::serialize_entry(
                __members,
                "count",
                &::hangup::models::Written(&self.count),
            )?;
            ::hangup::__private::serde::ser::SerializeMap::serialize_entry(
                __members,
                "note",
                &::hangup::models::Written(&self.note),
            )?;
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl<'de> ::hangup::__private::serde::Deserialize<'de> for Item {
        fn deserialize<__D: ::hangup::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::__private::made::deserialize_model(__deserializer)
        }
    }
    #[automatically_derived]
    impl ::hangup::__private::serde::Serialize for Item {
        fn serialize<__S: ::hangup::__private::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::hangup::Model::write(self, __serializer)
        }
    }
};
