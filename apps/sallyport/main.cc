#include <string_view>

#include "command_line.h"
#include "large_pages.h"

int main(int count, char** words) {
  if (count > 1 && std::string_view(words[1]) == "serve") {
    sallyport::cli::start_with_large_pages(words);
  }
  return sallyport::cli::run_command_line(count, words);
}
