#include "policy/settings.h"

#include "base/text.h"
#include "directory/member_reader.h"

namespace sallyport {
namespace {

void read_ranges(MemberReader& reader, std::vector<CidrRange>& into) {
  constexpr std::string_view member = "mfaTrustedIps";
  const auto items = reader.list(member);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto range = parse_cidr(items[i].text());
    if (range && range->is_v4()) {
      into.push_back(*range);
      continue;
    }
    reader.report(Severity::error, content_code,
                  '`' + printable(items[i].text()) +
                      (range ? "` is an IPv6 range; the MFA service trusts IPv4 addresses only"
                             : "` is no range of addresses; write it like `198.51.100.0/24`"),
                  member, i, items[i]);
  }
}

std::optional<std::vector<ApplicationId>> read_applications(MemberReader& reader,
                                                            std::string_view member) {
  if (!reader.has(member)) return std::nullopt;
  const auto items = reader.list(member);
  std::vector<ApplicationId> applications;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (const auto id = parse_guid(items[i].text())) {
      applications.push_back(ApplicationId{*id});
      continue;
    }
    reader.report(Severity::error, content_code,
                  '`' + printable(items[i].text()) + "` is no `appId`, which is a GUID", member, i,
                  items[i]);
  }
  return applications;
}

void read_words(MemberReader& reader, std::string_view member, std::vector<std::string>& into) {
  if (!reader.has(member)) return;
  into.clear();
  const auto items = reader.list(member);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!items[i].text().empty()) {
      into.emplace_back(items[i].text());
      continue;
    }
    reader.report(Severity::error, content_code, "this is no word", member, i, items[i]);
  }
}

BreakGlass read_break_glass(MemberReader& of, std::vector<Finding>& findings,
                            const json::Pointer& root) {
  BreakGlass out;
  const auto* value = of.find("breakGlass", json::Kind::object);
  if (value == nullptr) return out;
  const auto at = root.member("breakGlass");
  MemberReader reader(*value, Dialect::lenient, findings, at);
  const auto accounts = reader.list("accounts");
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    if (const auto id = parse_guid(accounts[i].text())) {
      out.accounts.push_back(UserId{*id});
      continue;
    }
    reader.report(Severity::error, content_code,
                  '`' + printable(accounts[i].text()) + "` is no id of a user, which is a GUID",
                  "accounts", i, accounts[i]);
  }
  if (reader.has("methods")) out.methods = 0;
  const auto methods = reader.list("methods");
  for (std::size_t i = 0; i < methods.size(); ++i) {
    const auto one = parse_combination(methods[i].text());
    if (one) {
      out.methods |= *one;
      continue;
    }
    reader.report(Severity::error, content_code,
                  '`' + printable(methods[i].text()) +
                      "` is no authentication method; write Graph's word, as `fido2`",
                  "methods", i, methods[i]);
  }
  read_words(reader, "where", out.where);
  read_words(reader, "platform", out.platform);
  read_words(reader, "client", out.client);
  read_words(reader, "device", out.device);
  read_words(reader, "risk", out.risk);
  reader.finish();
  return out;
}

}  // namespace

Reading<Settings> read_settings(const json::Value& document) {
  Reading<Settings> reading;
  auto& settings = reading.value;
  const json::Pointer root;
  MemberReader reader(document, Dialect::lenient, reading.findings, root);
  settings.id_text = reader.text("id");
  if (settings.id_text.empty()) settings.id_text = settings_id;
  read_ranges(reader, settings.mfa_trusted_ips);
  settings.office365 = read_applications(reader, "office365Applications");
  settings.admin_portals = read_applications(reader, "adminPortalApplications");
  settings.break_glass = read_break_glass(reader, reading.findings, root);
  reader.pass({"displayName", "description"});
  reader.finish();
  return reading;
}

}  // namespace sallyport
