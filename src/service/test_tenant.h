// A store in a temporary folder that holds the example tenant, for tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "service/import.h"
#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport {

inline constexpr std::string_view ada = "10000000-0000-4000-8000-000000000001";
inline constexpr std::string_view alan = "10000000-0000-4000-8000-000000000003";
inline constexpr std::string_view wiki = "30000000-0000-4000-8000-000000000001";
inline constexpr std::string_view finance = "30000000-0000-4000-8000-000000000002";
inline constexpr std::string_view ada_laptop = "41000000-0000-4000-8000-000000000001";
inline constexpr std::string_view alan_laptop = "41000000-0000-4000-8000-000000000003";
inline constexpr std::string_view require_mfa = "60000000-0000-4000-8000-000000000001";

inline std::string example_tenant_folder() {
  return std::string(SALLYPORT_SOURCE_DIR) + "/examples/tenant";
}

struct TestTenant {
  TestTenant() {
    auto opened = open_sqlite_store(path());
    EXPECT_TRUE(opened.has_value());
    store = std::move(*opened);
    const std::vector<std::string> folders = {example_tenant_folder()};
    const auto report = import_documents(*store, folders);
    EXPECT_TRUE(report.has_value());
    EXPECT_EQ(report->unreadable_files, 0U);
    EXPECT_GT(report->count(ImportAction::added), 20U);
  }
  std::string path() const { return folder.file("store.db"); }
  // A document's text with one part of it replaced.
  std::string edited(std::string_view kind, std::string_view id, std::string_view from,
                     std::string_view to) const {
    auto json = store->get(kind, id)->json;
    const auto at = json.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return json.replace(at, from.size(), to);
  }

  TemporaryFolder folder;
  std::unique_ptr<Store> store;
};

}  // namespace sallyport
