// `sallyport anonymize`: a folder to show to others.
#include "analysis/anonymize/anonymize.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/digest.h"
#include "base/text.h"
#include "commands.h"
#include "documents.h"

namespace sallyport::cli {
namespace {

constexpr std::size_t key_bytes_min = 16;

Result<std::string> key_of(const std::string& file) {
  if (file.empty()) return random_text(32);
  auto key = read_input(file);
  if (!key) return key;
  const auto text = trim(*key);
  if (text.size() < key_bytes_min) {
    return fail(ErrorKind::invalid_argument,
                "the key is shorter than 16 bytes: make one with `openssl rand -hex 32`", file);
  }
  return std::string(text);
}

// Nothing that is there already is mixed with what is to be shown.
Result<void> make_folder(const std::string& path) {
  std::error_code problem;
  std::filesystem::create_directories(path, problem);
  if (problem) return fail(ErrorKind::unavailable, "cannot be made: " + problem.message(), path);
  if (!std::filesystem::is_empty(path, problem) || problem) {
    return fail(ErrorKind::conflict, "is not empty: name a folder of its own", path);
  }
  return {};
}

// A file a kind of document, a line a document.
class Folder {
 public:
  explicit Folder(std::filesystem::path path) : path_(std::move(path)) {}
  void take(DocumentKind kind, const std::string& json) {
    auto& file = files_[kind];
    if (!file.is_open()) file.open(path_ / (std::string(name_of(kind)) + ".jsonl"));
    file << json << '\n';
    ++count_;
  }
  Result<std::size_t> finish() {
    for (auto& [kind, file] : files_) {
      file.close();
      if (file.fail()) {
        return fail(ErrorKind::unavailable,
                    std::string("cannot be written: ") + std::strerror(errno), path_.string());
      }
    }
    return count_;
  }

 private:
  std::filesystem::path path_;
  std::map<DocumentKind, std::ofstream> files_;
  std::size_t count_ = 0;
};

}  // namespace

Exit anonymize(const AnonymizeOptions& options) {
  auto key = key_of(options.key);
  if (!key) return could_not_run(key.error());
  const auto documents = load_for_decision(options.paths);
  if (!documents) return could_not_run(documents.error());
  if (const auto made = make_folder(options.folder); !made) return could_not_run(made.error());

  Disguise disguise(std::move(*key));
  const Anonymizer anonymizer(documents->loaded, disguise);
  Folder folder(options.folder);
  Progress progress("writing documents");
  anonymizer.each([&](DocumentKind kind, const std::string& json) {
    folder.take(kind, json);
    progress.step();
  });
  const auto count = folder.finish();
  if (!count) return could_not_run(count.error());
  for (const auto& name : anonymizer.weakly_disguised()) {
    const bool custom = name.starts_with("customSecurityAttribute");
    remark("a rule looks into " + (custom ? "a custom security attribute" : '`' + name + '`') +
           ", so its texts are disguised letter by letter only: whoever knows such texts may "
           "guess them");
  }
  remark(std::to_string(*count) + " documents written to " + options.folder +
         "; look through them before you show them");
  return documents->exit;
}

}  // namespace sallyport::cli
