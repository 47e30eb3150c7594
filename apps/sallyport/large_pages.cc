#include "large_pages.h"

#include <unistd.h>

#include <cstdlib>
#include <string>

namespace sallyport::cli {

void start_with_large_pages(char** words) {
  constexpr auto variable = "GLIBC_TUNABLES";
  constexpr auto setting = "glibc.malloc.hugetlb";
  const char* given = std::getenv(variable);
  std::string tunables = given == nullptr ? "" : given;
  if (tunables.find(setting) != std::string::npos) return;
  if (!tunables.empty()) tunables += ':';
  tunables += std::string(setting) + "=1";  // transparent ones, as the kernel has them
  if (setenv(variable, tunables.c_str(), 1) == 0) execv("/proc/self/exe", words);
}

}  // namespace sallyport::cli
