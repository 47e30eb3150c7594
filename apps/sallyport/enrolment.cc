// `sallyport enrol-token`, `device` and `authority`: how devices become known, and cease to be.
#include "base/id.h"
#include "base/text.h"
#include "commands.h"
#include "data_folder.h"
#include "enrolment/authority.h"
#include "enrolment/osquery/osquery.h"
#include "life.h"
#include "service/enrolment/enrol.h"
#include "service/enrolment/tokens.h"
#include "store/each_of_kind.h"

namespace sallyport::cli {
namespace {

constexpr std::chrono::hours token_life_usual{24};

AuthorityPlace place_of(const AuthorityFlags& flags) {
  return {authority_folder_beside(flags.data + "/sallyport.db"), flags.key};
}

// A table of what a store holds, by whoever fills it.
template <class Fill>
Exit show_table(const std::string& data, const OutputOptions& options, Table table, Fill fill) {
  auto output = Output::open(options);
  if (!output) return could_not_run(output.error());
  auto store = open_data_folder(data, Opening::existing);
  if (!store) return could_not_run(store.error());
  const auto now = now_of({});
  if (!now) return could_not_run(now.error());
  if (const Result<void> filled = fill(**store, table, *now); !filled) {
    return could_not_run(filled.error());
  }
  output->write(render(table, output->presentation()));
  const auto finished = output->finish();
  return finished ? Exit::nothing_found : could_not_run(finished.error());
}

Cell state_of(const EnrolmentToken& token, Instant now) {
  if (token.used) return {"used " + date_or(token.used, ""), Tone::faint};
  if (token.expires <= now) return {"expired", Tone::bad};
  return {"unused", Tone::good};
}

Cell state_of(const DeviceCertificate& one, Instant now) {
  if (one.state == CertificateState::revoked) {
    return {"revoked " + date_or(one.revoked, "") + " (" + std::string(name_of(one.reason)) + ")",
            Tone::bad};
  }
  if (one.not_after < now) return {"expired", Tone::bad};
  return {one.renewed_by.empty() ? "good" : "good, renewed", Tone::good};
}

Result<void> fill_tokens(Store& store, Table& table, Instant now) {
  const auto tokens = list_enrolment_tokens(store);
  if (!tokens) return tl::unexpected<Error>(tokens.error());
  for (const auto& token : *tokens) {
    table.rows.push_back(
        {{token.id, Tone::plain},
         {token.name, Tone::plain},
         {token.user_id, Tone::plain},
         {token.ownership == Ownership::corporate ? "corporate" : "personal", Tone::plain},
         {token.device_id, Tone::plain},
         {date_or(token.expires, ""), Tone::plain},
         state_of(token, now),
         {token.serial, Tone::plain}});
  }
  return {};
}

Result<void> fill_certificates(Store& store, Table& table, Instant now) {
  const auto fill_one = [&](const VersionedDocument& document) -> Result<void> {
    const auto one = read_device_certificate(document.id, document.json);
    if (!one) return tl::unexpected<Error>(one.error());
    table.rows.push_back({{one->serial, Tone::plain},
                          {one->device_id, Tone::plain},
                          state_of(*one, now),
                          {date_or(one->not_after, ""), Tone::plain},
                          {std::string(name_of(one->enrolled_by)), Tone::plain},
                          {std::string(name_of(one->key_protection)), Tone::plain}});
    return {};
  };
  return each_of_kind(store, device_certificate_kind, fill_one);
}

}  // namespace

Exit create_enrol_token(const EnrolTokenFlags& flags) {
  const auto now = now_of({});
  if (!now) return could_not_run(now.error());
  const auto expires = expiry_of(flags.expires, *now, token_life_usual, MayLastForEver::no);
  if (!expires) return could_not_run(expires.error());
  if (!flags.device.empty() && !parse_guid(flags.device)) {
    return could_not_run({ErrorKind::invalid_argument,
                          "`" + printable(flags.device) + "` is no device id", "--device"});
  }
  auto store = open_data_folder(flags.data, Opening::made_when_missing);
  if (!store) return could_not_run(store.error());
  NewEnrolmentToken wanted;
  wanted.name = flags.name;
  wanted.user = flags.user;
  wanted.device_id = flags.device;
  wanted.ownership = flags.corporate ? Ownership::corporate : Ownership::personal;
  wanted.expires = **expires;
  const auto issued = create_enrolment_token(**store, wanted, *now);
  if (!issued) return could_not_run(issued.error());
  remark("this is shown once; it makes one device known, until " + date_or(*expires, ""));
  return print(issued->secret + "\n");
}

Exit list_enrol_tokens(const EnrolTokenFlags& flags) {
  Table table;
  table.columns = {{"ID", "id", false, false, false},
                   {"NAME", "displayName", true, false, false},
                   {"USER", "userId", false, false, false},
                   {"OWNERSHIP", "ownership", false, false, false},
                   {"FOR DEVICE", "deviceId", false, false, false},
                   {"EXPIRES", "expirationDateTime", false, false, false},
                   {"STATE", "state", false, false, false},
                   {"CERTIFICATE", "serialNumber", false, false, false}};
  return show_table(flags.data, flags.output, std::move(table), fill_tokens);
}

Exit revoke_enrol_token(const EnrolTokenFlags& flags) {
  auto store = open_data_folder(flags.data, Opening::existing);
  if (!store) return could_not_run(store.error());
  const auto now = now_of({});
  if (!now) return could_not_run(now.error());
  const auto revoked = revoke_enrolment_token(**store, flags.id, *now);
  if (!revoked) return could_not_run(revoked.error());
  return print("revoked\n");
}

Exit list_device_certificates(const DeviceFlags& flags) {
  Table table;
  table.columns = {{"SERIAL", "serialNumber", false, false, false},
                   {"DEVICE", "deviceId", false, false, false},
                   {"STATE", "state", true, false, false},
                   {"EXPIRES", "notAfter", false, false, false},
                   {"ENROLLED BY", "enrolledBy", false, false, false},
                   {"KEY IN", "keyProtection", false, false, false}};
  return show_table(flags.data, flags.output, std::move(table), fill_certificates);
}

Exit revoke_device(const DeviceFlags& flags) {
  const auto reason = parse_revocation_reason(flags.reason);
  if (!reason) return could_not_run(reason.error());
  auto store = open_data_folder(flags.data, Opening::existing);
  if (!store) return could_not_run(store.error());
  const auto now = now_of({});
  if (!now) return could_not_run(now.error());
  const auto keys = osquery::revoke_node_keys(**store, flags.serial_or_device);
  if (!keys) return could_not_run(keys.error());
  if (*keys > 0) {
    if (auto printed = print("its osquery host has to enrol again\n");
        printed != Exit::nothing_found) {
      return printed;
    }
  }
  const auto revoked =
      revoke_certificates(**store, flags.serial_or_device, *reason, command_line_caller(), *now);
  // A device that osquery alone speaks for has no certificates.
  if (!revoked && revoked.error().kind == ErrorKind::not_found && *keys > 0) {
    return Exit::nothing_found;
  }
  if (!revoked) return could_not_run(revoked.error());
  return print(*revoked == 0   ? "nothing to revoke: all were revoked before\n"
               : *revoked == 1 ? "1 certificate revoked\n"
                               : std::to_string(*revoked) + " certificates revoked\n");
}

Exit request_authority(const AuthorityFlags& flags) {
  const auto request = authority_request(place_of(flags));
  if (!request) return could_not_run(request.error());
  return print(*request);
}

Exit install_authority(const AuthorityFlags& flags) {
  const auto pem = read_input(flags.file);
  if (!pem) return could_not_run(pem.error());
  const auto now = now_of({});
  if (!now) return could_not_run(now.error());
  auto store = open_data_folder(flags.data, Opening::made_when_missing);
  if (!store) return could_not_run(store.error());
  const auto count = (*store)->count(device_certificate_kind);
  if (!count) return could_not_run(count.error());
  const auto given_out = *count == 0 ? GivenOut::nothing : GivenOut::some;
  const auto installed = sallyport::install_authority(place_of(flags), *pem, given_out, *now);
  if (!installed) {
    auto error = installed.error();
    if (error.where.empty()) error.where = flags.file;
    return could_not_run(error);
  }
  return print("installed; servers use it from their next start\n");
}

Exit show_authority(const AuthorityFlags& flags) {
  const auto now = now_of({});
  if (!now) return could_not_run(now.error());
  const auto authority = IssuingAuthority::open(place_of(flags), *now);
  if (!authority) return could_not_run(authority.error());
  return print(authority->chain_pem());
}

}  // namespace sallyport::cli
