#include "check_settings.h"

#include <algorithm>
#include <regex>

#include "base/text.h"
#include "directory/well_known.h"
#include "toml_file.h"

namespace sallyport::cli {
namespace {

TomlFile::Take ids(TomlFile& file, std::vector<Guid>& into) {
  return [&file, &into](const toml::node& node) {
    std::vector<std::string> texts;
    file.texts(texts)(node);
    into.clear();
    for (const auto& text : texts) into.push_back(guid_of_text(text));
  };
}

// Template ids, or the names of well-known roles.
TomlFile::Take roles(TomlFile& file, std::vector<RoleId>& into) {
  return [&file, &into](const toml::node& node) {
    std::vector<std::string> texts;
    file.texts(texts)(node);
    into.clear();
    for (const auto& text : texts) {
      const auto id =
          parse_guid(text) ? std::optional<std::string_view>(text) : well_known_role_id(text);
      if (id) {
        into.push_back(RoleId::of(*id));
      } else {
        file.note(node, '`' + printable(text) +
                            "` is no role; write its template id, or a name such as \"Global "
                            "Administrator\"");
      }
    }
  };
}

TomlFile::Take licences(TomlFile& file, std::vector<std::string>& into) {
  return [&file, &into](const toml::node& node) {
    file.texts(into)(node);
    constexpr std::string_view known[] = {"p1", "p2", "workload", "agents", "insider", "intune"};
    for (const auto& licence : into) {
      if (std::ranges::find(known, licence) == std::end(known)) {
        file.note(node, '`' + printable(licence) +
                            "` is no licence: known are p1, p2, workload, agents, insider, intune");
      }
    }
  };
}

TomlFile::Take pattern(TomlFile& file, std::string& into) {
  return [&file, &into](const toml::node& node) {
    file.text(into)(node);
    try {
      const std::regex tried(into);
    } catch (const std::regex_error&) {
      file.note(node, "`name_pattern` is no regular expression (ECMAScript)");
    }
  };
}

TomlFile::Take versions(TomlFile& file, std::map<std::string, std::string>& into) {
  return [&file, &into](const toml::node& node) {
    const auto* table = node.as_table();
    if (table == nullptr) {
      file.note(node, "`os_minimum_versions` must be a table: [os_minimum_versions]");
      return;
    }
    std::vector<TomlFile::Key> keys;
    for (const std::string_view platform : {"windows", "macOS", "iOS", "android"}) {
      keys.push_back({platform, file.text(into[std::string(platform)])});
    }
    file.read(*table, keys);
    std::erase_if(into, [](const auto& entry) { return entry.second.empty(); });
  };
}

}  // namespace

CheckSettingsReading read_check_settings(const std::string& name) {
  CheckSettingsReading reading{default_check_settings(), {}};
  auto& s = reading.settings;
  TomlFile file(name);
  std::size_t exclusions = 0;
  std::size_t report_only = 0;
  std::size_t admin_roles_needed = 0;
  bool security_defaults = false;
  if (const auto table = file.parse()) {
    file.read(
        *table,
        {{"emergency_accounts", ids(file, s.emergency_accounts)},
         {"emergency_groups", ids(file, s.emergency_groups)},
         {"sync_accounts", ids(file, s.sync_accounts)},
         {"approved_exclusions", ids(file, s.approved_exclusions)},
         {"admin_roles", roles(file, s.admin_roles)},
         {"tier0_roles", roles(file, s.tier0_roles)},
         {"token_families", ids(file, s.token_families)},
         {"licences", licences(file, s.licences)},
         {"sign_in_frequency_days", file.number(s.sign_in_frequency_days, 1, 365)},
         {"admin_sign_in_frequency_hours", file.number(s.admin_sign_in_frequency_hours, 1, 8760)},
         {"report_only_days", file.number(s.report_only_days, 0, 36500)},
         {"disabled_days", file.number(s.disabled_days, 0, 36500)},
         {"shared_exclusions_percent", file.number(s.shared_exclusions_percent, 0, 100)},
         {"grace_hours", file.number(s.grace_hours, 0, 87600)},
         {"policies_max", file.number(s.policies_max, 1, 100000)},
         {"name_pattern", pattern(file, s.name_pattern)},
         {"os_minimum_versions", versions(file, s.os_minimum_versions)},
         {"phishing_resistant_for_everyone", file.flag(s.phishing_resistant_for_everyone)},
         {"terms_of_use_for_guests", file.flag(s.terms_of_use_for_guests)},
         {"private_access", file.flag(s.private_access)},
         {"medium_risk_blocked", file.flag(s.medium_risk_blocked)},
         {"any_alternative_counts", file.flag(s.any_alternative_counts)},
         {"security_defaults",
          [&](const toml::node& node) {
            file.flag(security_defaults)(node);
            s.security_defaults = security_defaults;
          }},
         {"exclusions", file.word(exclusions, {"allowed", "approved-only"})},
         {"report_only", file.word(report_only, {"lowers-severity", "nothing"})},
         {"admin_roles_needed", file.word(admin_roles_needed, {"every", "any"})}});
  }
  s.exclusions = static_cast<Exclusions>(exclusions);
  s.report_only = static_cast<ReportOnly>(report_only);
  s.admin_roles_needed = static_cast<RolesNeeded>(admin_roles_needed);
  reading.problems = file.problems();
  return reading;
}

}  // namespace sallyport::cli
