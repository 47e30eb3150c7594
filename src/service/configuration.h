// The configuration documents of a store (policies, locations, strengths, contexts, settings), each
// read once and kept as it was read: a change costs the reading of one document.
//
// Threads: one at a time. Cost: whole() copies what was read, some microseconds a policy.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/result.h"
#include "policy/tenant.h"
#include "store/store.h"

namespace sallyport {

class Configuration {
 public:
  // Adds or replaces. Errors: internal, for a document that is damaged; it then counts as before.
  Result<void> put(DocumentKind kind, const DocumentView& document);
  void remove(std::string_view kind, std::string_view id);
  void clear() { documents_.clear(); }

  struct Whole {
    PolicySet policy_set;  // in order of kind and id
    Names names;
    std::string hash;  // SHA-256 over kinds, ids and texts, hexadecimal
  };
  // Errors: internal, when two documents claim one id; `where` is the second one's.
  [[nodiscard]] Result<Whole> whole() const;

 private:
  struct Read {
    DocumentKind kind = DocumentKind::other;
    PolicySet content;
    Names names;
    std::string digest;
  };
  std::map<std::pair<std::string, std::string>, Read> documents_;  // by the store's kind and id
};

// An error about one document; `where` is `kind/id` and the place in it.
Error damaged(const Error& error, const std::string& where);
std::string place_of(const DocumentView& document);  // `kind/id`
Error first_error(std::vector<Finding> findings, std::string where);

}  // namespace sallyport
