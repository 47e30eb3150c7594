// `sallyport token`: who may use the REST interface.
#include "api/client_assertion.h"
#include "base/text.h"
#include "commands.h"
#include "data_folder.h"
#include "service/permissions.h"
#include "service/tokens.h"

#include <charconv>

namespace sallyport::cli {
namespace {

constexpr std::chrono::days life_usual{90};
constexpr std::int64_t days_max = 3650;

// `90d`, `12h`, `never`; nothing said: 90 days.
Result<std::optional<Instant>> expiry_of(const std::string& text, Instant now) {
  if (text.empty()) return std::optional<Instant>(now + life_usual);
  if (text == "never") return std::optional<Instant>();
  std::int64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end.ptr,
                              static_cast<std::size_t>(text.data() + text.size() - end.ptr));
  if (end.ec == std::errc() && number > 0 && number <= days_max) {
    if (unit == "d") return std::optional<Instant>(now + std::chrono::days(number));
    if (unit == "h") return std::optional<Instant>(now + std::chrono::hours(number));
  }
  return fail(ErrorKind::invalid_argument,
              "`" + printable(text) + "` is neither a time, as 90d or 12h, nor `never`",
              "--expires");
}

Result<void> show(const std::string& text) {
  auto output = Output::open({});
  if (!output) return tl::unexpected<Error>(output.error());
  output->write(text);
  return output->finish();
}

std::string date_or(const std::optional<Instant>& at, const char* none) {
  if (!at) return none;
  return to_string(std::chrono::time_point_cast<std::chrono::seconds>(*at));
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

Exit create_token(const TokenFlags& flags) {
  const auto now = now_of({});
  if (!now) return could_not_run(now.error());
  const auto expires = expiry_of(flags.expires, *now);
  if (!expires) return could_not_run(expires.error());
  auto permissions = expand_permissions(flags.permissions);
  if (!permissions) return could_not_run(permissions.error());
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
        create_client(**store, {flags.name, *permissions, certificate, *expires}, *now);
    if (!issued) return could_not_run(issued.error());
    told = "client_id=" + issued->id + "\n";
    if (!issued->secret.empty()) told += "client_secret=" + issued->secret + "\n";
  } else {
    const auto issued =
        create_token(**store, {flags.name, *permissions, flags.user, *expires}, *now);
    if (!issued) return could_not_run(issued.error());
    told = issued->secret + "\n";
  }
  remark("this is shown once; it expires " + date_or(*expires, "never"));
  const auto shown = show(told);
  return shown ? Exit::nothing_found : could_not_run(shown.error());
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
                   {"EXPIRES", "expirationDateTime", false, false, false},
                   {"LAST USED", "lastUsedDateTime", false, false, false}};
  for (const auto& one : *listed) {
    const bool over = one.is_expired(*now);
    table.rows.push_back({{one.name, Tone::plain},
                          {one.kind == CredentialKind::token ? "token" : "client", Tone::plain},
                          {one.id, Tone::plain},
                          {joined(one.permissions), Tone::plain},
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
  const auto shown = show("revoked\n");
  return shown ? Exit::nothing_found : could_not_run(shown.error());
}

}  // namespace sallyport::cli
