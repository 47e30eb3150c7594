#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "policy/line_finder.h"
#include "policy/source_text.h"
#include "policy/tenant.h"

namespace sallyport {
namespace {

namespace fs = std::filesystem;

// One broken export of a million objects must not become a million remarks.
constexpr std::size_t findings_per_file_max = 1000;
constexpr std::uintmax_t file_size_max = std::uintmax_t{1} << 30U;

std::string_view text_of(const json::Value& document, std::string_view name) {
  const auto* found = document.find_ignoring_case(name);
  return found == nullptr || !found->is_string() ? std::string_view{} : found->text();
}

Result<std::string> read_bytes(const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (!error && size > file_size_max) {
    return fail(ErrorKind::too_large,
                "this file is larger than 1 GB; split it, or write JSON lines into several files");
  }
  std::ifstream in(path, std::ios::binary);
  std::string bytes;
  if (in && error) {  // a pipe has no size
    bytes.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    if (!in.bad()) return bytes;
  } else if (in) {
    bytes.resize(static_cast<std::size_t>(size));
    in.read(bytes.data(), static_cast<std::streamsize>(size));
    if (in.gcount() == static_cast<std::streamsize>(size)) return bytes;
  }
  return fail(ErrorKind::unavailable,
              "this file cannot be read; check that it exists and that you may read it");
}

class Loader {
 public:
  explicit Loader(const LoadOptions& options) : options_(options) {}

  void add_path(const std::string& path) {
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
      remark(
          Severity::error, "L-file",
          "this folder cannot be read to its end (" + error.message() + "); check who may read it",
          folder);
    } else if (files.empty()) {
      remark(Severity::warning, "L-empty", "no *.json or *.jsonl file is in this folder", folder);
    }
    std::ranges::sort(files);
    for (const auto& file : files) add_file(file);
  }

  void add_file(const std::string& file) {
    ++result_.files;
    others_ = 0;
    const auto first = result_.findings.size();
    auto bytes = read_bytes(file);
    if (!bytes) {
      unreadable(file, bytes.error(), 0);
      return;
    }
    const auto text = decode_text(*bytes);
    if (!text) {
      unreadable(file, text.error(), 0);
      return;
    }
    bytes->clear();
    bytes->shrink_to_fit();
    add_text(file, *text);
    collect(file, first);
  }

  void add_text(const std::string& file, const std::string& text) {
    const bool named_lines = to_lower(fs::path(file).extension().string()) == ".jsonl";
    if (named_lines || looks_like_lines(text)) {
      if (named_lines || !json::parse(text)) {
        add_lines(file, text);
        return;
      }
    }
    std::vector<json::NullDuplicate> duplicates;
    json::ReadOptions options;
    options.null_duplicates = &duplicates;
    const auto document = json::parse(text, options);
    if (!document) {
      unreadable(file, document.error(), 0);
      return;
    }
    report(duplicates, file, text);
    rewrite_ = !duplicates.empty();
    add_root(file, text, document->root(), 0);
    rewrite_ = false;
  }

  void report(const std::vector<json::NullDuplicate>& duplicates, const std::string& file,
              const std::string& text) {
    for (const auto& duplicate : duplicates) {
      auto& finding = remark(Severity::error, "L-duplicate-member",
                             "member `" + printable(duplicate.name) +
                                 "` appears twice in one object, once as null; the null is left "
                                 "out, remove it from the file",
                             file);
      const auto at = json::locate(text, duplicate.offset);
      finding.line = at.line;
      finding.column = at.column;
    }
  }

  void add_lines(const std::string& file, const std::string& text) {
    LineFinder lines;
    bool failed = false;
    each_line(text, [&](std::string_view line, std::size_t offset) {
      const auto document = json::parse(line);
      if (document) {
        add_root(file, text, document->root(), offset);
        return;
      }
      if (!failed) ++result_.unreadable_files;
      failed = true;
      if (failures_ >= findings_per_file_max) return;
      ++failures_;
      add_error(file, document.error(), lines.find(text, offset).line - 1);
    });
  }

  void add_root(const std::string& file, const std::string& text, const json::Value& root,
                std::size_t base) {
    const auto* list = list_in(root);
    if (list == nullptr) {
      add_document(file, text, root, {}, base);
      return;
    }
    const auto context = text_of(root, "@odata.context");
    for (const auto& item : list->items()) add_document(file, text, item, context, base);
  }

  void add_document(const std::string& file, const std::string& text, const json::Value& document,
                    std::string_view context, std::size_t base) {
    const auto at = lines_.find(text, base + document.offset());
    if (!document.is_object()) {
      auto& finding = remark(
          Severity::error, "L-wrong-type",
          "a document must be an object, not " + std::string(json::name_of(document.kind())), file);
      finding.line = at.line;
      finding.column = at.column;
      return;
    }
    const auto kind = kind_of(document, context);
    if (kind == DocumentKind::other && others_++ == 0) {
      const auto type = text_of(document, "@odata.type");
      auto& finding =
          remark(Severity::note, "L-other",
                 (type.empty() ? std::string("this document") : '`' + printable(type) + '`') +
                     " takes no part in decisions; it is kept as it is",
                 file);
      finding.line = at.line;
      finding.column = at.column;
    }
    auto id = builder_.add(kind, document, text, file, base);
    if (!id) return;
    const bool kept = is_configuration(kind) || kind == DocumentKind::other;
    if (!kept && !options_.each) return;
    SourceDocument source;
    source.kind = kind;
    source.id = std::move(*id);
    source.display_name = std::string(text_of(document, "displayName"));
    if (source.display_name.empty()) {
      source.display_name = std::string(text_of(document, "name"));
    }
    source.json =
        rewrite_ ? json::write(document) : std::string(text_at(text, base + document.offset()));
    source.file = file;
    source.line = at.line;
    source.column = at.column;
    if (options_.each) options_.each(source);
    if (kept) result_.documents.push_back(std::move(source));
  }

  // Takes the builder's remarks about this file, in order of place, and bounds their number.
  void collect(const std::string& file, std::size_t first) {
    auto some = builder_.take_findings();
    result_.findings.insert(result_.findings.end(), std::make_move_iterator(some.begin()),
                            std::make_move_iterator(some.end()));
    const auto begin = result_.findings.begin() + static_cast<std::ptrdiff_t>(first);
    std::stable_sort(begin, result_.findings.end(), [](const Finding& a, const Finding& b) {
      return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
    failures_ = 0;
    const auto count = result_.findings.size() - first;
    if (count <= findings_per_file_max) return;
    // Errors stay, so that shortening never makes a file look better than it is.
    std::stable_partition(begin, result_.findings.end(), [](const Finding& finding) {
      return finding.severity == Severity::error;
    });
    result_.findings.resize(first + findings_per_file_max);
    remark(Severity::warning, "L-more",
           std::to_string(count - findings_per_file_max) +
               " more remarks about this file are left "
               "out; correct these first",
           file);
  }

  void unreadable(const std::string& file, const Error& error, std::uint32_t lines_before) {
    ++result_.unreadable_files;
    add_error(file, error, lines_before);
  }

  // The place of a JSON error is `line:column`.
  void add_error(const std::string& file, const Error& error, std::uint32_t lines_before) {
    const bool has_place = error.where.find(':') != std::string::npos;
    auto& finding = remark(Severity::error, has_place ? "L-json" : "L-file", error.message, file);
    if (!has_place) return;
    const char* const end = error.where.data() + error.where.size();
    const auto colon = std::from_chars(error.where.data(), end, finding.line).ptr;
    if (colon != end) std::from_chars(colon + 1, end, finding.column);
    finding.line += lines_before;
  }

  Finding& remark(Severity severity, std::string_view code, std::string message,
                  const std::string& file) {
    Finding finding;
    finding.severity = severity;
    finding.code = std::string(code);
    finding.message = std::move(message);
    finding.file = file;
    return result_.findings.emplace_back(std::move(finding));
  }

  const LoadOptions& options_;
  TenantBuilder builder_;
  LoadResult result_;
  LineFinder lines_;
  std::size_t others_ = 0;    // documents of the current file that take no part
  bool rewrite_ = false;      // the text has duplicates that must not be kept
  std::size_t failures_ = 0;  // lines of the current file that are no JSON
};

}  // namespace

LoadResult load(std::span<const std::string> paths, const LoadOptions& options) {
  Loader loader(options);
  for (const auto& path : paths) loader.add_path(path);
  return std::move(loader).finish();
}

}  // namespace sallyport
