// The words of a sign-in log, and what they mean for a decision. A word that is not listed tells
// nothing: the fact stays unknown.
// Source: spec, sections 2.4, 2.6, 2.9, 4.4 and 6.5; the words are those the service writes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "directory/authentication_strength.h"
#include "directory/user_type.h"
#include "policy/words.h"
#include "signin/answer.h"
#include "signin/fact.h"

namespace sallyport::replay {

std::optional<UserType> user_type_of(std::string_view user_type,
                                     std::string_view cross_tenant_access_type);
Fact<TransferMethod> flow_of(std::string_view protocol, std::string_view original_transfer_method);

// How a sign-in ended.
enum class Ending : std::uint8_t {
  granted,
  interrupted,
  blocked,
  elsewhere,  // it failed for a reason that is not conditional access: a wrong password
  untold,
};
// `outcome` is the server's own word, which counts before the rest; empty in other logs.
Ending ending_of(std::optional<std::int64_t> error_code, std::string_view conditional_access_status,
                 std::string_view outcome);

// What a step of authenticationDetails proves.
struct Method {
  MethodModes modes = 0;  // 0: not which one
  bool is_mfa = false;    // it alone is multifactor authentication, though not which one
};

// What a log writes again and again is looked up once: a word, and what it means, side by side.
template <class Meaning>
class Remembered {
 public:
  template <class LookUp>
  const Meaning& of(std::string_view word, LookUp look_up) {
    const auto first = word.empty() ? 0U : static_cast<unsigned char>(word.front());
    const auto last = word.empty() ? 0U : static_cast<unsigned char>(word.back());
    Slot& slot = slots_[(word.size() * 7 + first * 5U + last) % slots_.size()];
    if (!slot.used || slot.word != word) {
      slot.meaning = look_up(word);
      slot.word = word.substr(0, length_max);
      slot.used = word.size() <= length_max;
    }
    return slot.meaning;
  }

 private:
  static constexpr std::size_t length_max = 64;
  struct Slot {
    bool used = false;
    std::string word;
    Meaning meaning{};
  };
  std::array<Slot, 64> slots_;
};

class LogWords {
 public:
  Fact<Platform> platform_of(std::string_view operating_system);  // `Windows 10`, `Ios 17.2`
  Fact<ClientApp> client_app_of(std::string_view client_app_used);
  Fact<RiskLevel> risk_of(std::string_view level);
  // `Hybrid Azure AD joined`: what policies call `ServerAD`. Empty: not known.
  std::string_view trust_type_of(std::string_view words);
  Method method_of(std::string_view words);

 private:
  Remembered<Fact<Platform>> platforms_;
  Remembered<Fact<ClientApp>> clients_;
  Remembered<Fact<RiskLevel>> risks_;
  Remembered<std::string_view> trust_types_;
  Remembered<Method> methods_;
};

}  // namespace sallyport::replay
