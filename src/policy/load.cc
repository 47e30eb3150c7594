#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "policy/line_finder.h"
#include "policy/line_source.h"
#include "policy/source_text.h"
#include "policy/tenant.h"

namespace sallyport {
namespace {

namespace fs = std::filesystem;

// One broken export of a million objects must not become a million remarks.
constexpr std::size_t findings_per_file_max = 1000;

// The findings of one file, in order of place and with a bound.
class FileFindings {
 public:
  void add(Finding finding) {
    // Errors stay, so that shortening never makes a file look better than it is.
    auto& list = finding.severity == Severity::error ? errors_ : others_;
    if (list.size() < findings_per_file_max) {
      list.push_back(std::move(finding));
    } else {
      ++left_out_;
    }
  }

  void move_to(std::vector<Finding>& all, const std::string& file) && {
    const auto room = findings_per_file_max - errors_.size();
    if (others_.size() > room) left_out_ += others_.size() - room;
    others_.resize(std::min(others_.size(), room));
    std::ranges::move(others_, std::back_inserter(errors_));
    std::ranges::stable_sort(errors_, {}, [](const Finding& finding) {
      return std::pair(finding.line, finding.column);
    });
    std::ranges::move(errors_, std::back_inserter(all));
    if (left_out_ == 0) return;
    Finding more;
    more.severity = Severity::warning;
    more.code = "L-more";
    more.message = std::to_string(left_out_) +
                   " more remarks about this file are left out; correct these first";
    more.file = file;
    all.push_back(std::move(more));
  }

 private:
  std::vector<Finding> errors_;
  std::vector<Finding> others_;
  std::size_t left_out_ = 0;
};

class Loader {
 public:
  explicit Loader(const LoadOptions& options) : options_(options), builder_(options.keep) {}

  void add_path(const std::string& path) {
    if (stopped_) return;
    std::error_code error;
    if (path != "-" && fs::is_directory(path, error)) {
      add_folder(path);
    } else {
      add_file(path);
    }
  }

  LoadResult finish() && {
    result_.tenant = std::move(builder_).build();
    return std::move(result_);
  }

 private:
  void add_folder(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code error;
    fs::recursive_directory_iterator it(folder, error);
    const fs::recursive_directory_iterator end;
    while (!error && it != end) {
      const auto extension = to_lower(it->path().extension().string());
      std::error_code ignored;
      if ((extension == ".json" || extension == ".jsonl") && !it->is_directory(ignored)) {
        files.push_back(it->path().string());
      }
      it.increment(error);
    }
    if (error) {
      ++result_.unreadable_files;
      result_.findings.push_back(remark(
          Severity::error, "L-file",
          "this folder cannot be read to its end (" + error.message() + "); check who may read it",
          folder));
    } else if (files.empty()) {
      result_.findings.push_back(remark(Severity::warning, "L-empty",
                                        "no *.json or *.jsonl file is in this folder", folder));
    }
    std::ranges::sort(files);
    for (const auto& file : files) {
      if (!stopped_) add_file(file);
    }
  }

  void add_file(const std::string& file) {
    ++result_.files;
    others_ = 0;
    findings_ = {};
    const auto read = add_contents(file);
    if (!read) {
      ++result_.unreadable_files;
      add_error(file, read.error(), 0);
    }
    std::move(findings_).move_to(result_.findings, file);
  }

  // An error: nothing more of this file can be read.
  Result<void> add_contents(const std::string& file) {
    auto source = LineSource::open(file);
    if (!source) return tl::unexpected<Error>(source.error());
    const auto is_lines = source->is_lines();
    if (!is_lines) return tl::unexpected<Error>(is_lines.error());
    if (*is_lines) return add_lines(file, *source);
    const auto text = source->rest();
    if (!text) return tl::unexpected<Error>(text.error());
    // In UTF-16 they were not seen to be lines.
    const bool named = to_lower(fs::path(file).extension().string()) == ".jsonl";
    if (named || looks_like_lines(*text).value_or(false)) {
      add_lines(file, *text);
      return {};
    }
    std::vector<json::NullDuplicate> duplicates;
    json::ReadOptions options;
    options.null_duplicates = &duplicates;
    const auto document = json::parse(*text, options);
    if (!document) return tl::unexpected<Error>(document.error());
    report(duplicates, file, *text);
    rewrite_ = !duplicates.empty();
    add_root({*text, file}, document->root());
    rewrite_ = false;
    return {};
  }

  void report(const std::vector<json::NullDuplicate>& duplicates, const std::string& file,
              const std::string& text) {
    for (const auto& duplicate : duplicates) {
      auto finding = remark(Severity::error, "L-duplicate-member",
                            "member `" + printable(duplicate.name) +
                                "` appears twice in one object, once as null; the null is left "
                                "out, remove it from the file",
                            file);
      const auto at = json::locate(text, duplicate.offset);
      finding.line = at.line;
      finding.column = at.column;
      findings_.add(std::move(finding));
    }
  }

  Result<void> add_lines(const std::string& file, LineSource& source) {
    has_bad_line_ = false;
    while (!stopped_) {
      const auto line = source.next();
      if (!line) return tl::unexpected<Error>(line.error());
      if (!*line) break;
      add_line({(*line)->text, file, (*line)->offset, (*line)->number});
    }
    return {};
  }

  void add_lines(const std::string& file, std::string_view text) {
    has_bad_line_ = false;
    each_line(text, [&](std::string_view line, std::size_t offset, std::uint32_t number) {
      if (!stopped_) add_line({line, file, offset, number});
    });
  }

  void add_line(const SourceText& line) {
    const auto document = json::parse(line.text);
    if (document) {
      add_root(line, document->root());
      return;
    }
    if (!has_bad_line_) ++result_.unreadable_files;
    has_bad_line_ = true;
    add_error(std::string(line.file), document.error(), line.line - 1);
  }

  void add_root(const SourceText& source, const json::Value& root) {
    const auto* list = list_in(root);
    if (list == nullptr) {
      add_document(source, root, {});
      return;
    }
    const auto context = text_of(root, "@odata.context");
    for (const auto& item : list->items()) {
      if (!stopped_) add_document(source, item, context);
    }
  }

  void add_document(const SourceText& source, const json::Value& document,
                    std::string_view context) {
    auto at = lines_.find(source.text, document.offset());
    at.line += source.line - 1;
    const auto remark_here = [&](Severity severity, std::string_view code, std::string message) {
      auto finding = remark(severity, code, std::move(message), std::string(source.file));
      finding.line = at.line;
      finding.column = at.column;
      findings_.add(std::move(finding));
    };
    if (!document.is_object()) {
      remark_here(
          Severity::error, "L-wrong-type",
          "a document must be an object, not " + std::string(json::name_of(document.kind())));
      return;
    }
    const auto kind = kind_of(document, context);
    if (kind == DocumentKind::other && others_++ == 0) {
      const auto type = text_of(document, "@odata.type");
      remark_here(Severity::note, "L-other",
                  (type.empty() ? std::string("this document") : '`' + printable(type) + '`') +
                      " takes no part in decisions; it is kept as it is");
    }
    auto id = builder_.add(kind, document, source);
    for (auto& finding : builder_.take_findings()) findings_.add(std::move(finding));
    if (!id) return;
    ++result_.taken;
    const bool kept = options_.keep == TenantBuilder::Keep::everything &&
                      (is_configuration(kind) || kind == DocumentKind::other);
    if (!kept && !options_.each) return;
    SourceDocument made;
    made.kind = kind;
    made.display_name = std::string(text_of(document, "displayName"));
    if (made.display_name.empty()) made.display_name = std::string(text_of(document, "name"));
    made.json =
        rewrite_ ? json::write(document) : std::string(text_at(source.text, document.offset()));
    // The same each time, as long as the text is.
    made.id = id->empty() ? to_string(guid_of_text(made.json)) : std::move(*id);
    made.file = source.file;
    made.line = at.line;
    made.column = at.column;
    if (options_.each && !options_.each(made)) stopped_ = true;
    if (kept) result_.documents.push_back(std::move(made));
  }

  // The place of a JSON error is `line:column`.
  void add_error(const std::string& file, const Error& error, std::uint32_t lines_before) {
    const bool has_place = error.where.find(':') != std::string::npos;
    auto finding = remark(Severity::error, has_place ? "L-json" : "L-file", error.message, file);
    if (has_place) {
      const char* const end = error.where.data() + error.where.size();
      const auto colon = std::from_chars(error.where.data(), end, finding.line).ptr;
      if (colon != end) std::from_chars(colon + 1, end, finding.column);
      finding.line += lines_before;
    }
    findings_.add(std::move(finding));
  }

  static Finding remark(Severity severity, std::string_view code, std::string message,
                        const std::string& file) {
    Finding finding;
    finding.severity = severity;
    finding.code = std::string(code);
    finding.message = std::move(message);
    finding.file = file;
    return finding;
  }

  const LoadOptions& options_;
  TenantBuilder builder_;
  LoadResult result_;
  LineFinder lines_;
  FileFindings findings_;      // of the current file
  std::size_t others_ = 0;     // documents of the current file that take no part
  bool rewrite_ = false;       // the text has duplicates that must not be kept
  bool has_bad_line_ = false;  // the current file
  bool stopped_ = false;       // the caller wants no more
};

}  // namespace

LoadResult load(std::span<const std::string> paths, const LoadOptions& options) {
  Loader loader(options);
  for (const auto& path : paths) loader.add_path(path);
  return std::move(loader).finish();
}

}  // namespace sallyport
