// The shape of Graph's documents as tables: which members an object has, in which order, of which
// type, and which words its enumerations know. Reading, writing and the strict checks of the REST
// API all go by such tables, so a new member is one row.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport::schema {

enum class Shape : std::uint8_t {
  any,   // kept as it is
  text,  // ids, names, dates
  boolean,
  number,
  word,   // one enumeration word
  words,  // a list of enumeration words
  flags,  // enumeration words in one text: `low,high`
  ids,    // a list of ids; `words` are those that are no ids
  object,
  objects,  // a list of them
};

enum class Standing : std::uint8_t {
  current,
  ignored,      // deprecated: accepted, without any effect
  unsupported,  // has an effect that this version does not know
};

struct Object;

// A word that is no longer written, and the one it means.
struct Retired {
  std::string_view was;
  std::string_view now;
};

struct Member {
  std::string_view name;
  Shape shape = Shape::any;
  std::span<const std::string_view> words = {};
  const Object* object = nullptr;
  Standing standing = Standing::current;
  std::span<const Retired> retired = {};
};

struct Object {
  std::span<const Member> members;
};

// The word as Graph spells it, from any letter case or a retired spelling; empty when unknown.
std::string_view spelling(const Member& member, std::string_view word);

// `@odata.type`, `includeUsers@odata.type`, `#microsoft.graph.restore`: about the document, not in
// it.
bool is_annotation(std::string_view member_name);

}  // namespace sallyport::schema
