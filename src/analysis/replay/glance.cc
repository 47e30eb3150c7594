#include "analysis/replay/glance.h"

#include <simdjson.h>

#include <vector>

#include "analysis/replay/member.h"
#include "analysis/replay/name_guess.h"
#include "base/text.h"

namespace sallyport::replay {
namespace {

namespace on_demand = simdjson::ondemand;

// How the time of a step begins, behind a letter that is rare. That of another member which ends
// like this is cut out, too: nobody reads it.
constexpr std::string_view step_time = "StepDateTime\":\"";
constexpr std::uint8_t age = 0xff;  // beside the numbers of members

constexpr auto parts = [] {
  using enum Member;
  std::array<Part, static_cast<std::size_t>(none)> made{};
  made.fill(Part::rest);
  const auto set = [&](Part part, std::initializer_list<Member> members) {
    for (const Member member : members) made[static_cast<std::size_t>(member)] = part;
  };
  set(Part::who, {user_id, user_principal_name, user_type, cross_tenant_access_type, home_tenant_id,
                  service_principal_id, service_principal_name});
  set(Part::device, {device_detail});
  set(Part::application, {app_id, app_display_name, resource_id, resource_display_name, contexts});
  set(Part::address, {ip_address});
  set(Part::place, {location});
  return made;
}();
// As LogReader reads a text without an escape; empty for anything else.
std::string_view plain_text(std::string_view token) {
  token = trim(token);
  const bool plain = token.size() >= 2 && token.front() == '"' && token.back() == '"' &&
                     token.find('\\') == std::string_view::npos;
  return plain ? token.substr(1, token.size() - 2) : std::string_view();
}

Part part_of(Member member) { return parts[static_cast<std::size_t>(member)]; }

}  // namespace

struct Glancer::State {
  explicit State(const Distinction& d) : distinction(d) {}

  const Distinction& distinction;
  on_demand::parser parser;
  NameGuess names;
  std::array<FingerprintMaker, part_count> prints;
  std::optional<Instant> created;
  std::string_view address;
  std::vector<Instant> steps;

  FingerprintMaker& print_of(Part part) { return prints[static_cast<std::size_t>(part)]; }

  void add(Member member, std::string_view text) {
    print_of(part_of(member)).add(static_cast<std::uint8_t>(member), text);
  }

  // The text of the steps between their times.
  void add_steps(std::string_view text) {
    for (;;) {
      const auto found = text.find(step_time);
      if (found == std::string_view::npos) break;
      const auto begin = found + step_time.size();
      const auto end = text.find('"', begin);
      if (end == std::string_view::npos) break;
      const auto at = parse_instant(text.substr(begin, end - begin));
      if (at) steps.push_back(*at);
      add(Member::authentication_details, text.substr(0, at ? begin : end));
      text.remove_prefix(end);
    }
    add(Member::authentication_details, text);
  }

  bool take(Member member, on_demand::value value) {
    const auto token = value.raw_json_token();
    const bool object = token.front() == '{';
    if (member == Member::own) return false;
    if (member == Member::created) {
      created = parse_instant(plain_text(token));
      return created.has_value();
    }
    if (member == Member::ip_address) address = plain_text(token);
    if (!object && token.front() != '[') {
      add(member, token);
      return true;
    }
    std::string_view text;
    if (object) {
      on_demand::object whole;
      if (value.get_object().get(whole) || whole.raw_json().get(text)) return false;
    } else {
      on_demand::array whole;
      if (value.get_array().get(whole) || whole.raw_json().get(text)) return false;
    }
    if (member == Member::authentication_details) {
      add_steps(text);
    } else {
      add(member, text);
    }
    return true;
  }

  // The same walk as LogReader's.
  bool walk(std::string_view text) {
    on_demand::document document;
    on_demand::object object;
    const simdjson::padded_string_view padded(text.data(), text.size(),
                                              text.size() + simdjson::SIMDJSON_PADDING);
    if (parser.iterate(padded).get(document) || document.get_object().get(object)) return false;
    std::uint64_t seen = 0;
    for (auto result : object) {
      on_demand::field field;
      if (std::move(result).get(field)) return false;
      const Member member = names.next(field.key().raw(), text.data() + text.size());
      if (member == Member::none) continue;
      const auto bit = std::uint64_t{1} << static_cast<unsigned>(member);
      if ((seen & bit) != 0 || !take(member, field.value())) return false;
      seen |= bit;
    }
    const char* rest = nullptr;
    return document.current_location().get(rest) != simdjson::SUCCESS;
  }
};

Glancer::Glancer(const Distinction& distinction) : state_(std::make_unique<State>(distinction)) {}
Glancer::~Glancer() = default;

std::optional<Glance> Glancer::at(std::string_view text) {
  State& s = *state_;
  s.created.reset();
  s.address = {};
  s.steps.clear();
  s.names.begin();
  for (auto& print : s.prints) print.begin();
  if (!s.walk(text) || !s.created) return std::nullopt;
  for (const auto step : s.steps) {
    s.print_of(Part::rest).add(age, s.distinction.age_of(step, *s.created));
  }
  Glance glance{*s.created, {}, s.address};
  for (std::size_t i = 0; i < part_count; ++i) {
    if (s.prints[i].too_long()) return std::nullopt;
    glance.prints.of[i] = s.prints[i].end();
  }
  return glance;
}

}  // namespace sallyport::replay
