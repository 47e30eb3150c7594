// The words of expectations: each stands for a set of sign-ins, and may ask for something to be told
// apart that no policy names. docs/analysis/expectations.md lists them.
//
// Kinds of words come before a colon: `group:Sales`. Errors say which words there are.
// Threads: as its Encoding's.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "analysis/proof/encoding.h"
#include "base/result.h"

namespace sallyport::proof {

class Vocabulary {
 public:
  // Nothing: no policy can tell, so it is no matter.
  using Set = std::optional<Bdd>;

  // Only notes what must be told apart; every set is then empty.
  Vocabulary(const Tenant& tenant, Interests& into) : tenant_(tenant), interests_(&into) {}
  explicit Vocabulary(const Encoding& encoding)
      : tenant_(encoding.universe().tenant()), encoding_(&encoding) {}

  Result<Set> who(std::string_view text) const;
  Result<Set> what(std::string_view text) const;
  Result<Set> where(std::string_view text) const;
  Result<Set> client(std::string_view text) const;
  Result<Set> platform(std::string_view text) const;
  Result<Set> flow(std::string_view text) const;
  Result<Set> device(std::string_view text) const;
  Result<Set> sign_in_risk(std::string_view text) const;
  Result<Set> user_risk(std::string_view text) const;
  Result<Set> insider_risk(std::string_view text) const;
  Result<Set> workload_risk(std::string_view text) const;
  Result<Set> agent_risk(std::string_view text) const;
  // The proofs at hand, and no others.
  Result<Set> with(std::string_view text) const;
  // Anything that may be so besides: a word of who, what, where or device, or a fact of its own.
  Result<Set> fact(std::string_view text) const;

 private:
  bool asks() const { return encoding_ == nullptr; }  // only for what to tell apart
  const Universe& u() const { return encoding_->universe(); }
  template <class Test>
  Bdd sign_ins(std::initializer_list<Question> questions, Test test) const {
    return asks() ? Bdd() : u().where(questions, test);
  }
  Bdd held(std::optional<DimensionIndex> dimension) const {
    return dimension ? u().is(*dimension, 1) : Bdd();
  }
  Bdd role(RoleId id) const;
  Result<Set> person(std::string_view kind, std::string_view name) const;
  Result<Set> workload(std::string_view kind, std::string_view name) const;
  Result<Set> risk(Question question, Fact<RiskLevel> SignIn::*member, std::string_view text) const;
  Result<Set> proof(std::string_view kind, std::string_view name, std::string_view text) const;
  Result<Set> age(Question question, Fact<Instant> Proofs::*member, std::string_view text) const;
  Result<Set> attribute(std::string_view text) const;
  // A choice of the dimension by what it makes of a sign-in; where none does, `otherwise`.
  template <class Test>
  Set choice(std::optional<DimensionIndex> dimension, Test test,
             std::optional<ChoiceIndex> otherwise = {}) const;

  const Tenant& tenant_;
  Interests* interests_ = nullptr;
  const Encoding* encoding_ = nullptr;
};

template <class Test>
Vocabulary::Set Vocabulary::choice(std::optional<DimensionIndex> dimension, Test test,
                                   std::optional<ChoiceIndex> otherwise) const {
  if (!dimension) return std::nullopt;
  const auto& choices = u().dimensions()[*dimension].choices;
  for (ChoiceIndex i = 0; i < choices.size(); ++i) {
    Draft draft;
    draft.registered = u().dimensions()[*dimension].question == Question::device_attribute;
    choices[i].put(draft);
    draft.settle();
    if (test(draft)) return u().is(*dimension, i);
  }
  return otherwise ? u().is(*dimension, *otherwise) : Bdd();
}

// Workload identities that nobody names, by the text of which the id is made (choices_who.cc).
struct MadeUpWorkload {
  std::string_view word;
  const char* text;
};
std::span<const MadeUpWorkload> made_up_workloads();

// Names to ids, for words and for those who write them. Errors: nothing has the name.
Result<RoleId> find_role(std::string_view name);
Result<GroupId> find_group(std::string_view name, const Tenant& tenant);
Result<UserId> find_user(std::string_view name, const Tenant& tenant);
Result<ApplicationId> find_application(std::string_view name, const Tenant& tenant);

// `group:Sales` is kind and name; a word alone has no kind.
struct Word {
  std::string_view kind;
  std::string_view name;
};
Word split_word(std::string_view text);
tl::unexpected<Error> unknown_word(std::string_view text, std::string_view what,
                                   std::string_view instead);

}  // namespace sallyport::proof
