// The table of facts: everything a device, or somebody who knows it, may tell about it. A fact is
// named for what it says, never for a policy's member, so that every source can report it.
// A new fact is a line here and a row in fact.cc; what judges it is in setting_table.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport::compliance {

enum class Fact : std::uint8_t {
  // What it is.
  operating_system,
  distribution,
  os_version,
  os_build_version,
  security_patch_level,
  kernel_version,
  device_name,
  manufacturer,
  model,
  serial_number,
  // How it starts and what its hardware attests.
  tpm_version,
  secure_boot_enabled,
  code_integrity_enabled,
  early_launch_antimalware_enabled,
  memory_integrity_enabled,
  kernel_dma_protection_enabled,
  virtualization_based_security_enabled,
  firmware_protection,
  device_healthy,
  system_integrity_protection_enabled,
  gatekeeper_app_source,
  play_integrity,
  google_play_services_installed,
  security_providers_up_to_date,
  management_app_intact,
  jail_broken,
  // What protects it.
  storage_encrypted,
  bit_locker_enabled,
  firewall_enabled,
  firewall_blocks_all_incoming,
  firewall_stealth_mode,
  antivirus_enabled,
  antispyware_enabled,
  defender_enabled,
  defender_version,
  signatures_up_to_date,
  real_time_protection_enabled,
  pending_security_updates,
  pending_system_updates,
  unknown_sources_allowed,
  usb_debugging_enabled,
  app_verification_enabled,
  // How it is unlocked.
  password_set,
  simple_password_blocked,
  password_required_on_wake,
  password_type,
  password_complexity,
  password_changed_at,
  password_expiration_days,
  password_history_count,
  password_minimum_length,
  password_minimum_character_sets,
  password_minimum_letters,
  password_minimum_lowercase,
  password_minimum_uppercase,
  password_minimum_non_letters,
  password_minimum_digits,
  password_minimum_symbols,
  password_grace_minutes,
  password_failures_before_reset,
  screen_lock_minutes,
  work_profile_password_set,
  work_profile_password_type,
  work_profile_password_complexity,
  work_profile_password_expiration_days,
  work_profile_password_history_count,
  work_profile_password_minimum_length,
  work_profile_screen_lock_minutes,
  // What is on it.
  installed_apps,
  wsl_distributions,
  managed_email_profile_installed,
  // What others say of it.
  threat_level,
  defender_threat_level,
  configuration_manager_compliant,
  partner_compliant,
};
// Threat levels and the word of a compliance partner: a device cannot tell them of itself.
constexpr bool is_told_by_others(Fact fact) { return fact >= Fact::threat_level; }
inline constexpr std::size_t fact_count = static_cast<std::size_t>(Fact::partner_compliant) + 1;

// How a fact stands in JSON, and how it is kept.
enum class FactType : std::uint8_t {
  boolean,
  integer,   // 0 to 2,147,483,647
  text,      // at most fact_text_max bytes
  version,   // a text of numbers with dots between them
  date,      // a text: RFC 3339, or a date alone
  word,      // a text: one word of the fact's scale
  texts,     // a list of texts; kept as lines
  versions,  // a list of {"name", "version"}; kept as lines `name <tab> version`
  levels,    // a word of the scale, or {"<partner id>": word}; kept as lines `id <tab> word`
};

// Words in order: a greater rank is more. Words of one rank are the same to a judge.
struct ScaleWord {
  std::string_view word;
  std::int32_t rank = 0;
};

struct FactRow {
  Fact fact;
  std::string_view name;   // in reports: `storageEncrypted`
  std::string_view label;  // for people: `Disk encryption`
  FactType type = FactType::boolean;
  std::span<const ScaleWord> scale = {};
};

inline constexpr std::size_t fact_text_max = 1024;

const FactRow& row_of(Fact fact);
std::span<const FactRow> fact_rows();
std::optional<Fact> find_fact(std::string_view name);  // exact spelling

// The rank of a word, in any letter case.
std::optional<std::int32_t> rank_of(std::span<const ScaleWord> scale, std::string_view word);
std::string_view word_of(std::span<const ScaleWord> scale, std::int32_t rank);  // the first

// Threat levels: from `threat_no_data` on a partner has nothing to say about the device.
inline constexpr std::int32_t threat_secured = 0;
inline constexpr std::int32_t threat_high = 3;
inline constexpr std::int32_t threat_compromised = 4;
inline constexpr std::int32_t threat_no_data = 10;
inline constexpr std::int32_t threat_unsupported_os = 15;

// Who told it.
enum class Source : std::uint8_t { agent, osquery, fleet, partner, mdm };
inline constexpr std::size_t source_count = 5;
std::string_view name_of(Source source);
std::optional<Source> parse_source(std::string_view word);

// What is known of one fact. A fact nobody told is unknown, which satisfies nothing.
enum class FactState : std::uint8_t { unknown, known, error, not_applicable };

}  // namespace sallyport::compliance
