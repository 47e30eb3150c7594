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
  reader.pass({"displayName", "description"});
  reader.finish();
  return reading;
}

}  // namespace sallyport
