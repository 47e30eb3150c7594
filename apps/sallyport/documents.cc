#include "documents.h"

namespace sallyport::cli {
namespace {

std::string in_order(const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) text += (text.empty() ? "" : " ") + path;
  return text;
}

}  // namespace

std::string Documents::shortfall() const {
  const std::size_t count = loaded.unreadable_files;
  if (count == 0) return {};
  return std::to_string(count) + (count == 1 ? " file" : " files") +
         " could not be read: this is of the others, and what is missing may change it";
}

Result<LoadResult> load_documents(const std::vector<std::string>& paths) {
  Progress progress("reading documents");
  LoadOptions options;
  options.each = [&](const SourceDocument&) {
    progress.step();
    return true;
  };
  LoadResult loaded = load(paths, options);
  if (loaded.unreadable_files != 0 && loaded.unreadable_files >= loaded.files &&
      loaded.taken == 0) {
    const std::string message =
        loaded.findings.empty() ? "cannot be read" : line_of(loaded.findings.front());
    return fail(ErrorKind::invalid_argument, message);
  }
  if (loaded.files == 0) {
    return fail(ErrorKind::invalid_argument, "holds no .json or .jsonl file", in_order(paths));
  }
  return loaded;
}

Result<Documents> load_for_decision(const std::vector<std::string>& paths) {
  auto loaded = load_documents(paths);
  if (!loaded) return tl::unexpected<Error>(loaded.error());
  Documents documents{std::move(*loaded), Exit::nothing_found};
  std::size_t others = 0;
  for (const Finding& finding : documents.loaded.findings) {
    if (finding.severity == Severity::error) {
      remark(line_of(finding));
    } else if (finding.severity == Severity::warning) {
      ++others;
    }
  }
  if (others != 0) {
    remark(std::to_string(others) + (others == 1 ? " warning" : " warnings") +
           " about these documents: sallyport lint " + in_order(paths));
  }
  if (documents.loaded.unreadable_files != 0) documents.exit = Exit::findings;
  if (documents.loaded.tenant.policy_set.policies.empty()) {
    return fail(ErrorKind::invalid_argument, "holds no conditional access policy", in_order(paths));
  }
  return documents;
}

}  // namespace sallyport::cli
