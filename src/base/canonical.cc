#include "base/canonical.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/text.h"

namespace sallyport {
namespace {

using json::Member;
using json::Pointer;
using json::Value;
using schema::Shape;
using schema::Standing;

std::string quoted(std::string_view text) { return '`' + printable(text) + '`'; }

std::string_view wanted(Shape shape) {
  switch (shape) {
    case Shape::text:
    case Shape::word: return "a text";
    case Shape::boolean: return "`true` or `false`";
    case Shape::number: return "a whole number";
    case Shape::words:
    case Shape::ids: return "a list of texts";
    case Shape::flags: return "one text with commas between the words";
    case Shape::object: return "an object";
    case Shape::objects: return "a list of objects";
    case Shape::any: break;
  }
  return "anything";
}

bool is_empty_list(const Value& value) { return value.is_array() && value.items().empty(); }

// Where the PowerShell module of Graph keeps what its own types have no member for.
bool is_bag(const Member& member) {
  return member.value.is_object() && equal_ignoring_case(member.name, "AdditionalProperties");
}

// What tools write for an object that is not set: one that has members, each of them null.
bool sets_nothing(const Value& value) {
  const auto members = value.members();
  return !members.empty() && std::ranges::all_of(members, [](const Member& member) {
    return member.value.is_null() || sets_nothing(member.value) ||
           (is_bag(member) && member.value.members().empty());
  });
}

// The members with what the bags hold; an own member comes before one of the same name in a bag.
std::vector<Member> unpacked(std::span<const Member> members) {
  std::vector<Member> out;
  std::ranges::copy_if(members, std::back_inserter(out),
                       [](const Member& m) { return !is_bag(m); });
  const auto own = out.size();
  for (const auto& bag : members) {
    if (!is_bag(bag)) continue;
    for (const auto& member : bag.value.members()) {
      const bool taken = std::any_of(
          out.begin(), out.begin() + static_cast<std::ptrdiff_t>(own),
          [&](const Member& other) { return equal_ignoring_case(other.name, member.name); });
      if (!taken) out.push_back(member);
    }
  }
  return out;
}

class Canonicaliser {
 public:
  Canonicaliser(json::Arena& arena, Remarks* remarks) : arena_(arena), remarks_(remarks) {}

  Value object(const schema::Object& schema, const Value& value, const Pointer& at) {
    std::span<const Member> members = value.members();
    std::vector<Member> all;
    if (!strict() && std::ranges::any_of(members, is_bag)) {
      all = unpacked(members);
      members = all;
    }
    std::vector<const schema::Member*> known(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) known[i] = lookup(schema, members, i, at);

    std::vector<Member> out;
    out.reserve(members.size());
    std::vector<bool> placed(members.size(), false);
    const auto place = [&](std::size_t i, const Member& member) {
      out.push_back(member);
      placed[i] = true;
    };
    const auto place_annotations_of = [&](std::string_view name) {
      for (std::size_t i = 0; i < members.size(); ++i) {
        const auto mark = members[i].name.find('@');
        if (placed[i] || known[i] != nullptr || mark == std::string_view::npos) continue;
        if (equal_ignoring_case(members[i].name.substr(0, mark), name)) place(i, members[i]);
      }
    };
    place_annotations_of("");  // of the object itself
    for (const auto& wanted_member : schema.members) {
      for (std::size_t i = 0; i < members.size(); ++i) {
        if (known[i] != &wanted_member) continue;
        place_annotations_of(wanted_member.name);
        const auto where = at.member(members[i].name);
        place(i, {wanted_member.name, member(wanted_member, members[i].value, where),
                  members[i].offset});
      }
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (!placed[i]) place(i, members[i]);
    }
    return arena_.object(out).at(value.offset());
  }

 private:
  // The row of the schema a member is, or null; reports members that are none.
  const schema::Member* lookup(const schema::Object& schema, std::span<const Member> members,
                               std::size_t i, const Pointer& at) {
    const auto& name = members[i].name;
    if (schema::is_annotation(name)) return nullptr;
    for (const auto& known : schema.members) {
      if (known.name == name) return &known;
    }
    const auto where = at.member(name);
    if (!strict()) {
      for (const auto& known : schema.members) {
        if (!equal_ignoring_case(known.name, name)) continue;
        // An exact spelling wins, else the first one: two must not quietly become one.
        const bool taken = std::ranges::any_of(members, [&](const Member& other) {
          return other.name != name && equal_ignoring_case(other.name, name) &&
                 (other.name == known.name || &other < &members[i]);
        });
        if (!taken) return &known;
        add(Severity::error, "L-member-twice",
            "member " + quoted(name) +
                " appears a second time in another spelling; only the one "
                "spelled " +
                quoted(known.name) + " or the first counts, remove the other",
            where, members[i].offset);
        return nullptr;
      }
    }
    add(Severity::warning, "L-unknown-member",
        "member " + quoted(name) + " is not known here and has no effect; check its spelling, or " +
            "remove it",
        where, members[i].offset);
    return nullptr;
  }

  Value member(const schema::Member& schema, const Value& value, const Pointer& at) {
    if (value.is_null() || schema.shape == Shape::any) {
      note_standing(schema, value, at);
      return value;
    }
    switch (schema.shape) {
      case Shape::text: return value.is_string() ? value : wrong_type(schema, value, at);
      case Shape::boolean: return value.is_boolean() ? value : wrong_type(schema, value, at);
      case Shape::number: return value.integer() ? value : wrong_type(schema, value, at);
      case Shape::word:
        return value.is_string() ? word(schema, value, at) : wrong_type(schema, value, at);
      case Shape::words:
      case Shape::ids: return list(schema, value, at);
      case Shape::flags: return flags(schema, value, at);
      case Shape::object:
        if (sets_nothing(value) && !strict()) return Value().at(value.offset());
        if (value.is_object()) return object(*schema.object, value, at);
        // Some exports write an empty list where nothing is set.
        if (is_empty_list(value) && !strict()) return Value().at(value.offset());
        return wrong_type(schema, value, at);
      case Shape::objects: return objects(schema, value, at);
      case Shape::any: break;
    }
    return value;
  }

  void note_standing(const schema::Member& schema, const Value& value, const Pointer& at) {
    if (value.is_null() || is_empty_list(value)) return;
    if (schema.standing == Standing::ignored) {
      add(Severity::note, "L-deprecated",
          quoted(schema.name) + " is deprecated and has no effect; remove it", at, value.offset());
    } else if (schema.standing == Standing::unsupported) {
      add(Severity::warning, "L-unsupported",
          quoted(schema.name) + " is not supported, so the policy is taken as if it were met; " +
              "remove it, or expect the policy to apply to more",
          at, value.offset());
    }
  }

  Value wrong_type(const schema::Member& schema, const Value& value, const Pointer& at) {
    add(Severity::error, "L-wrong-type",
        quoted(schema.name) + " must be " + std::string(wanted(schema.shape)) + ", not " +
            std::string(json::name_of(value.kind())),
        at, value.offset());
    return value;
  }

  Value word(const schema::Member& schema, const Value& value, const Pointer& at) {
    const auto spelled = schema::spelling(schema, trim(value.text()));
    if (spelled.empty()) {
      unknown_word(schema, value.text(), value.offset(), at);
      return value;
    }
    note_retired(spelled, trim(value.text()), value.offset(), at);
    return Value::string(spelled).at(value.offset());
  }

  // A word that is neither spelled so nor in another letter case was retired.
  void note_retired(std::string_view spelled, std::string_view word, std::uint32_t offset,
                    const Pointer& at) {
    if (equal_ignoring_case(spelled, word)) return;
    add(Severity::note, "L-retired-word",
        quoted(word) + " is a retired word and means " + quoted(spelled) + "; write that instead",
        at, offset);
  }

  void unknown_word(const schema::Member& schema, std::string_view word, std::uint32_t offset,
                    const Pointer& at) {
    std::string known;
    for (const auto one : schema.words) {
      known += known.empty() ? "" : ", ";
      known += quoted(one);
    }
    add(Severity::warning, "L-unknown-word",
        quoted(word) + " is not a word that " + quoted(schema.name) + " knows, so the stricter " +
            "reading counts; it knows " + known,
        at, offset);
  }

  Value list(const schema::Member& schema, const Value& value, const Pointer& at) {
    if (value.is_string() && !strict()) {
      add(Severity::note, "L-single-value",
          quoted(schema.name) + " should be a list; the one text is taken as a list of one", at,
          value.offset());
      const Value only[] = {list_item(schema, value, at)};
      return arena_.array(only).at(value.offset());
    }
    if (!value.is_array()) return wrong_type(schema, value, at);
    std::vector<Value> items;
    items.reserve(value.items().size());
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      items.push_back(list_item(schema, value.items()[i], at.item(i)));
    }
    return arena_.array(items).at(value.offset());
  }

  Value list_item(const schema::Member& schema, const Value& item, const Pointer& at) {
    if (!item.is_string()) return wrong_item(schema, item, at);
    if (schema.shape == Shape::words) return word(schema, item, at);
    const auto spelled = schema::spelling(schema, item.text());
    return spelled.empty() ? item : Value::string(spelled).at(item.offset());
  }

  Value wrong_item(const schema::Member& schema, const Value& item, const Pointer& at) {
    add(Severity::error, "L-wrong-type",
        "an entry of " + quoted(schema.name) + " must be a text, not " +
            std::string(json::name_of(item.kind())),
        at, item.offset());
    return item;
  }

  // `high,medium` or ["high", "medium"] becomes `medium,high`: known words in the order of their
  // numbers, then the unknown as they were.
  Value flags(const schema::Member& schema, const Value& value, const Pointer& at) {
    std::vector<std::string_view> written;
    const auto split = [&written](std::string_view rest) {
      while (true) {
        const auto comma = rest.find(',');
        written.push_back(trim(rest.substr(0, comma)));
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
      }
    };
    if (value.is_string()) {
      split(value.text());
    } else if (value.is_array() && !strict() &&
               std::ranges::all_of(value.items(), &Value::is_string)) {
      for (const auto& item : value.items()) split(item.text());
    } else {
      return wrong_type(schema, value, at);
    }
    std::vector<std::string_view> unknown;
    std::vector<bool> present(schema.words.size(), false);
    for (const auto one : written) {
      if (one.empty()) continue;
      const auto spelled = schema::spelling(schema, one);
      if (spelled.empty()) {
        unknown_word(schema, one, value.offset(), at);
        unknown.push_back(one);
        continue;
      }
      const auto place = std::ranges::find(schema.words, spelled) - schema.words.begin();
      present[static_cast<std::size_t>(place)] = true;
    }
    std::string joined;
    const auto join = [&joined](std::string_view one) {
      if (!joined.empty()) joined += ',';
      joined += one;
    };
    for (std::size_t i = 0; i < present.size(); ++i) {
      if (present[i]) join(schema.words[i]);
    }
    for (const auto one : unknown) join(one);
    // An empty list of flags is nothing set.
    if (joined.empty() && value.is_array()) return Value().at(value.offset());
    return arena_.string(joined).at(value.offset());
  }

  Value objects(const schema::Member& schema, const Value& value, const Pointer& at) {
    if (!value.is_array()) return wrong_type(schema, value, at);
    std::vector<Value> items;
    items.reserve(value.items().size());
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      const auto& item = value.items()[i];
      const auto where = at.item(i);
      items.push_back(item.is_object() ? object(*schema.object, item, where)
                                       : wrong_type(schema, item, where));
    }
    return arena_.array(items).at(value.offset());
  }

  bool strict() const { return remarks_ != nullptr && remarks_->strict(); }

  void add(Severity severity, std::string_view code, std::string message, const Pointer& at,
           std::uint32_t offset) {
    if (remarks_ != nullptr) remarks_->add(severity, code, std::move(message), at, offset);
  }

  json::Arena& arena_;
  Remarks* remarks_;
};

}  // namespace

void Remarks::add(Severity severity, std::string_view code, std::string message,
                  const json::Pointer& pointer, std::uint32_t offset) {
  if (strict() && severity == Severity::warning) severity = Severity::error;
  Finding finding;
  finding.severity = severity;
  finding.code = strict() && severity == Severity::error ? "1007" : std::string(code);
  finding.message = std::move(message);
  finding.pointer = pointer.text();
  finding.offset = offset;
  findings_.push_back(std::move(finding));
}

Value canonical_by(const schema::Object& schema, const Value& document, json::Arena& arena,
                   Remarks* remarks) {
  if (!document.is_object()) return document;
  return Canonicaliser(arena, remarks).object(schema, document, Pointer{});
}

}  // namespace sallyport
