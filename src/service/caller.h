// Who asks the administrative interface, and what they may.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport {

enum class CallerKind : std::uint8_t {
  person,       // a token made for an administrator
  application,  // a client that got its token with credentials of its own
};

struct Caller {
  CallerKind kind = CallerKind::person;
  std::string id;       // of the token or the client
  std::string name;     // as `sallyport token list` shows it
  std::string user_id;  // of the directory's user it speaks for; may be empty
  // Graph's names: `Policy.Read.All`. Shared, since each request has a caller of its own.
  std::shared_ptr<const std::vector<std::string>> permissions;
  // As whom it may report of devices: ids of partners, as in the store. Null: as nobody.
  std::shared_ptr<const std::vector<std::string>> partners;
  std::string correlation_id;  // of the request, for the audit log
  std::string ip_address;

  // Whether one of these was granted. Nothing is implied: who may write was given that by name.
  bool may_any(std::span<const std::string_view> of) const {
    return permissions && std::ranges::any_of(of, [&](std::string_view one) {
             return std::ranges::find(*permissions, one) != permissions->end();
           });
  }
  bool speaks_for(std::string_view partner) const {
    return partners && std::ranges::find(*partners, partner) != partners->end();
  }
};

// Who acts when an administrator types a command: whoever may write to the store.
inline Caller command_line_caller() {
  Caller caller;
  caller.kind = CallerKind::application;
  caller.id = "sallyport";
  caller.name = "command line";
  return caller;
}

}  // namespace sallyport
