// Real policies: our example tenant, and each author's folder where the corpus is at hand.
#pragma once

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "policy/tenant.h"

namespace sallyport::proof::testing {

inline std::vector<std::string> corpus_folders() {
  const std::string source = SALLYPORT_SOURCE_DIR;
  std::vector<std::string> out{source + "/examples/tenant"};
  const std::string corpus = source + "/../shared/corpus";
  if (!std::filesystem::is_directory(corpus)) {
    std::printf("../shared/corpus is not here: only the example is looked at\n");
    return out;
  }
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    if (entry.is_directory()) out.push_back(entry.path().string());
  }
  std::ranges::sort(out);
  return out;
}

inline LoadResult read_folder(const std::string& folder) {
  const std::string paths[] = {folder};
  return load(paths);
}

}  // namespace sallyport::proof::testing
