// The keys of a configuration file as its sections read them. Internal to the files that read it:
// the TOML library takes seconds to compile.
#pragma once

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "server/config.h"
#include "web/url.h"

namespace sallyport {

// None: it cannot be read.
inline std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path)) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return in.bad() ? std::nullopt : std::optional(text.str());
}

// Reads one file's keys; each problem is noted with its place.
class ConfigReader {
 public:
  ConfigReader(const std::string& file, ConfigReading& out)
      : file_(file), folder_(std::filesystem::path(file).parent_path()), out_(out) {}

  using Take = std::function<void(const toml::node&)>;
  struct Key {
    std::string_view name;
    Take take;
  };

  void note(const toml::source_region& at, std::string message) {
    out_.problems.push_back(
        {ErrorKind::invalid_argument, std::move(message),
         file_ + ":" + std::to_string(at.begin.line) + ":" + std::to_string(at.begin.column)});
  }
  void note(const toml::node& node, std::string message) {
    note(node.source(), std::move(message));
  }

  // Every key of the table must be one of `keys`.
  void table(const toml::node& node, std::string_view name, const std::vector<Key>& keys) {
    const auto* members = node.as_table();
    if (members == nullptr) {
      note(node, "`" + std::string(name) + "` must be a table: [" + std::string(name) + "]");
      return;
    }
    for (const auto& member : *members) {
      const std::string_view key = member.first.str();
      const auto found =
          std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == key; });
      if (found == keys.end()) {
        note(member.first.source(), unknown_key(name, key, keys));
        continue;
      }
      at_ = name.empty() ? std::string(key) : std::string(name) + "." + std::string(key);
      found->take(member.second);
    }
  }

  Take text(std::string& into) {
    return [this, &into](const toml::node& node) {
      if (const auto* value = node.as_string()) {
        into = value->get();
      } else {
        wrong_type(node, "a string");
      }
    };
  }
  Take truth(bool& into) {
    return [this, &into](const toml::node& node) {
      if (const auto* value = node.as_boolean()) {
        into = value->get();
      } else {
        wrong_type(node, "true or false");
      }
    };
  }
  Take number(std::int64_t smallest, std::int64_t largest, std::function<void(std::int64_t)> take) {
    return [this, smallest, largest, take = std::move(take)](const toml::node& node) {
      const auto* value = node.as_integer();
      if (value == nullptr) return wrong_type(node, "a whole number");
      if (value->get() < smallest || value->get() > largest)
        return note(node, "`" + at_ + "` is " + std::to_string(value->get()) +
                              ": it must be from " + std::to_string(smallest) + " to " +
                              std::to_string(largest));
      take(value->get());
    };
  }
  Take seconds(std::chrono::seconds& into) {
    return number(1, 3600, [&into](std::int64_t n) { into = std::chrono::seconds(n); });
  }
  Take count(std::size_t& into, std::int64_t smallest, std::int64_t largest) {
    return number(smallest, largest,
                  [&into](std::int64_t n) { into = static_cast<std::size_t>(n); });
  }
  // A path, made absolute by the file's folder, of something that can be read now.
  Take readable(std::string& into) {
    return [this, &into](const toml::node& node) {
      const auto* value = node.as_string();
      if (value == nullptr) return wrong_type(node, "a path");
      into = resolve(value->get());
      if (!read_file(into)) note(node, "`" + at_ + "`: the file `" + into + "` cannot be read");
    };
  }
  Take url(std::string& into) {
    return [this, &into](const toml::node& node) {
      const auto* value = node.as_string();
      if (value == nullptr) return wrong_type(node, "a URL");
      const std::string& text = value->get();
      const bool http = text.rfind("http://", 0) == 0 || text.rfind("https://", 0) == 0;
      if (!http || text.find_first_of(" \t\r\n\"<>\\#") != std::string::npos)
        return note(node, "`" + at_ + "` is `" + printable(text) +
                              "`: it must be a URL that begins with https:// or http://");
      into = text;
      while (!into.empty() && into.back() == '/') into.pop_back();
    };
  }
  Take header_name(std::string& into) {
    return [this, &into](const toml::node& node) {
      const auto* value = node.as_string();
      const bool well_formed =
          value != nullptr && !value->get().empty() &&
          std::all_of(value->get().begin(), value->get().end(),
                      [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
      if (!well_formed) return wrong_type(node, "the name of a header");
      into = value->get();
    };
  }
  // Every item of an array of strings.
  Take each(std::function<void(const toml::node&, const std::string&)> take) {
    return [this, take = std::move(take)](const toml::node& node) {
      const auto* items = node.as_array();
      if (items == nullptr) return wrong_type(node, "an array of strings");
      for (const auto& item : *items) {
        if (const auto* value = item.as_string()) {
          take(item, value->get());
        } else {
          wrong_type(item, "an array of strings");
        }
      }
    };
  }
  void wrong_type(const toml::node& node, std::string_view expected) {
    note(node, "`" + at_ + "` must be " + std::string(expected));
  }
  std::string resolve(const std::string& path) const { return (folder_ / path).lexically_normal(); }
  const std::string& at() const { return at_; }

 private:
  static std::string unknown_key(std::string_view table, std::string_view key,
                                 const std::vector<Key>& keys) {
    std::string known;
    for (const auto& k : keys) {
      if (!known.empty()) known += ", ";
      known += k.name;
    }
    return "unknown key `" + printable(key) + "`" +
           (table.empty() ? std::string() : " in [" + std::string(table) + "]") + ": known are " +
           known;
  }

  std::string file_;
  std::filesystem::path folder_;
  ConfigReading& out_;
  std::string at_;  // the key being read
};

// [fleet]
void read_fleet(ConfigReader& r, const toml::node& node, FleetConfig& config);

}  // namespace sallyport
