#include "signin/read.h"

#include "signin/read_parts.h"

namespace sallyport {

SignInInput::SignInInput() : storage_(std::make_unique<SignInStorage>()) {}
SignInInput::~SignInInput() = default;
SignInInput::SignInInput(SignInInput&&) noexcept = default;
SignInInput& SignInInput::operator=(SignInInput&&) noexcept = default;

Result<SignInInput> read_sign_in(const json::Value& body, const SignInReadOptions& options) {
  SignInInput input;
  FirstError error;
  input.sign_in_.now = options.now;
  ReadParts parts{options, *input.storage_, input.sign_in_, error, {}};
  const json::Pointer root;
  if (!body.is_object()) {
    error.report(root,
                 "expected a sign-in as an object, not " + std::string(json::name_of(body.kind())));
  }
  ObjectReader members(body.is_object() ? &body : nullptr, root, options.missing, error);
  // The session first: its scopes and client take part in what the sign-in is for.
  const auto session = members.where("session");
  read_session(members.take("session"), session, parts);
  const auto identity = members.where("signInIdentity");
  read_identity(members.take("signInIdentity"), identity, parts);
  const auto context = members.where("signInContext");
  read_context(members.take("signInContext"), context, parts);
  const auto conditions = members.where("signInConditions");
  read_conditions(members.take("signInConditions"), conditions, parts);
  input.applied_policies_only_ = members.flag("appliedPoliciesOnly");
  members.refuse_rest();
  if (error.get()) return tl::unexpected<Error>(*error.get());
  return input;
}

}  // namespace sallyport
