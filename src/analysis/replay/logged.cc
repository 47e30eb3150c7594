#include "analysis/replay/logged.h"

#include <simdjson.h>

#include <cstring>

#include "analysis/replay/member.h"
#include "analysis/replay/name_guess.h"
#include "base/text.h"

namespace sallyport::replay {
namespace {

namespace on_demand = simdjson::ondemand;

// Where the texts of the members with numbers up to last_text go.
std::string_view& text_of(Logged& l, Member member) {
  using enum Member;
  switch (member) {
    case created: return l.created;
    case user_id: return l.user_id;
    case user_principal_name: return l.user_principal_name;
    case user_type: return l.user_type;
    case cross_tenant_access_type: return l.cross_tenant_access_type;
    case home_tenant_id: return l.home_tenant_id;
    case service_principal_id: return l.service_principal_id;
    case service_principal_name: return l.service_principal_name;
    case app_id: return l.app_id;
    case app_display_name: return l.app_display_name;
    case resource_id: return l.resource_id;
    case resource_display_name: return l.resource_display_name;
    case ip_address: return l.ip_address;
    case client_app_used: return l.client_app_used;
    case risk_level: return l.risk_level;
    case authentication_protocol: return l.authentication_protocol;
    case original_transfer_method: return l.original_transfer_method;
    case authentication_requirement: return l.authentication_requirement;
    default: return l.conditional_access_status;
  }
}

}  // namespace

struct LogReader::State {
  on_demand::parser parser;
  NameGuess names;
  std::string_view text;
  std::string problem;

  bool refuse(std::string_view what) {
    if (problem.empty()) problem = what;
    return false;
  }
  bool damaged() { return refuse("this is not JSON, or is cut short"); }
  bool wrong(std::string_view name, std::string_view kind) {
    return refuse("`" + printable(name) + "` is not " + std::string(kind));
  }

  bool read_text(on_demand::value value, std::string_view name, std::string_view& into) {
    on_demand::json_type type{};
    if (value.type().get(type)) return damaged();
    if (type == on_demand::json_type::null) {
      bool null = false;
      return !value.is_null().get(null) && null ? true : damaged();
    }
    if (type != on_demand::json_type::string) return wrong(name, "a text");
    // Without an escape, as nearly all are, it is read where it stands.
    const auto token = trim(value.raw_json_token());
    if (token.size() >= 2 && token.back() == '"' &&
        std::memchr(token.data(), '\\', token.size()) == nullptr) {
      into = token.substr(1, token.size() - 2);
      return true;
    }
    return value.get_string().get(into) ? damaged() : true;
  }

  bool read_flag(on_demand::value value, std::string_view name, Fact<bool>& into) {
    on_demand::json_type type{};
    if (value.type().get(type)) return damaged();
    bool truth = false;
    if (type == on_demand::json_type::null) {
      return !value.is_null().get(truth) && truth ? true : damaged();
    }
    if (type != on_demand::json_type::boolean) return wrong(name, "true or false");
    if (value.get_bool().get(truth)) return damaged();
    into = truth;
    return true;
  }

  // Calls `member(key, value)` for each; null has none.
  template <class Visit>
  bool each_member(on_demand::value value, std::string_view name, Visit member) {
    on_demand::json_type type{};
    if (value.type().get(type)) return damaged();
    if (type == on_demand::json_type::null) return true;
    on_demand::object object;
    if (type != on_demand::json_type::object) return wrong(name, "an object");
    if (value.get_object().get(object)) return damaged();
    for (auto result : object) {
      on_demand::field field;
      if (std::move(result).get(field)) return damaged();
      const auto key = raw_key(field.key().raw(), text.data() + text.size());
      if (!member(key, field.value())) return false;
    }
    return true;
  }

  template <class Visit>
  bool each_item(on_demand::value value, std::string_view name, Visit item) {
    on_demand::json_type type{};
    if (value.type().get(type)) return damaged();
    if (type == on_demand::json_type::null) return true;
    on_demand::array array;
    if (type != on_demand::json_type::array) return wrong(name, "an array");
    if (value.get_array().get(array)) return damaged();
    for (auto result : array) {
      on_demand::value one;
      if (std::move(result).get(one)) return damaged();
      if (!item(one)) return false;
    }
    return true;
  }

  bool read_location(on_demand::value value, Logged& into) {
    return each_member(value, "location", [&](std::string_view key, on_demand::value member) {
      return is_word("countryOrRegion", key) ? read_text(member, key, into.country) : true;
    });
  }

  bool read_status(on_demand::value value, Logged& into) {
    return each_member(value, "status", [&](std::string_view key, on_demand::value member) {
      if (is_word("additionalDetails", key)) {
        return read_text(member, key, into.additional_details);
      }
      if (!is_word("errorCode", key)) return true;
      on_demand::json_type type{};
      if (member.type().get(type)) return damaged();
      if (type == on_demand::json_type::null) return true;
      std::int64_t code = 0;
      if (member.get_int64().get(code)) return wrong(key, "a whole number");
      into.error_code = code;
      return true;
    });
  }

  bool read_device(on_demand::value value, Logged& into) {
    return each_member(value, "deviceDetail", [&](std::string_view key, on_demand::value member) {
      if (is_word("deviceId", key)) {
        std::string_view id;
        if (!read_text(member, key, id)) return false;
        into.device_id = id;
        return true;
      }
      if (is_word("displayName", key)) return read_text(member, key, into.device_name);
      if (is_word("operatingSystem", key)) return read_text(member, key, into.operating_system);
      if (is_word("trustType", key)) return read_text(member, key, into.trust_type);
      if (is_word("isCompliant", key)) return read_flag(member, key, into.is_compliant);
      if (is_word("isManaged", key)) return read_flag(member, key, into.is_managed);
      return true;
    });
  }

  bool read_steps(on_demand::value value, Logged& into) {
    into.steps_told = true;
    return each_item(value, "authenticationDetails", [&](on_demand::value item) {
      Logged::Step step;
      Fact<bool> succeeded;
      const bool read = each_member(item, "authenticationDetails",
                                    [&](std::string_view key, on_demand::value member) {
                                      if (is_word("authenticationMethod", key))
                                        return read_text(member, key, step.method);
                                      if (is_word("authenticationStepRequirement", key)) {
                                        return read_text(member, key, step.requirement);
                                      }
                                      if (is_word("authenticationStepDateTime", key)) {
                                        return read_text(member, key, step.at);
                                      }
                                      if (is_word("succeeded", key))
                                        return read_flag(member, key, succeeded);
                                      return true;
                                    });
      if (read && succeeded.is(true)) into.steps.push_back(step);
      return read;
    });
  }

  bool read_contexts(on_demand::value value, Logged& into) {
    return each_item(value, "authenticationContextClassReferences", [&](on_demand::value item) {
      std::string_view id;
      const bool read = each_member(item, "authenticationContextClassReferences",
                                    [&](std::string_view key, on_demand::value member) {
                                      return is_word("id", key) ? read_text(member, key, id) : true;
                                    });
      if (read && !id.empty()) into.contexts.push_back(id);
      return read;
    });
  }

  bool read_policies(on_demand::value value, Logged& into) {
    return each_item(value, "appliedConditionalAccessPolicies", [&](on_demand::value item) {
      std::string_view name, result;
      std::size_t controls = 0;
      bool mfa = false;
      const bool read = each_member(item, "appliedConditionalAccessPolicies",
                                    [&](std::string_view key, on_demand::value member) {
                                      if (is_word("displayName", key))
                                        return read_text(member, key, name);
                                      if (is_word("result", key))
                                        return read_text(member, key, result);
                                      if (!is_word("enforcedGrantControls", key)) return true;
                                      return each_item(member, key, [&](on_demand::value control) {
                                        std::string_view word;
                                        if (!read_text(control, key, word)) return false;
                                        ++controls;
                                        mfa = mfa || is_word("mfa", word);
                                        return true;
                                      });
                                    });
      if (!read) return false;
      if (controls == 1 && mfa && is_word("success", result)) into.mfa_policy_passed = true;
      if (into.failed_policy.empty() && is_word("failure", result)) into.failed_policy = name;
      return true;
    });
  }

  bool read_own(on_demand::value value, Logged& into) {
    return each_member(value, "sallyport", [&](std::string_view key, on_demand::value member) {
      if (key == "outcome") return read_text(member, key, into.outcome);
      if (key != "facts") return true;
      on_demand::object facts;
      if (member.get_object().get(facts)) return wrong("sallyport.facts", "an object");
      return facts.raw_json().get(into.facts) ? damaged() : true;
    });
  }

  bool read_member(Member member, std::string_view key, on_demand::value value, Logged& into) {
    using enum Member;
    if (member <= last_text) return read_text(value, key, text_of(into, member));
    switch (member) {
      case global_secure_access: return read_flag(value, key, into.global_secure_access);
      case token_protection:
        return each_member(value, key, [&](std::string_view inner, on_demand::value word) {
          return is_word("signInSessionStatus", inner)
                     ? read_text(word, inner, into.token_protection)
                     : true;
        });
      case location: return read_location(value, into);
      case status: return read_status(value, into);
      case device_detail: return read_device(value, into);
      case authentication_details: return read_steps(value, into);
      case contexts: return read_contexts(value, into);
      case applied_policies: return read_policies(value, into);
      case own: return read_own(value, into);
      default: return true;
    }
  }

  bool read_record(Logged& into) {
    on_demand::document document;
    const simdjson::padded_string_view padded(text.data(), text.size(),
                                              text.size() + simdjson::SIMDJSON_PADDING);
    if (parser.iterate(padded).get(document)) return damaged();
    on_demand::json_type type{};
    if (document.type().get(type)) return damaged();
    if (type != on_demand::json_type::object) return refuse("this is no object");
    on_demand::object object;
    if (document.get_object().get(object)) return damaged();
    std::uint64_t seen = 0;
    const char* end = text.data() + text.size();
    names.begin();
    for (auto result : object) {
      on_demand::field field;
      if (std::move(result).get(field)) return damaged();
      const Member member = names.next(field.key().raw(), end);
      if (member == Member::none) continue;
      const auto key = raw_key(field.key().raw(), end);
      const auto bit = std::uint64_t{1} << static_cast<unsigned>(member);
      if ((seen & bit) != 0) return refuse("`" + printable(key) + "` is there twice");
      seen |= bit;
      if (!read_member(member, key, field.value(), into)) return false;
    }
    const char* rest = nullptr;
    if (!document.current_location().get(rest)) return refuse("something follows the record");
    return true;
  }
};

LogReader::LogReader() : state_(std::make_unique<State>()) {}
LogReader::~LogReader() = default;

Result<void> LogReader::read(std::string_view text, Logged& into) {
  auto steps = std::move(into.steps);
  auto contexts_read = std::move(into.contexts);
  steps.clear();
  contexts_read.clear();
  into = Logged{};
  into.steps = std::move(steps);
  into.contexts = std::move(contexts_read);
  state_->text = text;
  state_->problem.clear();
  if (state_->read_record(into)) return {};
  return fail(ErrorKind::invalid_argument, std::move(state_->problem));
}

}  // namespace sallyport::replay
