#include "expectation_input.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "console.h"

namespace sallyport::cli {

std::optional<std::vector<proof::Expectation>> read_expectation_files(
    const std::vector<std::string>& files, const Tenant& tenant) {
  std::vector<proof::Expectation> all;
  std::map<std::string, std::string> places;  // of the ids
  bool good = true;
  const auto say = [&](const Error& error) {
    remark(error);
    good = false;
  };
  for (const std::string& file : files) {
    const auto text = read_input(file);
    if (!text) {
      say(text.error());
      continue;
    }
    auto reading = proof::read_expectations(*text, file, tenant);
    for (const Error& problem : reading.problems) say(problem);
    for (proof::Expectation& e : reading.expectations) {
      const std::string place = file + ':' + std::to_string(e.line);
      const auto [first, added] = places.emplace(e.id, place);
      if (!added && !first->second.starts_with(file + ':')) {
        say({ErrorKind::invalid_argument,
             "the id `" + printable(e.id) + "` is taken by the expectation at " + first->second,
             place});
      }
      all.push_back(std::move(e));
    }
  }
  if (!good) return std::nullopt;
  return all;
}

Result<void> keep_only(const std::vector<std::string>& ids,
                       std::vector<proof::Expectation>& expectations) {
  if (ids.empty()) return {};
  for (const std::string& id : ids) {
    if (std::ranges::find(expectations, id, &proof::Expectation::id) != expectations.end()) continue;
    std::string known;
    for (const auto& e : expectations) known += (known.empty() ? "" : ", ") + e.id;
    return fail(ErrorKind::invalid_argument, "`" + printable(id) + "` is none of: " + known,
                "--only");
  }
  std::erase_if(expectations, [&](const proof::Expectation& e) {
    return std::ranges::find(ids, e.id) == ids.end();
  });
  return {};
}

}  // namespace sallyport::cli
