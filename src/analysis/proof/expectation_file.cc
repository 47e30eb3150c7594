#include "analysis/proof/expectation_file.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <map>

#include "base/text.h"

namespace sallyport::proof {
namespace {

constexpr std::string_view text_keys[] = {"name", "id", "why", "fix"};

class FileReader {
 public:
  FileReader(const std::string& file, const Tenant& tenant, ExpectationFile& out)
      : file_(file), tenant_(tenant), out_(out) {}

  void read(const toml::table& root) {
    bool any = false;
    for (const auto& member : root) {
      const std::string_view key = member.first.str();
      const auto* tables = member.second.as_array();
      if (key != "expect") {
        note(member.first.source(), "unknown key `" + printable(key) +
                                        "`: a file of expectations holds [[expect]] tables only");
      } else if (tables == nullptr) {
        note(member.second.source(), "`expect` must be tables: write [[expect]], in two brackets");
      } else {
        for (const auto& one : *tables) {
          any = true;
          if (const auto* table = one.as_table()) {
            read_one(*table);
          } else {
            note(one.source(), "`expect` must be tables: write [[expect]], in two brackets");
          }
        }
      }
    }
    if (!any && out_.problems.empty()) {
      out_.problems.push_back({ErrorKind::invalid_argument,
                               "holds no expectation: write one that begins with [[expect]]",
                               file_});
    }
  }

  void note(const toml::source_region& at, std::string message) {
    out_.problems.push_back(
        {ErrorKind::invalid_argument, std::move(message),
         file_ + ":" + std::to_string(at.begin.line) + ":" + std::to_string(at.begin.column)});
  }

 private:
  void read_one(const toml::table& table) {
    Expectation e;
    e.file = file_;
    e.line = table.source().begin.line;
    bool has_need = false;
    for (const auto& member : table) {
      const std::string_view key = member.first.str();
      const auto list = std::ranges::find(expectation_lists(), key, &ExpectationList::name);
      if (list != expectation_lists().end()) {
        read_list(*list, member.second, e);
      } else if (key == "expect") {
        has_need = true;
        read_need(member.second, e);
      } else if (key == "severity") {
        read_severity(member.second, e);
      } else if (std::ranges::find(text_keys, key) != std::end(text_keys)) {
        std::string& into = key == "name" ? e.name : key == "id" ? e.id : key == "why" ? e.why : e.fix;
        if (const auto* text = member.second.as_string()) {
          into = text->get();
        } else {
          note(member.second.source(), "`" + std::string(key) + "` must be a string");
        }
      } else {
        note(member.first.source(), "unknown key `" + printable(key) + "`: known are " + all_keys());
      }
    }
    if (e.name.empty()) note(table.source(), "an [[expect]] needs a `name`");
    if (!has_need) {
      note(table.source(), "an [[expect]] needs `expect`: one of " + all_needs());
    }
    if (e.id.empty()) e.id = id_from_name(e.name);
    const auto [first, added] = lines_.emplace(e.id, e.line);
    if (!added && !e.id.empty()) {
      note(table.source(), "the id `" + printable(e.id) + "` is taken by the expectation in line " +
                               std::to_string(first->second) + ": give one of them another `" +
                               (table.contains("id") ? "id`" : "name`, or an `id`"));
    }
    out_.expectations.push_back(std::move(e));
  }

  void read_list(const ExpectationList& list, const toml::node& node, Expectation& e) {
    const auto take = [&](const toml::node& item) {
      const auto* text = item.as_string();
      if (text == nullptr) {
        note(item.source(), "`" + std::string(list.name) + "` must be a string or a list of them");
        return;
      }
      Interests unused;
      const auto known = (Vocabulary(tenant_, unused).*list.read)(text->get());
      if (!known) note(item.source(), "`" + std::string(list.name) + "`: " + known.error().message);
      (e.*list.member).push_back(text->get());
    };
    if (const auto* items = node.as_array()) {
      // An empty list would mean anything at all, which nobody writes on purpose.
      if (items->empty()) {
        note(node.source(), "`" + std::string(list.name) + "` is empty: leave it out for any");
      }
      for (const auto& item : *items) take(item);
    } else {
      take(node);
    }
  }

  void read_need(const toml::node& node, Expectation& e) {
    const auto* text = node.as_string();
    const auto need = text == nullptr ? std::nullopt : parse_need(text->get());
    if (need) {
      e.need = *need;
    } else {
      note(node.source(), "`expect` must be one of " + all_needs());
    }
  }

  void read_severity(const toml::node& node, Expectation& e) {
    const auto* text = node.as_string();
    const auto severity = text == nullptr ? std::nullopt : parse_severity(text->get());
    if (severity && *severity != Severity::error) {
      e.severity = *severity;
    } else {
      note(node.source(), "`severity` must be critical, high, medium, low or info");
    }
  }

  static std::string all_keys() {
    std::string out;
    for (const auto key : text_keys) out += std::string(key) + ", ";
    for (const auto& list : expectation_lists()) out += std::string(list.name) + ", ";
    return out + "expect, severity";
  }

  const std::string& file_;
  const Tenant& tenant_;
  ExpectationFile& out_;
  std::map<std::string, std::uint32_t> lines_;  // of the ids
};

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    constexpr char digits[] = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += {digits[byte >> 4U], digits[byte & 15U]};
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

std::string id_from_name(std::string_view name) {
  std::string out;
  for (const char c : to_lower(name)) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      static_cast<unsigned char>(c) >= 0x80;
    if (kept) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

ExpectationFile read_expectations(std::string_view text, const std::string& file,
                                  const Tenant& tenant) {
  ExpectationFile out;
  FileReader reader(file, tenant, out);
  const toml::parse_result parsed = toml::parse(text, file);
  if (parsed) {
    reader.read(parsed.table());
  } else {
    reader.note(parsed.error().source(),
                "this is no TOML: " + std::string(parsed.error().description()));
  }
  // Tables keep their keys by name; people read from the top.
  const auto place = [](const Error& e) {
    const auto column = e.where.rfind(':');
    const auto line = e.where.rfind(':', column - 1);
    if (column == std::string::npos || line == std::string::npos) return std::pair(0, 0);
    return std::pair(std::atoi(e.where.c_str() + line + 1), std::atoi(e.where.c_str() + column + 1));
  };
  std::ranges::stable_sort(out.problems, {}, place);
  return out;
}

std::string write_expectations(std::span<const Expectation> expectations, std::string_view remark) {
  std::string out;
  while (!remark.empty()) {
    const auto end = remark.find('\n');
    const auto line = remark.substr(0, end);
    out += line.empty() ? "#\n" : "# " + std::string(line) + '\n';
    remark = end == std::string_view::npos ? std::string_view() : remark.substr(end + 1);
  }
  for (const Expectation& e : expectations) {
    out += "\n[[expect]]\n";
    out += "name = " + quoted(e.name) + '\n';
    if (!e.id.empty() && e.id != id_from_name(e.name)) out += "id = " + quoted(e.id) + '\n';
    for (const ExpectationList& list : expectation_lists()) {
      const auto& words = e.*list.member;
      if (words.empty()) continue;
      out += std::string(list.name) + " = ";
      if (words.size() > 1) out += '[';
      for (std::size_t i = 0; i < words.size(); ++i) out += (i == 0 ? "" : ", ") + quoted(words[i]);
      if (words.size() > 1) out += ']';
      out += '\n';
    }
    out += "expect = " + quoted(name_of(e.need)) + '\n';
    if (e.severity != Severity::high) {
      out += "severity = " + quoted(sallyport::name_of(e.severity)) + '\n';
    }
    if (!e.why.empty()) out += "why = " + quoted(e.why) + '\n';
    if (!e.fix.empty()) out += "fix = " + quoted(e.fix) + '\n';
  }
  return out;
}

}  // namespace sallyport::proof
