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
    fn __rules_0() -> &'static ::hangup::__v1::Rules {
        static PATTERN: ::hangup::__v1::Pattern = ::hangup::__v1::Pattern::new(
            "^[a-z]*$",
        );
        static RULES: ::hangup::__v1::Rules = ::hangup::__v1::Rules::new()
            .min_length(1)
            .max_length(5)
            .pattern(&PATTERN);
        &RULES
    }
    fn __rules_1() -> &'static ::hangup::__v1::Rules {
        static RULES: ::hangup::__v1::Rules = ::hangup::__v1::Rules::new()
            .ge(::hangup::__v1::Number::whole(0));
        &RULES
    }
    #[automatically_derived]
    impl ::hangup::__v1::made::ReadMembers for Item {
        fn read_members<'de, __A: ::hangup::__v1::serde::de::MapAccess<'de>>(
            mut members: __A,
        ) -> ::core::result::Result<Self, __A::Error> {
            ::hangup::__v1::fits::length::<String>();
            ::hangup::__v1::fits::length::<String>();
            ::hangup::__v1::fits::pattern::<String>();
            ::hangup::__v1::fits::bound::<u32, ::hangup::__v1::fits::Whole>();
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
            while let ::core::option::Option::Some(place) = ::hangup::__v1::made::next_place(
                &mut members,
                place,
            )? {
                match place {
                    0usize => {
                        slot_0 = ::core::option::Option::Some(
                            ::hangup::__v1::made::next_member::<String, _>(&mut members)?,
                        );
                    }
                    1usize => {
                        slot_1 = ::core::option::Option::Some(
                            ::hangup::__v1::made::next_member::<u32, _>(&mut members)?,
                        );
                    }
                    2usize => {
                        slot_2 = ::core::option::Option::Some(
                            ::hangup::__v1::made::next_member::<
                                Option<String>,
                                _,
                            >(&mut members)?,
                        );
                    }
                    _ => {
                        return ::core::result::Result::Err(
                            ::hangup::__v1::made::unknown_member(),
                        );
                    }
                }
            }
            ::core::result::Result::Ok(Self {
                name: ::hangup::__v1::made::required(slot_0, "name")?,
                count: slot_1.unwrap_or_else(|| 0),
                note: slot_2.unwrap_or_default(),
            })
        }
    }
    #[automatically_derived]
    impl ::hangup::__v1::Model for Item {
        fn schema() -> &'static ::hangup::__v1::Schema {
            const {
                &::hangup::__v1::Schema::new(
                        ::hangup::__v1::Shape::Object(::hangup::__v1::Object {
                            class: "",
                            members: const {
                                &[
                                    ::hangup::__v1::Member::new(
                                            "name",
                                            <String as ::hangup::__v1::Model>::schema,
                                        )
                                        .ruled(__rules_0)
                                        .described("What it is called."),
                                    ::hangup::__v1::Member::new(
                                            "count",
                                            <u32 as ::hangup::__v1::Model>::schema,
                                        )
                                        .ruled(__rules_1)
                                        .default_from(|| ::hangup::__v1::made::to_json::<u32>(&0)),
                                    ::hangup::__v1::Member::new(
                                            "note",
                                            <Option<String> as ::hangup::__v1::Model>::schema,
                                        )
                                        .optional(),
                                ]
                            },
                            others: ::hangup::__v1::OtherKeys::Forbidden,
                        }),
                    )
                    .named("Item", ::core::any::type_name::<Self>)
                    .described("A thing.")
            }
        }
        fn read<'de, __D: ::hangup::__v1::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::__v1::made::read_object(__deserializer)
        }
        fn write<__S: ::hangup::__v1::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            let mut __members = ::hangup::__v1::serde::Serializer::serialize_map(
                __serializer,
                ::core::option::Option::Some(3usize),
            )?;
            ::hangup::__v1::Model::write_members(self, &mut __members)?;
            ::hangup::__v1::serde::ser::SerializeMap::end(__members)
        }
        fn obeys(&self, _: &::hangup::__v1::Rules) -> bool {
            true && ::hangup::__v1::Model::obeys(&self.name, __rules_0())
                && ::hangup::__v1::Model::obeys(&self.count, __rules_1())
                && ::hangup::__v1::Model::obeys(
                    &self.note,
                    &::hangup::__v1::Rules::new(),
                )
        }
        fn write_members<__M: ::hangup::__v1::serde::ser::SerializeMap>(
            &self,
            __members: &mut __M,
        ) -> ::core::result::Result<(), __M::Error> {
            ::hangup::__v1::serde::ser::SerializeMap::serialize_entry(
                __members,
                "name",
                &::hangup::__v1::Written(&self.name),
            )?;
            ::hangup::__v1::serde::ser::SerializeMap::serialize_entry(
                __members,
                "count",
                &::hangup::__v1::Written(&self.count),
            )?;
            ::hangup::__v1::serde::ser::SerializeMap::serialize_entry(
                __members,
                "note",
                &::hangup::__v1::Written(&self.note),
            )?;
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl<'de> ::hangup::__v1::serde::Deserialize<'de> for Item {
        fn deserialize<__D: ::hangup::__v1::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::__v1::made::deserialize_model(__deserializer)
        }
    }
    #[automatically_derived]
    impl ::hangup::__v1::serde::Serialize for Item {
        fn serialize<__S: ::hangup::__v1::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::hangup::__v1::Model::write(self, __serializer)
        }
    }
};
