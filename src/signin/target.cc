#include "signin/target.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "directory/well_known.h"

namespace sallyport {
namespace {

constexpr std::array<std::string_view, 4> oidc_scopes = {"email", "offline_access", "openid",
                                                         "profile"};
constexpr std::array<std::string_view, 7> directory_scopes = {
    "User.Read",       "User.Read.All",        "User.ReadBasic.All", "People.Read",
    "People.Read.All", "GroupMember.Read.All", "Member.Read.Hidden"};

constexpr std::string_view microsoft_graph = "00000003-0000-0000-c000-000000000000";

template <class Words>
bool holds(const Words& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view w) { return equal_ignoring_case(w, word); });
}

// Scopes of Microsoft Graph come bare or as URLs of its host.
std::string_view without_graph_url(std::string_view scope) {
  constexpr std::string_view url = "https://graph.microsoft.com/";
  if (scope.size() > url.size() && equal_ignoring_case(scope.substr(0, url.size()), url)) {
    scope.remove_prefix(url.size());
  }
  return scope;
}

// Whose scopes the baseline scopes are: any other resource is not reached by them.
bool has_baseline_scopes(ApplicationId resource) {
  return resource == ApplicationId::of(microsoft_graph) ||
         resource == ApplicationId::of(windows_azure_active_directory);
}

}  // namespace

bool is_oidc_scope(std::string_view scope) { return holds(oidc_scopes, without_graph_url(scope)); }

bool is_baseline_scope(std::string_view scope) {
  return is_oidc_scope(scope) || holds(directory_scopes, without_graph_url(scope));
}

RequestTarget target_of(const TokenRequest& request) {
  RequestTarget target;
  target.applications = request.resources;
  const auto all_scopes = [&](auto is) {
    return !request.scopes.empty() && std::all_of(request.scopes.begin(), request.scopes.end(), is);
  };
  const bool baseline =
      all_scopes(is_baseline_scope) &&
      std::all_of(request.resources.begin(), request.resources.end(), has_baseline_scopes);
  const bool client_is_audience =
      request.confidential_client && request.client &&
      std::any_of(request.scopes.begin(), request.scopes.end(),
                  [](std::string_view s) { return equal_ignoring_case(s, "openid"); });
  if (baseline) {
    target.applications.clear();
    // An ID token for the client alone is access to the client and to nothing else.
    if (!(client_is_audience && all_scopes(is_oidc_scope))) {
      target.applications.push_back(ApplicationId::of(windows_azure_active_directory));
      target.mapped_from_baseline_scopes = true;
    }
  }
  if (client_is_audience && std::find(target.applications.begin(), target.applications.end(),
                                      *request.client) == target.applications.end()) {
    target.applications.push_back(*request.client);
  }
  return target;
}

}  // namespace sallyport
