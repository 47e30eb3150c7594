// What may be so besides: proofs, ages of proofs, attributes of the device, trust in other tenants.
#include <algorithm>
#include <charconv>

#include "analysis/proof/device_words.h"
#include "analysis/proof/vocabulary.h"
#include "base/text.h"

namespace sallyport::proof {
namespace {

// A question of yes and no that is asked only where some policy asks it.
struct YesNo {
  std::string_view word;
  Question question;
};
constexpr YesNo yes_no[] = {
    {"compliant network", Question::compliant_network},
    {"outage", Question::outage},
    {"mfa claim", Question::mfa_claim},
    {"approved app", Question::approved_app},
    {"protected app", Question::protected_app},
    {"bound token", Question::token_bound},
    {"password changed", Question::password_changed},
    {"risk remediated", Question::risk_remediated},
    {"trusted mfa", Question::trust_mfa},
    {"trusted compliance", Question::trust_compliant},
    {"trusted hybrid join", Question::trust_hybrid_joined},
};

// `12h`, `301s`, `never` (nothing).
Result<Fact<std::chrono::seconds>> parse_age(std::string_view text) {
  if (text == "never") return Fact<std::chrono::seconds>::absent();
  std::int64_t count = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  constexpr std::int64_t most = 10'000'000;
  if (error == std::errc() && count >= 0 && count <= most) {
    if (unit == "s") return Fact<std::chrono::seconds>(std::chrono::seconds(count));
    if (unit == "h") return Fact<std::chrono::seconds>(std::chrono::hours(count));
    if (unit == "d") return Fact<std::chrono::seconds>(std::chrono::hours(24 * count));
  }
  return unknown_word(text, "age", "write it as 90s, 12h, 7d or never");
}

}  // namespace

Result<Vocabulary::Set> Vocabulary::with(std::string_view text) const {
  const bool any_way = text == "mfa" || text == "phishing-resistant mfa";
  const auto methods = parse_combination(text);
  if (!any_way && !methods) {
    return unknown_word(text, "proof",
                        "use mfa, phishing-resistant mfa, or the methods used, as password or "
                        "password,sms");
  }
  if (asks()) return Bdd();
  if (text == "password") return encoding_->nothing_proven();
  // Any one way of doing it, and nothing else.
  if (text == "mfa") return encoding_->nothing_but_methods() & encoding_->multifactor();
  if (any_way) return encoding_->nothing_but_methods() & encoding_->phishing_resistant();
  Bdd set = encoding_->nothing_but_methods() & u().is_plain(Question::mfa_claim);
  for (MethodModes one = 1; one <= method::qr_code_pin; one <<= 1U) {
    const auto dimension = u().method(one);
    if (!dimension) continue;  // no policy and no combination knows it
    const bool plain = ((*methods & one) != 0) == (one == method::password);
    set &= u().is(*dimension, plain ? 0 : 1);
  }
  return set;
}

// Ages between which no policy tells are one choice, called by the least of them.
Result<Vocabulary::Set> Vocabulary::age(Question question, Fact<Instant> Proofs::*member,
                                        std::string_view text) const {
  const auto age = parse_age(text);
  if (!age) return tl::unexpected(age.error());
  if (asks()) return Bdd();
  const auto dimension = u().find(question);
  if (!dimension) return Set();
  std::optional<ChoiceIndex> best;
  std::chrono::seconds oldest{-1};
  const auto& choices = u().dimensions()[*dimension].choices;
  for (ChoiceIndex i = 0; i < choices.size(); ++i) {
    Draft draft;
    choices[i].put(draft);
    const Fact<Instant>& at = draft.sign_in.proofs.*member;
    if (age->is_absent()) {
      if (at.is_absent()) best = i;
      continue;
    }
    if (!at.is_known()) continue;
    const auto old = std::chrono::duration_cast<std::chrono::seconds>(drafted_at - *at);
    if (old > **age || old <= oldest) continue;
    oldest = old;
    best = i;
  }
  return best ? Set(u().is(*dimension, *best)) : Set(Bdd());
}

Result<Vocabulary::Set> Vocabulary::attribute(std::string_view text) const {
  const auto value = parse_device_value(text);
  if (!value) return tl::unexpected(value.error());
  if (asks()) {
    interests_->device_values.push_back(*value);
    return Bdd();
  }
  return choice(u().attribute(value->what),
                [&](const Draft& d) { return device_value(d, value->what) == value->value; });
}

Result<Vocabulary::Set> Vocabulary::proof(std::string_view kind, std::string_view name,
                                          std::string_view text) const {
  if (kind == "method") {
    const auto modes = parse_combination(name);
    if (!modes || (*modes & (*modes - 1)) != 0) {
      return unknown_word(name, "method", "use one of Graph's words, as fido2 or sms");
    }
    if (asks()) return Bdd();
    const auto dimension = u().method(*modes);
    if (!dimension) return Set();
    return u().is(*dimension, *modes == method::password ? 0 : 1);
  }
  const auto text_choice = [&](Question question, std::string_view Proofs::*member) -> Set {
    if (asks()) return Bdd();
    return choice(u().find(question),
                  [&](const Draft& d) { return d.sign_in.proofs.*member == name; }, ChoiceIndex{0});
  };
  if (kind == "key") return text_choice(Question::key, &Proofs::fido2_aaguid);
  if (kind == "certificate issuer") {
    return text_choice(Question::certificate_issuer, &Proofs::x509_issuer_ski);
  }
  if (kind == "certificate policy") {
    if (asks()) return Bdd();
    return choice(
        u().find(Question::certificate_policy),
        [&](const Draft& d) { return joined_list(d.policy_oids) == name; }, ChoiceIndex{0});
  }
  const auto agreed = [&](auto find) -> Set {
    if (asks()) return Bdd();
    const auto dimension = find();
    return dimension ? Set(u().is(*dimension, 1)) : Set();
  };
  if (kind == "terms") return agreed([&] { return u().terms(AgreementId::of(name)); });
  if (kind == "custom control") {
    return agreed([&] { return u().custom_control(CustomControlId::of(name)); });
  }
  if (kind == "signed in") {
    return age(Question::primary_age, &Proofs::primary_authenticated_at, name);
  }
  if (kind == "second factor") {
    return age(Question::secondary_age, &Proofs::secondary_authenticated_at, name);
  }
  if (text == "no password") {
    if (asks()) return Bdd();
    const auto dimension = u().method(method::password);
    return dimension ? Set(u().is(*dimension, 1)) : Set();
  }
  if (text == "mfa") return asks() ? Bdd() : encoding_->multifactor();
  if (text == "phishing-resistant mfa") return asks() ? Bdd() : encoding_->phishing_resistant();
  for (const YesNo& one : yes_no) {
    if (text != one.word) continue;
    return agreed([&] { return u().find(one.question); });
  }
  return unknown_word(text, "fact", "");
}

Result<Vocabulary::Set> Vocabulary::fact(std::string_view text) const {
  const auto [kind, name] = split_word(text);
  if (kind == "gps") {
    const auto country = parse_country(name);
    if (!country && name != "not told") {
      return unknown_word(name, "country", "use its two letters, or not told");
    }
    if (asks()) {
      if (country) interests_->countries.push_back(*country);
      return Bdd();
    }
    return choice(u().find(Question::gps_country), [&](const Draft& d) {
      return country ? d.sign_in.gps_country.is(*country) : d.sign_in.gps_country.is_absent();
    });
  }
  // A kind belongs to one list, so that its error is the one to tell; a word alone may be of any.
  if (auto one = proof(kind, name, text)) return one;
  else if (kind == "method" || kind == "signed in" || kind == "second factor") return one;
  const bool of_place = kind == "ip" || kind == "country" || kind == "location";
  if (auto one = where(text); one || of_place) return one;
  if (auto one = device(text); one || text.starts_with("device.")) return one;
  const bool of_people = !kind.empty() && kind != "context";
  if (auto one = who(text); one || of_people) return one;
  if (auto one = what(text); one || kind == "context") return one;
  return unknown_word(text, "word for anything that may be so of a sign-in",
                      "use a word of who, what, where or device, or gps:XX, method:NAME, mfa, "
                      "compliant network, terms:ID ... (docs/analysis/expectations.md)");
}

}  // namespace sallyport::proof
