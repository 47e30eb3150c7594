// What a tenant's owner says of the accounts that must get in whatever the policies become: who
// they are, what they can prove and from where, how and in what state they must be able to sign in.
// docs/formats/settings.md describes the document, docs/analysis/lockout.md what comes of it.
#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "directory/authentication_strength.h"

namespace sallyport {

// Lists are alternatives, all of which must work, in the words of expectations
// (analysis/proof/expectation.h). The word `any`, like an empty list, leaves nothing out.
struct BreakGlass {
  std::vector<UserId> accounts;
  MethodModes methods = method::password | method::fido2;  // what an account holds; nothing else
  std::vector<std::string> where;
  std::vector<std::string> platform;
  std::vector<std::string> client = {"browser"};
  std::vector<std::string> device = {"unregistered"};
  std::vector<std::string> risk = {"none"};  // of the sign-in and of the user, each
  bool declared() const { return !accounts.empty(); }
};

}  // namespace sallyport
