// What kinds of documents have in common to check: which type a member has, that it is
// there, and which words it may be. Internal to kinds/. Errors: invalid_argument, `where` the
// member.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/json_members.h"
#include "base/result.h"
#include "policy/schema.h"

namespace sallyport::shapes {

tl::unexpected<Error> refuse(std::string message, std::string_view member);

// Null is a value of every type.
[[nodiscard]] Result<void> check_shapes(const json::Value& document,
                                        std::span<const schema::Member> members);
// Texts that are there, and are more than blanks.
[[nodiscard]] Result<void> check_present(const json::Value& document,
                                         std::initializer_list<std::string_view> names);
[[nodiscard]] Result<void> check_length(const json::Value& document, std::string_view name,
                                        std::size_t characters_max);

// The member, when it is there, as one of these words and spelt as they are.
using Words = std::span<const std::string_view>;
[[nodiscard]] Result<json::Value> with_word(const json::Value& document, std::string_view name,
                                            Words words, json::Arena& arena);
// The same of several words with commas between.
[[nodiscard]] Result<json::Value> with_flags(const json::Value& document, std::string_view name,
                                             Words words, json::Arena& arena);

json::Value with_default(const json::Value& document, std::string_view name,
                         const json::Value& value, json::Arena& arena);

std::size_t characters_in(std::string_view utf8);

}  // namespace sallyport::shapes
