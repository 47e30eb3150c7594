#include "reference/odata/filter.h"

#include <cctype>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"

namespace sallyport::reference {
namespace {

using odata::PropertyKind;

std::string lower(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x80) c = static_cast<char>(std::tolower(c));
  }
  return text;
}
std::string upper(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x80) c = static_cast<char>(std::toupper(c));
  }
  return text;
}

struct Token {
  std::string text;
  bool quoted = false;
};

std::vector<Token> cut(std::string_view filter) {
  std::vector<Token> tokens;
  std::size_t i = 0;
  while (i < filter.size()) {
    const char c = filter[i];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++i;
    } else if (c == '(' || c == ')' || c == ',' || c == ':') {
      tokens.push_back({std::string(1, c), false});
      ++i;
    } else if (c == '\'') {
      Token token{"", true};
      for (++i; i < filter.size(); ++i) {
        if (filter[i] == '\'') {
          if (i + 1 >= filter.size() || filter[i + 1] != '\'') break;
          ++i;
        }
        token.text += filter[i];
      }
      ++i;
      tokens.push_back(token);
    } else {
      const bool may_be_time = std::isdigit(static_cast<unsigned char>(c)) != 0;
      Token token;
      while (i < filter.size() &&
             std::string_view(" \t\n\r(),'").find(filter[i]) == std::string_view::npos) {
        if (filter[i] == ':' && !may_be_time) break;
        token.text += filter[i++];
      }
      // The name of an enumeration's type before its quoted word says nothing.
      const bool names_type = i < filter.size() && filter[i] == '\'';
      if (!names_type) tokens.push_back(token);
    }
  }
  return tokens;
}

// A value of a document or of the filter; what it is not compared by stays empty.
struct Value {
  bool null = true;
  std::string text;
  long double number = 0;
  Instant instant{};
  bool truth = false;
  const json::Value* json = nullptr;  // of a path: where it ends
  std::string path;                   // of a path: its place in the schema
  PropertyKind kind = PropertyKind::complex;
};

class Evaluation {
 public:
  Evaluation(std::string_view filter, const odata::Schema& schema, const json::Value& document)
      : tokens_(cut(filter)), schema_(schema), document_(document) {}
  bool run() { return any_of_them(); }

 private:
  bool is(std::string_view word) const {
    return next_ < tokens_.size() && !tokens_[next_].quoted &&
           lower(tokens_[next_].text) == lower(std::string(word));
  }
  bool take(std::string_view word) {
    if (!is(word)) return false;
    ++next_;
    return true;
  }
  bool is_call() const { return next_ + 1 < tokens_.size() && tokens_[next_ + 1].text == "("; }

  bool any_of_them() {
    bool truth = all_of_them();
    while (take("or")) {
      const bool other = all_of_them();
      truth = truth || other;
    }
    return truth;
  }
  bool all_of_them() {
    bool truth = condition();
    while (take("and")) {
      const bool other = condition();
      truth = truth && other;
    }
    return truth;
  }
  bool condition() {
    if (take("not")) return !condition();
    if (take("(")) {
      const bool truth = any_of_them();
      take(")");
      return truth;
    }
    if (const auto truth = call()) {
      const bool equal = is("eq");
      if (!take("eq") && !take("ne")) return *truth;
      const bool wanted = is("true");
      ++next_;
      return (*truth == wanted) == equal;
    }
    return comparison();
  }

  std::optional<bool> call() {
    if (!is_call() || tokens_[next_].quoted) return std::nullopt;
    const auto name = lower(tokens_[next_].text);
    const auto slash = name.rfind('/');
    if (slash != std::string::npos) {
      const auto last = name.substr(slash + 1);
      if (last == "any" || last == "all") return items(slash, last == "any");
      return std::nullopt;
    }
    if (name == "isof") return isof();
    if (name != "startswith" && name != "endswith" && name != "contains") return std::nullopt;
    next_ += 2;
    const Value value = operand();
    take(",");
    std::string part = tokens_[next_++].text;
    take(")");
    if (value.null) return false;
    std::string text = value.text;
    if (value.kind != PropertyKind::string_case_sensitive) {
      text = lower(text);
      part = lower(part);
    }
    if (text.size() < part.size()) return false;
    if (name == "startswith") return text.substr(0, part.size()) == part;
    if (name == "endswith") return text.substr(text.size() - part.size()) == part;
    return text.find(part) != std::string::npos;
  }

  bool isof() {
    next_ += 2;
    const json::Value* value = &document_;
    if (next_ + 1 < tokens_.size() && tokens_[next_ + 1].text == ",") {
      value = follow(tokens_[next_].text).json;
      next_ += 2;
    }
    const auto type = tokens_[next_++].text;
    take(")");
    return value != nullptr &&
           (value == &document_ && lower(type) == lower(std::string(schema_.type))
                ? true
                : has_type(*value, type));
  }

  bool items(std::size_t slash, bool any) {
    const Value collection = follow(tokens_[next_].text.substr(0, slash));
    next_ += 2;
    std::vector<const json::Value*> list;
    if (collection.json != nullptr) {
      for (const auto& item : collection.json->items()) list.push_back(&item);
    }
    if (take(")")) return !list.empty();
    const auto name = tokens_[next_].text;
    next_ += 2;
    const auto body = next_;
    bool some = false;
    bool every = true;
    variables_[name] = {nullptr, collection.path};  // once for nothing, to come to the end
    any_of_them();
    const auto end = next_;
    for (const auto* item : list) {
      next_ = body;
      variables_[name] = {item, collection.path};
      const bool truth = any_of_them();
      some = some || truth;
      every = every && truth;
    }
    variables_.erase(name);
    next_ = end;
    take(")");
    return any ? some : every;
  }

  bool comparison() {
    const auto begins_with_value = is_literal();
    if (begins_with_value) {
      const auto at = next_++;
      const auto op = lower(tokens_[next_++].text);
      const Value value = operand();
      const Value given = literal(tokens_[at], value.kind);
      const std::string mirrored = op == "gt"   ? "lt"
                                   : op == "lt" ? "gt"
                                   : op == "ge" ? "le"
                                   : op == "le" ? "ge"
                                                : op;
      return compare(value, mirrored, given);
    }
    const Value value = operand();
    if (take("in")) {
      take("(");
      bool found = false;
      do {
        found = compare(value, "eq", literal(tokens_[next_++], value.kind)) || found;
      } while (take(","));
      take(")");
      return found;
    }
    for (const std::string op : {"eq", "ne", "gt", "ge", "lt", "le"}) {
      if (take(op)) return compare(value, op, literal(tokens_[next_++], value.kind));
    }
    return !value.null && value.truth;
  }

  bool is_literal() const {
    const auto& token = tokens_[next_];
    if (token.quoted) return true;
    const char c = token.text[0];
    if (c == '-' || std::isdigit(static_cast<unsigned char>(c)) != 0) return true;
    if (token.text.size() == 36 && token.text[8] == '-') return true;
    const auto word = lower(token.text);
    return word == "null" || word == "true" || word == "false";
  }

  static Value literal(const Token& token, PropertyKind kind) {
    Value value;
    if (!token.quoted && lower(token.text) == "null") return value;
    value.null = false;
    value.text = token.text;
    if (kind == PropertyKind::number) value.number = std::strtold(token.text.c_str(), nullptr);
    if (kind == PropertyKind::date_time) value.instant = *parse_instant(token.text);
    if (kind == PropertyKind::boolean) value.truth = lower(token.text) == "true";
    return value;
  }

  Value operand() {
    const bool to_lower = is("tolower") && is_call();
    const bool to_upper = is("toupper") && is_call();
    if (to_lower || to_upper) next_ += 2;
    Value value = read(tokens_[next_++].text);
    if (to_lower || to_upper) take(")");
    if (to_lower) value.text = lower(value.text);
    if (to_upper) value.text = upper(value.text);
    return value;
  }

  // The value at a path, as its kind.
  Value read(const std::string& path) {
    const auto count = path.rfind("/$count");
    if (count != std::string::npos) {
      const Value collection = follow(path.substr(0, count));
      Value value;
      value.null = false;
      value.kind = PropertyKind::number;
      if (collection.json != nullptr) {
        value.number = static_cast<long double>(collection.json->items().size());
      }
      return value;
    }
    Value value = follow(path);
    if (value.json == nullptr) return value;
    const auto& j = *value.json;
    switch (value.kind) {
      case PropertyKind::boolean: value.null = !j.is_boolean(); break;
      case PropertyKind::number: value.null = !j.is_number(); break;
      case PropertyKind::complex: value.null = !j.is_object(); break;
      default: value.null = !j.is_string();
    }
    if (value.null) return value;
    value.text = std::string(j.text());
    value.truth = j.truth();
    if (value.kind == PropertyKind::number) {
      value.number = std::strtold(value.text.c_str(), nullptr);
    }
    if (value.kind == PropertyKind::date_time) {
      const auto instant = parse_instant(value.text);
      value.null = !instant;
      if (instant) value.instant = *instant;
    }
    return value;
  }

  Value follow(std::string path) {
    Value value;
    value.json = &document_;
    bool first = true;
    while (!path.empty()) {
      const auto slash = path.find('/');
      const auto name = path.substr(0, slash);
      path = slash == std::string::npos ? "" : path.substr(slash + 1);
      const auto variable = variables_.find(name);
      if (first && variable != variables_.end()) {
        value.json = variable->second.first;
        value.path = variable->second.second;
      } else if (name.find('.') != std::string::npos) {
        const bool base = value.path.empty() && lower(name) == lower(std::string(schema_.type));
        if (value.json != nullptr && !base && !has_type(*value.json, name)) value.json = nullptr;
      } else if (!(first && name == "$it")) {
        value.path += (value.path.empty() ? "" : "/") + name;
        if (value.json != nullptr) value.json = member(*value.json, name);
      }
      first = false;
    }
    for (const auto& property : schema_.properties) {
      if (lower(std::string(property.path)) == lower(value.path)) value.kind = property.kind;
    }
    return value;
  }

  static const json::Value* member(const json::Value& object, const std::string& name) {
    for (const auto& m : object.members()) {
      if (lower(std::string(m.name)) == lower(name)) return &m.value;
    }
    return nullptr;
  }

  static bool has_type(const json::Value& value, const std::string& type) {
    const auto* said = value.find("@odata.type");
    if (said == nullptr) return false;
    const auto name = lower(std::string(said->text()));
    return name == lower(type) || name == "#" + lower(type);
  }

  static int order(const Value& a, const Value& b, PropertyKind kind) {
    switch (kind) {
      case PropertyKind::boolean: return static_cast<int>(a.truth) - static_cast<int>(b.truth);
      case PropertyKind::number: return a.number < b.number ? -1 : a.number > b.number ? 1 : 0;
      case PropertyKind::date_time: return a.instant < b.instant ? -1 : a.instant > b.instant;
      case PropertyKind::string_case_sensitive: return a.text.compare(b.text);
      default: return lower(a.text).compare(lower(b.text));
    }
  }

  static bool compare(const Value& a, const std::string& op, const Value& b) {
    if (a.null || b.null) {
      const bool equal = a.null && b.null;
      return op == "eq" ? equal : op == "ne" ? !equal : false;
    }
    const int o = order(a, b, a.kind);
    if (op == "eq") return o == 0;
    if (op == "ne") return o != 0;
    if (op == "gt") return o > 0;
    if (op == "ge") return o >= 0;
    if (op == "lt") return o < 0;
    return o <= 0;
  }

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  const odata::Schema& schema_;
  const json::Value& document_;
  std::map<std::string, std::pair<const json::Value*, std::string>> variables_;
};

}  // namespace

bool filter_matches(std::string_view filter, const odata::Schema& schema,
                    const json::Value& document) {
  return Evaluation(filter, schema, document).run();
}

}  // namespace sallyport::reference
