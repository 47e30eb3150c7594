#include "engine/tables.h"

#include <algorithm>
#include <functional>
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
    t_.other_application = t_.rows.add_interned(other);
    std::unordered_map<ApplicationId, std::vector<Word>> rows;
    for (std::size_t bit = 0; bit < enforced_.size(); ++bit) {
      const auto& policy = at(bit);
      if (!policy.policy->conditions.applications) continue;
      for (const auto application : mentioned_by(*policy.policy->conditions.applications)) {
        auto& row = rows.try_emplace(application, other).first->second;
        set_bit(row, bit, matches(policy, application));
      }
    }
    t_.by_application = IdMap<ApplicationId, RowIndex>(rows.size());
    for (const auto& [application, row] : rows) {
      t_.by_application.insert(application, t_.rows.add_interned(row));
    }
  }

  // ---- facts of few values ----

  // A policy that does not configure the condition is in every row.
  template <class WordType, std::size_t count, class Configured, class Test>
  void make_value_table(ValueTable<count>& table, Configured configured, Test test) {
    for (const auto policy : enforced_) {
      table.used |= configured(compiled_[policy].policy->conditions);
    }
    if (!table.used) return;
    for (std::size_t i = 0; i < count; ++i) {
      const auto fact =
          i + 1 == count ? Fact<WordType>::absent() : Fact<WordType>(static_cast<WordType>(i));
      table.rows[i] = row_where([&](const CompiledPolicy& p) {
        const Conditions& c = p.policy->conditions;
        return !configured(c) || test(c, fact).match() != Match::no;
      });
    }
  }

  void make_words() {
    make_value_table<Platform>(
        t_.platforms, [](const Conditions& c) { return c.platforms.has_value(); },
        [](const Conditions& c, auto fact) { return test_platforms(*c.platforms, fact); });
    make_value_table<ClientApp>(
        t_.client_apps, [](const Conditions& c) { return is_configured(c.client_app_types); },
        [](const Conditions& c, auto fact) {
          return test_client_app_types(c.client_app_types, fact);
        });
    make_risk(t_.sign_in_risk, &Conditions::sign_in_risk_levels);
    make_risk(t_.user_risk, &Conditions::user_risk_levels);
    make_risk(t_.service_principal_risk, &Conditions::service_principal_risk_levels);
    make_risk(t_.agent_id_risk, &Conditions::agent_id_risk_levels);
    make_value_table<InsiderRiskLevel>(
        t_.insider_risk, [](const Conditions& c) { return !c.insider_risk_levels.empty(); },
        [](const Conditions& c, auto fact) {
          return test_insider_risk(c.insider_risk_levels, fact);
        });
    make_value_table<TransferMethod>(
        t_.flows, [](const Conditions& c) { return is_configured(c.authentication_flows); },
        [](const Conditions& c, auto fact) {
          return test_authentication_flows(c.authentication_flows, fact);
        });
  }

  void make_risk(ValueTable<6>& table, WordSet<RiskLevel> Conditions::*levels) {
    make_value_table<RiskLevel>(
        table, [levels](const Conditions& c) { return !(c.*levels).empty(); },
        [levels](const Conditions& c, auto fact) { return test_risk(c.*levels, fact); });
  }

  // ---- locations ----

  std::uint32_t mfa_location() const {
    return static_cast<std::uint32_t>(policies_.named_locations.size());
  }

  bool is_special(const CompiledLocationLists& side) const {
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

  // Rows of the policies that list any of these locations, on either side.
  LocationTable::Pair pair_of(std::span<const std::uint32_t> locations) {
    const auto lists_any = [&](const CompiledLocationLists CompiledLocations::*side) {
      return row_where([&](const CompiledPolicy& p) {
        return p.policy->conditions.locations &&
               std::ranges::any_of(locations, [&](std::uint32_t index) {
                 return lists_location(p.locations.*side, index);
               });
      });
    };
    return {lists_any(&CompiledLocations::include), lists_any(&CompiledLocations::exclude)};
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
      table.by_set.push_back(pair_of(table.space.locations_of(set)));
    }
    make_countries();
    for (const auto policy : enforced_) note_facts(compiled_[policy]);
    std::vector<std::uint32_t> networks;
    for (std::uint32_t i = 0; i < policies_.named_locations.size(); ++i) {
      if (policies_.named_locations[i].kind == LocationKind::compliant_network)
        networks.push_back(i);
    }
    table.in_network = pair_of(networks);
    table.outside_network = pair_of({});
    table.special = row_where([&](const CompiledPolicy& p) {
      return p.policy->conditions.locations &&
             (is_special(p.locations.include) || is_special(p.locations.exclude));
    });
    table.always = row_where([&](const CompiledPolicy& p) {
      if (!p.policy->conditions.locations) return true;
      const auto& lists = p.policy->conditions.locations->include;
      const bool empty = !lists.all_trusted && !lists.mfa_trusted_ips && lists.locations.empty();
      return lists.all || empty || is_special(p.locations.include) ||
             is_special(p.locations.exclude);
    });
  }

  // The facts that the policies with rows need.
  void note_facts(const CompiledPolicy& policy) {
    if (!policy.policy->conditions.locations || is_special(policy.locations.include) ||
        is_special(policy.locations.exclude)) {
      return;
    }
    LocationTable& table = t_.locations;
    for (std::uint32_t i = 0; i <= mfa_location(); ++i) {
      if (!lists_location(policy.locations.include, i) &&
          !lists_location(policy.locations.exclude, i)) {
        continue;
      }
      const auto kind = i == mfa_location() ? LocationKind::ip : policies_.named_locations[i].kind;
      table.asks_address |= kind == LocationKind::ip;
      table.asks_country |= kind == LocationKind::country;
      table.asks_network |= kind == LocationKind::compliant_network;
    }
  }

  void make_countries() {
    constexpr std::size_t countries = 26 * 26;
    std::vector<std::vector<std::uint32_t>> locations(countries + 1);
    for (std::uint32_t i = 0; i < policies_.named_locations.size(); ++i) {
      const auto& location = policies_.named_locations[i];
      if (location.kind != LocationKind::country || location.lookup_by_gps) continue;
      for (const Country country : location.countries_and_regions) {
        locations[country_index(country)].push_back(i);
      }
      if (location.include_unknown_countries_and_regions) locations[countries].push_back(i);
    }
    for (const auto& list : locations) t_.locations.by_country.push_back(pair_of(list));
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
    table.absent = row_of(Fact<DeviceView>::absent());
    const auto shapes = inventory_.shapes();
    const auto tabled = std::min(shapes.size(), shapes_tabled_max);
    for (std::uint32_t i = 0; i < tabled; ++i) {
      DeviceView device;
      device.shape = shapes[i].get();
      device.shape_index = i;
      table.by_shape.push_back(row_of(device));
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

std::size_t country_index(Country country) {
  const auto letter = [](char c) { return static_cast<std::size_t>(c - 'A'); };
  return 26 * letter(country.letters[0]) + letter(country.letters[1]);
}

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
