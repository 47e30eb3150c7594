// Some documents of the store, to be read together, on any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "policy/tenant.h"
#include "store/store.h"

namespace sallyport {

class DocumentBatch {
 public:
  // What became of a document: an entry (policy/tenant.h) was read, or cannot be. Others are left
  // to whoever takes the batch.
  using Outcome = std::variant<std::monostate, EntryReading, Error>;

  void add(const DocumentView& document);
  bool is_full() const { return text_.size() >= size_full; }

  void read();
  // Hands over each document with its outcome, in the order they were added, until an error.
  // REQUIRES: it was read.
  template <class Visit>
  Result<void> each(Visit visit) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (auto done = visit(view(rows_[i]), rows_[i].kind, outcomes_[i]); !done) return done;
    }
    return {};
  }

 private:
  // Small enough to stay in a processor's cache, large enough to be worth handing over.
  static constexpr std::size_t size_full = 64 * 1024;
  struct Row {
    DocumentKind kind = DocumentKind::other;
    std::size_t begin = 0;  // in text_, of kind, id and json one after the other
    std::uint32_t kind_size = 0;
    std::uint32_t id_size = 0;
    std::size_t json_size = 0;
    Version version = 0;
  };
  DocumentView view(const Row& row) const;

  std::string text_;  // and after each json the padding its parser wants
  std::vector<Row> rows_;
  std::vector<Outcome> outcomes_;
};

}  // namespace sallyport
