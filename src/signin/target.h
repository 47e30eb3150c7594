// What a token request asks access to, as policies see it.
//
// Policies attach to the resource, not to the client. Two requests have another target than the one
// they name (spec, section 2.3):
//   - only baseline scopes (sign in, read the own profile, basic directory reads): the target is
//     Windows Azure Active Directory, so that a policy on all resources with an exclusion still
//     holds;
//   - a confidential client that asks for an ID token: the client is an audience itself.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "signin/sign_in.h"

namespace sallyport {

struct TokenRequest {
  std::vector<ApplicationId> resources;  // as named; none when only OIDC scopes are asked for
  std::vector<std::string_view> scopes;  // `openid`, `User.Read`, with Graph's URL before it or not
  std::optional<ApplicationId> client;
  bool confidential_client = false;
};

bool is_oidc_scope(std::string_view scope);
bool is_baseline_scope(std::string_view scope);  // OIDC scopes are, too

struct RequestTarget {
  std::vector<ApplicationId> applications;
  bool mapped_from_baseline_scopes = false;
};

RequestTarget target_of(const TokenRequest& request);

}  // namespace sallyport
