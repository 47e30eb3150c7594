#include "sign_in_input.h"

#include <utility>

#include "base/text.h"

namespace sallyport::cli {
namespace {

// `text` as one document a line; lines that are none become errors.
SignInBodies read_lines(const std::string& path, std::string_view text) {
  SignInBodies result;
  result.many = true;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = trim(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    ++number;
    if (line.empty()) continue;
    const std::string where = path + ':' + std::to_string(number);
    auto document = json::parse(line);
    if (document) {
      result.bodies.push_back({where, std::move(*document)});
    } else {
      Error error = document.error();
      error.where = where + (error.where.empty() ? "" : ", at " + error.where);
      result.errors.push_back(std::move(error));
    }
  }
  return result;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// `signInRiskLevel` is the sign in risk, `isCompliant` compliant.
std::string words_of_member(std::string_view name) {
  std::string words;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper) words += ' ';
    words += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  constexpr std::string_view is = "is ";
  if (words.rfind(is, 0) == 0) words.erase(0, is.size());
  constexpr std::string_view level = " level";
  if (ends_with(words, level)) words.erase(words.size() - level.size());
  return words;
}

void collect(const json::Value& value, const Names& names, std::string_view name,
             std::string& out) {
  const auto add = [&](std::string_view text) {
    if (!out.empty()) out += ", ";
    out += text;
  };
  switch (value.kind()) {
    case json::Kind::object:
      for (const json::Member& member : value.members()) {
        if (member.name.find('@') == std::string_view::npos) {
          collect(member.value, names, member.name, out);
        }
      }
      return;
    case json::Kind::array:
      for (const json::Value& item : value.items()) collect(item, names, name, out);
      return;
    case json::Kind::null: return add("no " + words_of_member(name));
    case json::Kind::boolean: {
      const bool is_state = name.substr(0, 2) == "is";
      return add((value.truth() ? "" : is_state ? "not " : "no ") + words_of_member(name));
    }
    case json::Kind::number: return add(words_of_member(name) + ' ' + std::string(value.text()));
    case json::Kind::string: break;
  }
  // A risk level alone would not say of what.
  const bool needs_name = ends_with(name, "RiskLevel") || ends_with(name, "DateTime");
  const std::string label = names.label(value.text());
  add(needs_name ? words_of_member(name) + ' ' + label : label);
}

}  // namespace

Result<SignInBodies> read_bodies(const std::string& path) {
  const auto bytes = read_input(path);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  auto text = decode_text(*bytes);
  if (!text) {
    return fail(text.error().kind, text.error().message, path);
  }
  if (ends_with(path, ".jsonl")) return read_lines(path, *text);
  auto document = json::parse(*text);
  if (!document) {
    SignInBodies lines = read_lines(path, *text);
    if (lines.bodies.size() > 1) return lines;
    return fail(document.error().kind, document.error().message,
                path + (document.error().where.empty() ? "" : ':' + document.error().where));
  }
  SignInBodies result;
  if (!document->root().is_array()) {
    result.bodies.push_back({path, std::move(*document)});
    return result;
  }
  result.many = true;
  std::size_t number = 0;
  for (const json::Value& item : document->root().items()) {
    auto copy = json::parse(json::write(item));
    if (!copy) return tl::unexpected<Error>(copy.error());
    result.bodies.push_back({path + ", item " + std::to_string(++number), std::move(*copy)});
  }
  return result;
}

std::string title_of(const json::Value& body, const Names& names) {
  std::string out;
  for (const std::string_view part :
       {"signInIdentity", "signInContext", "signInConditions", "session"}) {
    const json::Value* value = body.find_ignoring_case(part);
    if (value != nullptr) collect(*value, names, part, out);
  }
  return out;
}

}  // namespace sallyport::cli
