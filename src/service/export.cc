#include "service/export.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/id.h"
#include "policy/tenant.h"
#include "policy/write.h"
#include "service/document_names.h"
#include "service/document_type.h"
#include "service/management_kinds.h"
#include "store/each_of_kind.h"

namespace sallyport {
namespace {

namespace fs = std::filesystem;

// In canonical form. When the document alone does not tell its kind (its wrapper did), it is told.
json::Value exported(const json::Value& document, std::string_view kind_name, json::Arena& arena) {
  const auto value = canonical(document, arena);
  const auto kind = parse_document_kind(kind_name);
  const bool tells =
      kind ? kind_of(value) == *kind
           : !is_management_kind(kind_name) ||
                 (management_kind_of(value) == kind_name && kind_of(value) == DocumentKind::other);
  if (!value.is_object() || tells) return value;
  std::vector<json::Member> members;
  const auto type = arena.string("#microsoft.graph." + std::string(kind_name));
  members.push_back({"@odata.type", type});
  for (const auto& member : value.members()) {
    if (member.name != "@odata.type") members.push_back(member);
  }
  return arena.object(members);
}

Result<void> replace_file(const fs::path& path, const std::string& text) {
  auto fresh = path;
  fresh += ".new";
  {
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.flush();
    if (!file) {
      return fail(ErrorKind::unavailable,
                  "this file cannot be written; check the folder's permissions and free space",
                  path.string());
    }
  }
  std::error_code error;
  fs::rename(fresh, path, error);
  if (error) return fail(ErrorKind::unavailable, "this file cannot be replaced", path.string());
  return {};
}

bool holds(const fs::path& path, const std::string& text) {
  std::ifstream file(path, std::ios::binary);
  return file && std::string(std::istreambuf_iterator<char>(file), {}) == text;
}

class Exporter {
 public:
  Exporter(Store& store, fs::path folder) : store_(store), folder_(std::move(folder)) {}

  Result<ExportReport> run() {
    const auto kinds = store_.kinds();
    if (!kinds) return tl::unexpected<Error>(kinds.error());
    for (const auto& kind : *kinds) {
      if (kind.kind.starts_with(own_kind_prefix)) continue;  // the server's own business
      if (auto done = export_kind(kind.kind); !done) return tl::unexpected<Error>(done.error());
    }
    find_left_over();
    return std::move(report_);
  }

 private:
  Result<void> export_kind(const std::string& kind) {
    const auto folder = folder_ / kind;
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
      return fail(ErrorKind::unavailable, "this folder cannot be made: " + error.message(),
                  folder.string());
    }
    return each_of_kind(store_, kind, [&](const VersionedDocument& document) {
      return export_one(folder, document);
    });
  }

  Result<void> export_one(const fs::path& folder, const VersionedDocument& document) {
    const auto parsed = json::parse(document.json);
    json::Arena arena;
    const auto text =
        parsed ? json::write_pretty(exported(parsed->root(), document.kind, arena)) : document.json;
    const auto name = parsed ? display_name_of(parsed->root()) : std::string_view{};
    auto path = folder / (file_stem(name, document.id) + ".json");
    if (!paths_.insert(path.string()).second) {
      path = folder /
             (file_stem(name, document.id) + "-" + to_string(guid_of_text(document.id)) + ".json");
      paths_.insert(path.string());
    }
    if (holds(path, text)) {
      ++report_.unchanged;
      return {};
    }
    ++report_.written;
    return replace_file(path, text);
  }

  void find_left_over() {
    std::error_code error;
    for (auto it = fs::recursive_directory_iterator(folder_, error);
         !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
      const auto path = it->path().string();
      if (it->path().extension() == ".json" && paths_.count(path) == 0) {
        report_.left_over.push_back(path);
      }
    }
    std::sort(report_.left_over.begin(), report_.left_over.end());
  }

  Store& store_;
  fs::path folder_;
  std::set<std::string> paths_;
  ExportReport report_;
};

}  // namespace

Result<ExportReport> export_documents(Store& store, const std::string& folder) {
  return Exporter(store, folder).run();
}

Result<void> export_lines(Store& store,
                          const std::function<Result<void>(std::string_view)>& visit) {
  return store.each_document([&](const DocumentView& document) -> Result<void> {
    const auto kind = parse_document_kind(document.kind);
    if (!kind || *kind == DocumentKind::other) return {};
    const auto parsed = json::parse(document.json);
    if (!parsed) {
      return fail(ErrorKind::unavailable, "this document of the store cannot be read",
                  std::string(document.kind) + '/' + std::string(document.id));
    }
    json::Arena arena;
    return visit(json::write(exported(parsed->root(), document.kind, arena)));
  });
}

}  // namespace sallyport
