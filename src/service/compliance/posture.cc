#include "service/compliance/posture.h"

#include "base/json.h"

namespace sallyport {

std::string to_json(const Posture& posture) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.key("facts");
  posture.facts.write(w);
  w.key("history");
  posture.history.write(w);
  w.end_object();
  return out;
}

Result<Posture> parse_posture(std::string_view text) {
  const auto document = json::parse(text);
  if (!document) return tl::unexpected<Error>(document.error());
  Posture posture;
  if (const auto* facts = document->root().find("facts")) {
    auto read = compliance::Facts::read(*facts);
    if (!read) return tl::unexpected<Error>(std::move(read.error()));
    posture.facts = std::move(*read);
  }
  if (const auto* history = document->root().find("history")) {
    auto read = compliance::History::read(*history);
    if (!read) return tl::unexpected<Error>(std::move(read.error()));
    posture.history = std::move(*read);
  }
  return posture;
}

}  // namespace sallyport
