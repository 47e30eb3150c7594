// For tests: a folder that stands for a machine's `/`, removed at the end.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "agent/reading.h"
#include "agent/root.h"

namespace sallyport::agent {

// Some minimal systems close `/` to everybody but root.
inline bool others_may_pass_root() {
  const auto mode = std::filesystem::status("/").permissions();
  return (mode & std::filesystem::perms::others_exec) != std::filesystem::perms::none;
}

class TestTree {
 public:
  TestTree() {
    auto name = (std::filesystem::temp_directory_path() / "sallyport-agent-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
  }
  ~TestTree() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestTree(const TestTree&) = delete;
  TestTree& operator=(const TestTree&) = delete;

  TestTree& file(std::string_view path, std::string_view text) {
    const auto where = at(path);
    std::filesystem::create_directories(where.parent_path());
    std::ofstream(where, std::ios::binary) << text;
    return *this;
  }
  TestTree& folder(std::string_view path) {
    std::filesystem::create_directories(at(path));
    return *this;
  }
  // `target` is a path in the tree.
  TestTree& link(std::string_view path, std::string_view target) {
    const auto where = at(path);
    std::filesystem::create_directories(where.parent_path());
    std::filesystem::create_symlink(std::filesystem::relative(at(target), where.parent_path()),
                                    where);
    return *this;
  }
  std::filesystem::path at(std::string_view path) const {
    return folder_ / std::filesystem::path(path).relative_path();
  }
  std::string path() const { return folder_.string(); }
  Root root() const { return Root(folder_.string()); }

 private:
  std::filesystem::path folder_;
};

// "true", "14", "22.04", "error: ...", or "unknown".
inline std::string told(const Readings& readings, std::string_view fact) {
  const auto* reading = readings.find(fact);
  if (reading == nullptr) return "unknown";
  if (const auto* b = std::get_if<bool>(reading)) return *b ? "true" : "false";
  if (const auto* n = std::get_if<std::int64_t>(reading)) return std::to_string(*n);
  if (const auto* text = std::get_if<std::string>(reading)) return *text;
  return "error: " + std::get<Unreadable>(*reading).why;
}

}  // namespace sallyport::agent
