#include "service/document_batch.h"

#include "base/json.h"
#include "service/configuration.h"

namespace sallyport {

void DocumentBatch::add(const DocumentView& document) {
  Row row;
  row.kind = parse_document_kind(document.kind).value_or(DocumentKind::other);
  row.begin = text_.size();
  row.kind_size = static_cast<std::uint32_t>(document.kind.size());
  row.id_size = static_cast<std::uint32_t>(document.id.size());
  row.json_size = document.json.size();
  row.version = document.version;
  if (text_.capacity() == 0) text_.reserve(size_full + size_full / 8);
  text_.append(document.kind).append(document.id).append(document.json);
  text_.append(json::Parser::padding, '\0');
  rows_.push_back(row);
}

DocumentView DocumentBatch::view(const Row& row) const {
  const auto all = std::string_view(text_).substr(row.begin);
  return {all.substr(0, row.kind_size), all.substr(row.kind_size, row.id_size),
          all.substr(row.kind_size + row.id_size, row.json_size), row.version};
}

void DocumentBatch::read() {
  json::Parser parser;
  outcomes_.resize(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (!is_entry(rows_[i].kind)) continue;
    const auto document = view(rows_[i]);
    const auto root = parser.parse(document.json);
    if (!root) {
      outcomes_[i] = damaged(root.error(), place_of(document));
      continue;
    }
    auto& reading = outcomes_[i].emplace<EntryReading>(read_entry(rows_[i].kind, *root));
    // Remarks about what can be taken are the import's, not the load's.
    if (reading.entry.index() != 0) reading.findings.clear();
  }
}

}  // namespace sallyport
