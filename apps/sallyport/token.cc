// `sallyport token`: who may use the REST interface.
#include <algorithm>
#include "api/client_assertion.h"

#include "base/text.h"
#include "commands.h"
#include "data_folder.h"
#include "life.h"
#include "service/document_names.h"
#include "service/permissions.h"
#include "service/tokens.h"

namespace sallyport::cli {
namespace {

constexpr std::chrono::days life_usual{90};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

constexpr std::string_view partner_permission = "update_device_health";

// A token for reports is somebody's, and one that is somebody's is for reports.
Result<std::vector<std::string>> partners_of(const TokenFlags& flags,
                                             const std::vector<std::string>& permissions) {
  const auto asked = std::ranges::any_of(flags.permissions, [](const std::string& word) {
    return equal_ignoring_case(word, partner_permission);
  });
  const auto may = std::ranges::find(permissions, partner_permission) != permissions.end();
  if (asked && flags.partners.empty()) {
    return fail(
        ErrorKind::invalid_argument,
        "`update_device_health` is for a partner: say which with --partner ID, the id of its "
        "connector or of its complianceManagementPartners entry");
  }
  if (!may && !flags.partners.empty()) {
    return fail(
        ErrorKind::invalid_argument,
        "--partner needs --permission update_device_health: without it nothing is reported");
  }
  std::vector<std::string> partners;
  for (const auto& id : flags.partners) partners.push_back(store_id(id));
  return partners;
}

// As it was asked for, where a word says it all.
std::string in_a_word(const std::vector<std::string>& permissions) {
  for (const std::string word : {"administrator", "reader"}) {
    const auto all = expand_permissions(std::span(&word, 1));
    if (all && *all == permissions) return word;
  }
  return joined(permissions);
}

}  // namespace

Exit create_token(const TokenFlags& flags) {
  const auto now = now_of({});
  if (!now) return could_not_run(now.error());
  const auto expires = expiry_of(flags.expires, *now, life_usual, MayLastForEver::yes);
  if (!expires) return could_not_run(expires.error());
  auto permissions = expand_permissions(flags.permissions);
  if (!permissions) return could_not_run(permissions.error());
  const auto partners = partners_of(flags, *permissions);
  if (!partners) return could_not_run(partners.error());
  std::string certificate;
  if (!flags.certificate.empty()) {
    auto pem = read_input(flags.certificate);
    if (!pem) return could_not_run(pem.error());
    certificate = std::move(*pem);
    if (const auto good = api::check_certificate(certificate); !good) {
      return could_not_run({good.error().kind, good.error().message, flags.certificate});
    }
  }
  auto store = open_data_folder(flags.data, Opening::made_when_missing);
  if (!store) return could_not_run(store.error());
  std::string told;
  if (flags.client) {
    const auto issued =
        create_client(**store, {flags.name, *permissions, certificate, *expires, *partners}, *now);
    if (!issued) return could_not_run(issued.error());
    told = "client_id=" + issued->id + "\n";
    if (!issued->secret.empty()) told += "client_secret=" + issued->secret + "\n";
  } else {
    const auto issued =
        create_token(**store, {flags.name, *permissions, flags.user, *expires, *partners}, *now);
    if (!issued) return could_not_run(issued.error());
    told = issued->secret + "\n";
  }
  remark("this is shown once; it expires " + date_or(*expires, "never"));
  return print(told);
}

Exit list_tokens(const TokenFlags& flags) {
  auto output = Output::open(flags.output);
  if (!output) return could_not_run(output.error());
  auto store = open_data_folder(flags.data, Opening::existing);
  if (!store) return could_not_run(store.error());
  const auto listed = list_credentials(**store);
  if (!listed) return could_not_run(listed.error());
  const auto now = now_of({});
  if (!now) return could_not_run(now.error());
  Table table;
  table.columns = {{"NAME", "displayName", true, false, false},
                   {"KIND", "kind", false, false, false},
                   {"ID", "id", false, false, false},
                   {"PERMISSIONS", "permissions", true, false, false},
                   {"PARTNERS", "partners", true, false, false},
                   {"EXPIRES", "expirationDateTime", false, false, false},
                   {"LAST USED", "lastUsedDateTime", false, false, false}};
  table.columns[4].rare = true;
  const Format format = output->presentation().format;
  const bool for_people = format == Format::table || format == Format::markdown;
  for (const auto& one : *listed) {
    const bool over = one.is_expired(*now);
    table.rows.push_back(
        {{one.name, Tone::plain},
         {one.kind == CredentialKind::token ? "token" : "client", Tone::plain},
         {one.id, Tone::plain},
         {for_people ? in_a_word(one.permissions) : joined(one.permissions), Tone::plain},
         {joined(one.partners), Tone::plain},
         {date_or(one.expires, "never"), over ? Tone::bad : Tone::plain},
         {date_or(one.last_used, "never"), Tone::faint}});
  }
  output->write(render(table, output->presentation()));
  const auto finished = output->finish();
  return finished ? Exit::nothing_found : could_not_run(finished.error());
}

Exit revoke_token(const TokenFlags& flags) {
  auto store = open_data_folder(flags.data, Opening::existing);
  if (!store) return could_not_run(store.error());
  const auto now = now_of({});
  if (!now) return could_not_run(now.error());
  const auto revoked = revoke_credential(**store, flags.id, *now);
  if (!revoked) return could_not_run(revoked.error());
  return print("revoked\n");
}

}  // namespace sallyport::cli
