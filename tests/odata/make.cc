#include "tests/odata/make.h"

#include <cctype>

#include "odata/test_schema.h"

namespace sallyport::testing_support {
namespace {

using Words = std::vector<std::string>;

const Words texts = {"a",  "A",    "ab", "aB",   "b",        "",    "O'B",  "O''b",
                     "CA", "true", "eq", "null", "\xc3\xa9", "a b", "abab", "(a)"};
const Words guids = {"4c299165-6e8f-4b45-a5ba-c5d250a707ff", "4C299165-6E8F-4B45-A5BA-C5D250A707FF",
                     "a1b2c3d4-0000-0000-0000-000000000001", "All"};
const Words numbers = {"0",
                       "-0",
                       "1",
                       "1.0",
                       "-3",
                       "2.5",
                       "1e1",
                       "1e2",
                       "10",
                       "9007199254740993",
                       "9007199254740992.0",
                       "3.25"};
const Words instants = {
    "2026-08-20T09:15:30Z", "2026-08-20T11:15:30+02:00", "2026-08-20",
    "2026-08-20T00:00:00Z", "2026-08-20T09:15:30.500Z",  "2019-09-01T00:00:00Z"};
const Words states = {"enabled", "Disabled", "disabled", "ENABLED"};
const Words operators = {"AND", "or", "and", "OR"};
const Words controls = {"mfa", "MFA", "block", "compliantDevice"};

class FilterMaker {
 public:
  explicit FilterMaker(Random& random) : random_(random) {}

  std::string condition(int depth) {
    const auto kind = depth <= 0 ? 0 : random_.below(8);
    switch (kind) {
      case 1: return both(depth, "and");
      case 2: return both(depth, "or");
      case 3: return letters("not") + " (" + condition(depth - 1) + ")";
      case 4: return letters("not") + " " + unary(depth - 1);
      case 5: return "( " + condition(depth - 1) + ")";
      case 6:
      case 7: return lambda(depth);
      default: return simple();
    }
  }

 private:
  std::string letters(std::string word) {
    if (random_.chance(20)) {
      for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return word;
  }
  std::string both(int depth, const std::string& word) {
    return condition(depth - 1) + "  " + letters(word) + " " + condition(depth - 1);
  }
  // What may follow `not` without brackets and be no comparison of a boolean.
  std::string unary(int depth) {
    switch (random_.below(4)) {
      case 0: return letters("not") + " " + text_function(root() + "displayName");
      case 1: return lambda(depth);
      case 2: return "accountEnabled";
      default: return comparison(root() + "displayName", quoted(random_.pick(texts)), true);
    }
  }
  std::string root() { return random_.chance(10) ? "$it/" : ""; }
  static std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
      out += c;
      if (c == '\'') out += c;
    }
    return out + "'";
  }
  std::string blank() { return random_.chance(30) ? " " : ""; }

  std::string comparison(const std::string& operand, const std::string& value, bool ordered) {
    static const Words all = {"eq", "ne", "gt", "ge", "lt", "le"};
    static const Words mirrored = {"eq", "ne", "lt", "le", "gt", "ge"};
    const auto i = random_.below(ordered ? 6 : 2);
    const auto right = random_.chance(8) ? "null" : value;
    if (random_.chance(15)) return right + " " + letters(mirrored[i]) + " " + operand;
    return operand + " " + letters(all[i]) + " " + right;
  }
  template <class Value>
  std::string in_list(const std::string& operand, Value value) {
    std::string list = operand + " " + letters("in") + blank() + "(";
    for (std::size_t i = random_.between(1, 6); i > 0; --i) {
      list += blank() + (random_.chance(10) ? "null" : value()) + (i > 1 ? "," : "");
    }
    return list + ")";
  }
  template <class Value>
  std::string test(const std::string& operand, bool ordered, Value value) {
    if (random_.chance(25)) return in_list(operand, value);
    return comparison(operand, value(), ordered);
  }
  std::string in_letters(const std::string& operand) {
    if (!random_.chance(20)) return operand;
    return letters(random_.chance(50) ? "tolower" : "toupper") + "(" + operand + ")";
  }
  std::string text_function(const std::string& operand) {
    static const Words names = {"startswith", "endsWith", "contains", "startsWith"};
    std::string out = random_.pick(names) + "(" + in_letters(operand) + "," + blank() +
                      quoted(random_.pick(texts)) + blank() + ")";
    if (random_.chance(15)) {
      out += random_.chance(50) ? " eq " : " NE ";
      out += random_.chance(50) ? "true" : "false";
    }
    return out;
  }
  std::string text_test(const std::string& operand) {
    if (random_.chance(40)) return text_function(operand);
    return test(in_letters(operand), true, [this] { return quoted(random_.pick(texts)); });
  }
  std::string guid_test(const std::string& operand) {
    return test(operand, true, [this] {
      const auto& guid = random_.pick(guids);
      return guid == "All" || random_.chance(50) ? quoted(guid) : guid;
    });
  }
  std::string number_test(const std::string& operand) {
    return test(operand, true, [this] { return random_.pick(numbers); });
  }
  std::string word_test(const std::string& operand, const Words& words, const std::string& type) {
    return test(operand, false,
                [&] { return (random_.chance(20) ? type : "") + quoted(random_.pick(words)); });
  }

  std::string simple() {
    const auto at = root();
    switch (random_.below(15)) {
      case 0: return guid_test(at + "id");
      case 1: return text_test(at + "displayName");
      case 2: return text_test(at + "externalId");
      case 3: return test(at + "createdDateTime", true, [this] { return random_.pick(instants); });
      case 4:
        return test(at + "accountEnabled", false,
                    [this]() -> std::string { return random_.chance(50) ? "true" : "FALSE"; });
      case 5: return at + "accountEnabled";
      case 6: return number_test(at + "riskScore");
      case 7: return word_test(at + "state", states, "microsoft.graph.policyState");
      case 8: return number_test(at + "tags/$count");
      case 9: return at + "grantControls " + (random_.chance(50) ? "eq" : "ne") + " null";
      case 10: return word_test(at + "grantControls/operator", {"AND", "OR"}, "");
      case 11:
        return "isof('" + std::string(random_.chance(50) ? odata::test_ip : odata::test_country) +
               "')";
      case 12: return at + std::string(odata::test_ip) + "/isTrusted";
      case 13: return number_test(std::string(odata::test_country) + "/countriesAndRegions/$count");
      default: return at + "tags/any()";
    }
  }

  std::string lambda(int depth) {
    const std::string call = random_.chance(60) ? "/any(" : "/all(";
    const auto at = root();
    // Sometimes the name of a property.
    const std::string v = random_.chance(15) ? "displayName" : "x";
    const std::string head = v + ":" + blank();
    switch (random_.below(6)) {
      case 0: return at + "tags" + call + head + with_more(text_test(v), depth) + ")";
      case 1: return at + "scores" + call + head + with_more(number_test(v), depth) + ")";
      case 2:
        return at + "conditions/users/includeUsers" + call + head + with_more(guid_test(v), depth) +
               ")";
      case 3:
        return at + "grantControls/builtInControls" + call + head + word_test(v, controls, "") +
               ")";
      case 4: {
        const std::string ranges = std::string(odata::test_ip) + "/ipRanges" + call + head;
        if (random_.chance(30)) {
          return ranges + "isof(" + v + ",'" + std::string(odata::test_ipv4) + "'))";
        }
        if (random_.chance(30)) {
          return ranges + number_test(v + "/" + std::string(odata::test_ipv4) + "/prefix") + ")";
        }
        return ranges + with_more(text_test(v + "/cidrAddress"), depth) + ")";
      }
      default: {
        std::string inner = text_test(v + "/name");
        if (random_.chance(60)) {
          inner += " or " + v + "/parts" + (random_.chance(50) ? "/any(" : "/all(") +
                   "p:" + text_test("p/name") + " and " + text_test(v + "/name") + ")";
        }
        return at + "links" + call + head + inner + ")";
      }
    }
  }
  std::string with_more(const std::string& test, int depth) {
    if (depth <= 0 || !random_.chance(30)) return test;
    return test + (random_.chance(50) ? " and " : " or ") + "$it/displayName eq 'a'";
  }

  Random& random_;
};

class DocumentMaker {
 public:
  DocumentMaker(Random& random, json::Arena& arena) : random_(random), arena_(arena) {}

  json::Value document() {
    std::vector<json::Member> members;
    add(members, "id", text(guids));
    add(members, "displayName", text(texts));
    add(members, "externalId", text(texts));
    add(members, "createdDateTime", text(instants));
    add(members, "accountEnabled", json::Value::boolean(random_.chance(50)));
    add(members, "riskScore", number());
    add(members, "state", text(states));
    add(members, "tags", list([this] { return text(texts); }));
    add(members, "scores", list([this] { return number(); }));
    add(members, "secret", text(texts));
    std::vector<json::Member> users;
    add(users, "includeUsers", list([this] { return text(guids); }));
    std::vector<json::Member> conditions;
    add(conditions, "users", arena_.object(users));
    add(members, "conditions", arena_.object(conditions));
    std::vector<json::Member> grant;
    add(grant, "operator", text(operators));
    add(grant, "builtInControls", list([this] { return text(controls); }));
    add(members, "grantControls", arena_.object(grant));
    add(members, "links", list([this] { return link(); }));
    typed(members);
    return arena_.object(members);
  }

 private:
  json::Value text(const Words& words) { return arena_.string(random_.pick(words)); }
  json::Value number() { return json::Value::number(arena_.copy(random_.pick(numbers))); }
  template <class Item>
  json::Value list(Item item) {
    std::vector<json::Value> items;
    for (std::size_t i = random_.below(4); i > 0; --i) items.push_back(noisy(item()));
    return arena_.array(items);
  }
  // Sometimes null, sometimes of another kind.
  json::Value noisy(json::Value value) {
    if (random_.chance(8)) return {};
    if (random_.chance(4)) return json::Value::number("1");
    if (random_.chance(4)) return arena_.string("a");
    return value;
  }
  void add(std::vector<json::Member>& members, std::string_view name, json::Value value) {
    if (!random_.chance(12)) members.push_back({name, noisy(value)});
  }
  json::Value link() {
    std::vector<json::Member> members;
    add(members, "name", text(texts));
    add(members, "parts", list([this] {
          std::vector<json::Member> part;
          add(part, "name", text(texts));
          return arena_.object(part);
        }));
    return arena_.object(members);
  }
  void typed(std::vector<json::Member>& members) {
    const bool is_ip = random_.chance(50);
    const std::string mark = random_.chance(80) ? "#" : "";
    add(members, "@odata.type",
        arena_.string(mark + std::string(is_ip ? odata::test_ip : odata::test_country)));
    add(members, "isTrusted", json::Value::boolean(random_.chance(50)));
    add(members, "countriesAndRegions", list([this] { return text(texts); }));
    add(members, "ipRanges", list([this] {
          std::vector<json::Member> range;
          add(range, "@odata.type",
              arena_.string("#" +
                            std::string(random_.chance(60) ? odata::test_ipv4 : odata::test_ipv6)));
          add(range, "cidrAddress", text(texts));
          add(range, "prefix", number());
          return arena_.object(range);
        }));
  }

  Random& random_;
  json::Arena& arena_;
};

}  // namespace

std::string make_filter(Random& random, int depth) { return FilterMaker(random).condition(depth); }

json::Value make_document(Random& random, json::Arena& arena) {
  return DocumentMaker(random, arena).document();
}

}  // namespace sallyport::testing_support
