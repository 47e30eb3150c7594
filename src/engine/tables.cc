#include "engine/tables.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>

#include "engine/conditions/conditions.h"
#include "engine/principal_table.h"

namespace sallyport {
namespace {

// Shapes beyond this many are tested one by one while deciding.
constexpr std::size_t shapes_tabled_max = std::size_t{1} << 16U;

void set_bit(std::vector<Word>& row, std::size_t bit, bool on = true) {
  const Word mask = Word{1} << (bit % 64);
  if (on) {
    row[bit / 64] |= mask;
  } else {
    row[bit / 64] &= ~mask;
  }
}

class TableMaker {
 public:
  TableMaker(const PolicySet& policies, const std::vector<CompiledPolicy>& compiled,
             const std::vector<std::uint32_t>& enforced, const Directory& directory,
             const Inventory& inventory)
      : policies_(policies),
        compiled_(compiled),
        enforced_(enforced),
        directory_(directory),
        inventory_(inventory) {}

  Tables make() {
    constexpr std::size_t bits_a_chunk = 64 * row_chunk;
    t_.width =
        std::max<std::size_t>(1, (enforced_.size() + bits_a_chunk - 1) / bits_a_chunk) * row_chunk;
    t_.rows = Rows(t_.width);
    t_.none = t_.rows.add_interned(empty_row());
    t_.all = t_.rows.add_interned(Bits(t_.width, ~Word{0}));
    t_.principals = make_principal_table(compiled_, enforced_, directory_, t_.width);
    make_targets();
    make_words();
    make_locations();
    make_devices();
    return std::move(t_);
  }

 private:
  std::vector<Word> empty_row() const { return std::vector<Word>(t_.width, 0); }
  const CompiledPolicy& at(std::size_t bit) const { return compiled_[enforced_[bit]]; }

  template <class Test>
  std::vector<Word> bits_where(Test test) const {
    auto row = empty_row();
    for (std::size_t bit = 0; bit < enforced_.size(); ++bit) {
      if (test(at(bit))) set_bit(row, bit);
    }
    return row;
  }

  template <class Test>
  RowIndex row_where(Test test) {
    return t_.rows.add_interned(bits_where(test));
  }

  // ---- applications, user actions, contexts ----

  Tested test_target(const CompiledPolicy& policy, const Target& target) const {
    SignIn sign_in;
    sign_in.target = target;
    const Memberships nobody;
    return test_applications(*policy.policy->conditions.applications, policies_,
                             {sign_in, nobody, {}, {}});
  }

  void make_targets() {
    const auto row_of = [&](const Target& target) {
      return row_where([&](const CompiledPolicy& p) {
        return p.policy->conditions.applications && test_target(p, target).match() != Match::no;
      });
    };
    for (std::uint8_t i = 0; i < t_.by_user_action.size(); ++i) {
      Target target;
      target.kind = TargetKind::user_action;
      target.user_action = static_cast<UserAction>(i);
      t_.by_user_action[i] = row_of(target);
    }
    for (std::uint8_t i = 0; i < t_.by_context.size(); ++i) {
      Target target;
      target.kind = TargetKind::authentication_context;
      target.authentication_context = i;
      t_.by_context[i] = row_of(target);
    }
    make_applications();
  }

  // The applications whose answer may differ from that for an application nobody mentions.
  std::vector<ApplicationId> mentioned_by(const ApplicationCondition& condition) const {
    std::vector<ApplicationId> out;
    const auto add = [&](const std::vector<ApplicationId>& list) {
      out.insert(out.end(), list.begin(), list.end());
    };
    for (const ApplicationLists* lists : {&condition.include, &condition.exclude}) {
      add(lists->applications);
      if (lists->office365) add(policies_.office365);
      if (lists->admin_portals) add(policies_.admin_portals);
      if (!lists->applications.empty()) {
        out.push_back(azure_portal);
      }
    }
    if (condition.application_filter || condition.include.all_agent_resources ||
        condition.exclude.all_agent_resources) {
      for (const auto& principal : directory_.service_principals()) {
        if (principal.agent_resource || !principal.attributes.empty()) {
          out.push_back(principal.app_id);
        }
      }
    }
    return out;
  }

  void make_applications() {
    const auto matches = [&](const CompiledPolicy& p, ApplicationId application) {
      return p.policy->conditions.applications &&
             test_application(*p.policy->conditions.applications, policies_,
                              directory_.find_service_principal_by_app(application), application)
                     .match() != Match::no;
    };
    const auto nobodys = ApplicationId::of("an application that no policy mentions");
    const auto other = bits_where([&](const CompiledPolicy& p) { return matches(p, nobodys); });
    std::unordered_map<ApplicationId, std::vector<Word>> rows;
    for (std::size_t bit = 0; bit < enforced_.size(); ++bit) {
      const auto& policy = at(bit);
      if (!policy.policy->conditions.applications) continue;
      for (const auto application : mentioned_by(*policy.policy->conditions.applications)) {
        auto& row = rows.try_emplace(application, other).first->second;
        set_bit(row, bit, matches(policy, application));
      }
    }
    t_.by_application = IdMap<ApplicationId, RowIndex>(rows.size(), t_.rows.add_interned(other));
    for (const auto& [application, row] : rows) {
      t_.by_application.insert(application, t_.rows.add_interned(row));
    }
  }

  // ---- facts of few values ----

  using Bits = std::vector<Word>;

  // A row for absence, and for each value; none when no policy configures the condition. A policy
  // that does not is in every row.
  template <class WordType, class Configured, class Test>
  std::vector<Bits> rows_by_value(std::size_t count, Configured configured, Test test) const {
    const auto is_configured = [&](std::uint32_t policy) {
      return configured(compiled_[policy].policy->conditions);
    };
    if (std::ranges::none_of(enforced_, is_configured)) return {};
    std::vector<Bits> rows;
    for (std::size_t i = 0; i <= count; ++i) {
      const auto fact =
          i == 0 ? Fact<WordType>::absent() : Fact<WordType>(static_cast<WordType>(i - 1));
      rows.push_back(bits_where([&](const CompiledPolicy& p) {
        const Conditions& c = p.policy->conditions;
        return !configured(c) || test(c, fact).match() != Match::no;
      }));
    }
    return rows;
  }

  std::vector<Bits> risk_rows(WordSet<RiskLevel> Conditions::*levels) const {
    return rows_by_value<RiskLevel>(
        5, [levels](const Conditions& c) { return !(c.*levels).empty(); },
        [levels](const Conditions& c, auto fact) { return test_risk(c.*levels, fact); });
  }

  // What each combination of values satisfies is what all of them do.
  template <std::size_t... counts>
  void combine(ValueTable<counts...>& table,
               const std::array<std::vector<Bits>, sizeof...(counts)>& facts) {
    table.used = !std::ranges::all_of(facts, &std::vector<Bits>::empty);
    if (!table.used) return;
    for (std::size_t at = 0; at < table.rows.size(); ++at) {
      table.rows[at] = row_of_combination({counts...}, facts, at);
    }
  }

  RowIndex row_of_combination(std::initializer_list<std::size_t> counts,
                              std::span<const std::vector<Bits>> facts, std::size_t at) {
    Bits row(t_.width, ~Word{0});
    for (std::size_t f = facts.size(); f-- > 0;) {
      const std::size_t values = counts.begin()[f] + 2;
      const std::size_t value = at % values;
      at /= values;
      if (facts[f].empty()) continue;
      if (value == 1) return no_row;
      const Bits& with = facts[f][value == 0 ? 0 : value - 1];
      for (std::size_t i = 0; i < row.size(); ++i) row[i] &= with[i];
    }
    return t_.rows.add_interned(row);
  }

  void make_words() {
    combine(t_.clients,
            {rows_by_value<Platform>(
                 6, [](const Conditions& c) { return c.platforms.has_value(); },
                 [](const Conditions& c, auto fact) { return test_platforms(*c.platforms, fact); }),
             rows_by_value<ClientApp>(
                 5, [](const Conditions& c) { return is_configured(c.client_app_types); },
                 [](const Conditions& c, auto fact) {
                   return test_client_app_types(c.client_app_types, fact);
                 }),
             rows_by_value<TransferMethod>(
                 3, [](const Conditions& c) { return is_configured(c.authentication_flows); },
                 [](const Conditions& c, auto fact) {
                   return test_authentication_flows(c.authentication_flows, fact);
                 })});
    combine(t_.risks,
            {risk_rows(&Conditions::sign_in_risk_levels), risk_rows(&Conditions::user_risk_levels),
             rows_by_value<InsiderRiskLevel>(
                 4, [](const Conditions& c) { return !c.insider_risk_levels.empty(); },
                 [](const Conditions& c, auto fact) {
                   return test_insider_risk(c.insider_risk_levels, fact);
                 })});
    combine(t_.workload_risks, {risk_rows(&Conditions::service_principal_risk_levels),
                                risk_rows(&Conditions::agent_id_risk_levels)});
  }

  // ---- locations ----

  std::uint32_t mfa_location() const {
    return static_cast<std::uint32_t>(policies_.named_locations.size());
  }

  bool is_special(const CompiledLocationLists& side) const {
    const auto& all = policies_.named_locations;
    if (side.lists->all_trusted && std::ranges::any_of(all, [](const NamedLocation& location) {
          return location.is_trusted && location.kind == LocationKind::other;
        })) {
      return true;
    }
    return std::ranges::any_of(side.locations, [&](std::uint32_t index) {
      if (index == no_location) return true;
      const auto& location = policies_.named_locations[index];
      return location.kind == LocationKind::other || location.lookup_by_gps;
    });
  }

  bool lists_location(const CompiledLocationLists& side, std::uint32_t index) const {
    if (index == mfa_location()) return side.lists->mfa_trusted_ips || side.lists->all_trusted;
    const auto& location = policies_.named_locations[index];
    const bool trusted = location.is_trusted && location.kind != LocationKind::country;
    return (trusted && side.lists->all_trusted) ||
           std::ranges::find(side.locations, index) != side.locations.end();
  }

  bool is_special(const CompiledPolicy& p) const {
    return p.policy->conditions.locations &&
           (is_special(p.locations.include) || is_special(p.locations.exclude));
  }

  bool is_always_included(const CompiledPolicy& p) const {
    if (!p.policy->conditions.locations || is_special(p)) return true;
    const auto& lists = p.policy->conditions.locations->include;
    return lists.all || (!lists.all_trusted && !lists.mfa_trusted_ips && lists.locations.empty());
  }

  // Policies that list any of these locations, on either side.
  struct Sides {
    Bits include, exclude;
  };
  Sides sides_of(std::span<const std::uint32_t> locations) const {
    const auto lists_any = [&](const CompiledLocationLists CompiledLocations::*side) {
      return bits_where([&](const CompiledPolicy& p) {
        return p.policy->conditions.locations && !is_special(p) &&
               std::ranges::any_of(locations, [&](std::uint32_t index) {
                 return lists_location(p.locations.*side, index);
               });
      });
    };
    return {lists_any(&CompiledLocations::include), lists_any(&CompiledLocations::exclude)};
  }

  LocationTable::Pair store(const Sides& sides) {
    return {t_.rows.add_interned(sides.include), t_.rows.add_interned(sides.exclude)};
  }

  void make_locations() {
    LocationTable& table = t_.locations;
    for (const auto policy : enforced_) {
      table.used |= compiled_[policy].policy->conditions.locations.has_value();
    }
    // Report-only policies are explained, though not tabled: the space is there for both.
    std::vector<std::span<const CidrRange>> ranges;
    for (const auto& location : policies_.named_locations) ranges.emplace_back(location.ip_ranges);
    ranges.emplace_back(policies_.mfa_trusted_ips);
    table.space = AddressSpace(ranges);
    if (!table.used) return;
    for (std::uint32_t set = 0; set < table.space.set_count(); ++set) {
      table.by_set.push_back(store(sides_of(table.space.locations_of(set))));
    }
    // Nobody asks for the address: it is as good as one that is in no location.
    table.by_set.push_back(asks_for(LocationKind::ip) ? LocationTable::nothing
                                                      : table.by_set.front());
    make_places();
    table.special = row_where([&](const CompiledPolicy& p) { return is_special(p); });
  }

  // Whether a policy with rows lists a location of that kind; special policies look for themselves.
  bool asks_for(LocationKind kind) const {
    const auto lists = [&](const CompiledPolicy& policy, std::uint32_t location) {
      return lists_location(policy.locations.include, location) ||
             lists_location(policy.locations.exclude, location);
    };
    return std::ranges::any_of(enforced_, [&](std::uint32_t index) {
      const CompiledPolicy& policy = compiled_[index];
      if (!policy.policy->conditions.locations || is_special(policy)) return false;
      if (kind == LocationKind::ip && lists(policy, mfa_location())) return true;
      for (std::uint32_t i = 0; i < policies_.named_locations.size(); ++i) {
        if (policies_.named_locations[i].kind == kind && lists(policy, i)) return true;
      }
      return false;
    });
  }

  void make_places() {
    using Locations = std::vector<std::uint32_t>;
    std::vector<Locations> by_country(country_count + 1);
    Locations networks;
    for (std::uint32_t i = 0; i < policies_.named_locations.size(); ++i) {
      const auto& location = policies_.named_locations[i];
      if (location.kind == LocationKind::compliant_network) networks.push_back(i);
      if (location.kind != LocationKind::country || location.lookup_by_gps) continue;
      for (const Country country : location.countries_and_regions) {
        by_country[country_index(country)].push_back(i);
      }
      if (location.include_unknown_countries_and_regions) by_country[country_count].push_back(i);
    }
    // Most countries are in no location, or in the same as another.
    const bool asks_network = asks_for(LocationKind::compliant_network);
    std::map<Locations, std::array<LocationTable::Pair, 3>> stored;
    for (const auto& locations : by_country) {
      const auto [found, added] = stored.try_emplace(locations);
      if (added) found->second = pairs_of(locations, networks, asks_network);
      t_.locations.by_place.push_back(found->second);
    }
    // Nobody asks for the country: it is as good as one that is in no location.
    t_.locations.by_place.push_back(
        asks_for(LocationKind::country)
            ? std::array{LocationTable::nothing, LocationTable::nothing, LocationTable::nothing}
            : pairs_of({}, networks, asks_network));
  }

  // In a country that is in these locations: outside the compliant network, inside, and not known.
  std::array<LocationTable::Pair, 3> pairs_of(std::vector<std::uint32_t> locations,
                                              std::span<const std::uint32_t> networks,
                                              bool asks_network) {
    const Bits always = bits_where([&](const CompiledPolicy& p) { return is_always_included(p); });
    const auto pair_of = [&] {
      Sides sides = sides_of(locations);
      for (std::size_t i = 0; i < always.size(); ++i) sides.include[i] |= always[i];
      return store(sides);
    };
    const auto outside = pair_of();
    locations.insert(locations.end(), networks.begin(), networks.end());
    const auto inside = pair_of();
    return {outside, inside, asks_network ? LocationTable::nothing : outside};
  }

  // ---- devices ----

  void make_devices() {
    DeviceTable& table = t_.devices;
    for (const auto policy : enforced_) {
      table.used |= compiled_[policy].policy->conditions.devices.has_value();
    }
    if (!table.used) return;
    const auto special = [](const CompiledPolicy& p) {
      const auto& devices = p.policy->conditions.devices;
      return devices && devices->filter && devices->filter->rule &&
             devices->filter->rule->needs_more_than_shape();
    };
    table.special = row_where(special);
    const auto row_of = [&](const Fact<DeviceView>& device) {
      return row_where([&](const CompiledPolicy& p) {
        return !p.policy->conditions.devices || (device.is_known() && special(p)) ||
               test_devices(*p.policy->conditions.devices, device).match() != Match::no;
      });
    };
    table.entries.push_back({row_of(Fact<DeviceView>::absent()), {}});
    const auto shapes = inventory_.shapes();
    const auto tabled = std::min(shapes.size(), shapes_tabled_max);
    for (std::uint32_t i = 0; i < tabled; ++i) {
      DeviceView device;
      device.shape = shapes[i].get();
      device.shape_index = i;
      table.entries.push_back({row_of(device), device_traits(device)});
    }
  }

  const PolicySet& policies_;
  const std::vector<CompiledPolicy>& compiled_;
  const std::vector<std::uint32_t>& enforced_;
  const Directory& directory_;
  const Inventory& inventory_;
  Tables t_;
};

}  // namespace

RowIndex Rows::add(std::span<const Word> row) {
  const auto index = static_cast<RowIndex>(words_.size() / width_);
  words_.insert(words_.end(), row.begin(), row.end());
  return index;
}

RowIndex Rows::add_interned(std::span<const Word> row) {
  const std::string_view bytes(reinterpret_cast<const char*>(row.data()), row.size_bytes());
  auto& candidates = by_hash_[std::hash<std::string_view>{}(bytes)];
  for (const RowIndex index : candidates) {
    if (std::equal(row.begin(), row.end(), (*this)[index])) return index;
  }
  candidates.push_back(add(row));
  return candidates.back();
}

Tables make_tables(const PolicySet& policies, const std::vector<CompiledPolicy>& compiled,
                   const std::vector<std::uint32_t>& enforced, const Directory& directory,
                   const Inventory& inventory) {
  return TableMaker(policies, compiled, enforced, directory, inventory).make();
}

}  // namespace sallyport
