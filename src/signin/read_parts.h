// The parts of a sign-in document, each read by a file of its own. Internal to signin/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "signin/object_reader.h"
#include "signin/read.h"
#include "signin/target.h"

namespace sallyport {

// What a SignIn points to.
struct SignInStorage {
  std::string user_name;
  std::vector<GroupIndex> groups;
  std::vector<RoleIndex> roles;
  ServicePrincipal service_principal;
  std::vector<ApplicationId> applications;
  std::string device_name;
  std::vector<std::string> physical_ids;
  DeviceShape shape;
  std::string fido2_aaguid;
  std::string x509_issuer_ski;
  std::vector<std::string> x509_policy_oids;
  std::vector<AgreementId> accepted_terms;
  std::vector<CustomControlId> custom_controls;
};

// What "session" says and other parts need.
struct SessionRemarks {
  TokenRequest request;  // scopes and client; the texts are the document's
  bool private_browsing = false;
  Fact<TransferMethod> tracked_transfer_method = Fact<TransferMethod>::absent();
};

struct ReadParts {
  const SignInReadOptions& options;
  SignInStorage& storage;
  SignIn& sign_in;
  FirstError& error;
  SessionRemarks session;
};

// Each takes its member of the body, null where it was left out.
void read_identity(const json::Value* value, const json::Pointer& where, ReadParts& parts);
void read_session(const json::Value* value, const json::Pointer& where, ReadParts& parts);
void read_context(const json::Value* value, const json::Pointer& where, ReadParts& parts);
void read_conditions(const json::Value* value, const json::Pointer& where, ReadParts& parts);
void read_device_info(const json::Value* value, const json::Pointer& where, ReadParts& parts);

// The ordinary flow is the absence of a transfer method.
Fact<TransferMethod> transfer_method(ObjectReader& object, std::string_view name);

// An id, a well-known name, or the name of one application of the directory. The words for groups
// of applications are no applications: they match nothing (spec, section 8.1).
ApplicationId application_of(std::string_view text, const Directory* directory);

}  // namespace sallyport
