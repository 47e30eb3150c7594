// `sallyport fmt`: files in canonical form, to standard output or in place.
#include <filesystem>

#include "base/text.h"
#include "commands.h"
#include "policy/write.h"

namespace sallyport::cli {
namespace {

Result<std::string> formatted(const std::string& file) {
  if (std::error_code none; std::filesystem::is_directory(file, none)) {
    return fail(ErrorKind::invalid_argument, "is a folder: name its files, as " + file + "/*.json",
                file);
  }
  const auto bytes = read_input(file);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  auto text = format_text(*bytes);
  if (text) return text;
  Error error = text.error();
  error.where = file + (error.where.empty() ? "" : ":" + error.where);
  return tl::unexpected<Error>(std::move(error));
}

// One file that cannot be read never stops the others.
Exit format_in_place(const FormatOptions& options) {
  Exit exit = Exit::nothing_found;
  for (const std::string& file : options.files) {
    const auto text = formatted(file);
    if (!text) {
      exit = could_not_run(text.error());
      continue;
    }
    const auto old = read_input(file);
    if (old && *old == *text) continue;
    if (const auto replaced = replace_file(file, *text); !replaced) {
      exit = could_not_run(replaced.error());
    }
  }
  return exit;
}

}  // namespace

Exit format(const FormatOptions& options) {
  if (options.write) {
    for (const std::string& file : options.files) {
      if (file == "-") {
        return could_not_run(
            {ErrorKind::invalid_argument, "standard input cannot be changed in place", "--write"});
      }
    }
    return format_in_place(options);
  }
  auto output = Output::open({"table", options.output});
  if (!output) return could_not_run(output.error());
  Exit exit = Exit::nothing_found;
  for (const std::string& file : options.files) {
    const auto text = formatted(file);
    if (text) {
      output->write(*text);
    } else {
      exit = could_not_run(text.error());
    }
  }
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  return exit;
}

}  // namespace sallyport::cli
