// Other names, ids and addresses for those of a tenant: the same for the same, everywhere, and of a
// kind, so that whatever held between them still holds.
//
//   id        a GUID for a GUID, or for any other id; what Microsoft's service fixes stays
//   address   equal beginnings stay equal beginnings, bit by bit, and where they part they part: a
//             range holds what it held (as Crypto-PAn does it, Xu et al., 2002)
//   text      a word with digits behind it; or, where rules look into texts, letter by letter
//
// All come from HMAC-SHA256 under one key: whoever does not have it can neither take a disguise off
// nor try whether a guessed name fits. Letter by letter is weaker: the pattern of a word shows.
// Threads: one at a time. Cost: one HMAC a disguise, 32 or more an address.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/id.h"
#include "base/ip_address.h"

namespace sallyport {

class Disguise {
 public:
  explicit Disguise(std::string key);

  Guid guid(const Guid& guid) const;
  std::string id(std::string_view text) const;
  template <class Tag>
  Id<Tag> id(const Id<Tag>& of) const {
    return Id<Tag>{guid(of.guid)};
  }
  IpAddress address(const IpAddress& address);
  CidrRange range(const CidrRange& range);
  // `word` before ten digits made of the text; empty stays empty. Letter case does not count.
  std::string text(std::string_view word, std::string_view text) const;
  std::string principal_name(std::string_view name) const;  // `user-...@....example`
  // Letter by letter, digit by digit: beginnings, ends and parts stay such. ASCII letter case does
  // not count; other signs but letters and digits stay.
  std::string letters(std::string_view text) const;
  std::string object_identifier(std::string_view text) const;  // below 2.25

 private:
  std::string bytes(std::string_view domain, std::string_view text) const;
  bool flips(const IpAddress& address, unsigned bit);

  std::string key_;
  std::array<char, 26> letters_{};
  std::array<char, 10> digits_{};
  std::unordered_map<std::string, bool> flips_;
};

}  // namespace sallyport
