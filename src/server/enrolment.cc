#include "server/enrolment.h"

#include "enrolment/whole_file.h"
#include "gates/tpm_challenge.h"
#include "server/log.h"

namespace sallyport {
namespace {

constexpr std::size_t ocsp_body_max = 8 * 1024;

EnrolmentRules rules_of(const EnrolmentConfig& config) {
  EnrolmentRules rules;
  rules.certificate_life = config.certificate_life;
  rules.renewal_window = config.renewal_window;
  rules.devices_per_user_max = config.devices_per_user_max;
  rules.base_url = config.public_url;
  return rules;
}

}  // namespace

ProxyTrust proxy_trust(const Config& config) {
  ProxyTrust trust;
  trust.addresses = config.forward_auth.trusted_proxies;
  trust.secret = config.forward_auth.secret;
  return trust;
}

EnrolmentRoom::EnrolmentRoom(const Config& config, Store& store, LiveTenant& tenant,
                             IssuingAuthority authority, std::optional<TpmAuthorities> tpm)
    : authority_(std::move(authority)),
      tpm_(std::move(tpm)),
      index_(store),
      enrolment_(store, tenant, authority_, index_, rules_of(config.enrolment)),
      trust_(proxy_trust(config)),
      devices_(DeviceAuthority::of(authority_, index_)),
      peers_(devices_, trust_, config.enrolment.certificate_header),
      est_(enrolment_, peers_, tpm_ ? &*tpm_ : nullptr),
      pki_(store, authority_, index_) {}

Result<std::unique_ptr<EnrolmentRoom>> EnrolmentRoom::open(const Config& config, Store& store,
                                                           LiveTenant& tenant, Instant (*clock)()) {
  AuthorityPlace place{config.enrolment.folder, config.enrolment.key, config.enrolment.scep};
  if (place.folder.empty()) place.folder = authority_folder_beside(config.store);
  auto authority = IssuingAuthority::open(place, clock());
  if (!authority) return tl::unexpected<Error>(std::move(authority.error()));
  std::optional<TpmAuthorities> tpm;
  if (const auto& path = config.enrolment.tpm_authorities; !path.empty()) {
    const auto pem = read_whole_file(path);
    if (!pem) return tl::unexpected<Error>(pem.error());
    auto read = TpmAuthorities::from_pem(*pem);
    if (!read) return fail(read.error().kind, read.error().message, path);
    tpm.emplace(std::move(*read));
  }
  std::unique_ptr<EnrolmentRoom> room(
      new EnrolmentRoom(config, store, tenant, std::move(*authority), std::move(tpm)));
  if (const auto loaded = room->index_.refresh(clock()); !loaded) {
    return tl::unexpected<Error>(loaded.error());
  }
  if (config.enrolment.scep) {
    auto codec = ScepCodec::make(room->authority_, config.enrolment.scep_legacy_algorithms
                                                       ? ScepCodec::Algorithms::legacy
                                                       : ScepCodec::Algorithms::strong);
    if (!codec) return tl::unexpected<Error>(std::move(codec.error()));
    room->scep_.emplace(std::move(*codec), room->enrolment_, room->devices_, room->pki_);
  }
  room->index_.follow(clock,
                      [&enrolment = room->enrolment_](const std::string& serial, Instant now) {
                        if (const auto ended = enrolment.end_superseded(serial, now); !ended) {
                          log(LogLevel::warning,
                              "the older certificates of a device could not be ended; its next use "
                              "of the new one tries again",
                              {{"serial", serial}, {"reason", describe(ended.error())}});
                        }
                      });
  return room;
}

void EnrolmentRoom::vouch_to(std::optional<DeviceAuthority>& authority) const {
  if (authority) {
    authority->trust(authority_, index_);
  } else {
    authority.emplace(DeviceAuthority::of(authority_, index_));
  }
}

void EnrolmentRoom::add_routes(Router& router, Workers& workers, Instant (*clock)()) {
  // Each waits for the disk or signs, which the threads that decide have no time for.
  const auto add = [&](std::string method, std::string path, Workers::Handler handler,
                       std::size_t body_max) {
    router.add({std::move(method), std::move(path),
                [&workers, handler = std::move(handler)](const HttpRequest& request) {
                  return workers.answer(request, handler);
                },
                body_max});
  };
  add(
      "*", std::string(est_prefix) + "*",
      [this, clock](const HttpRequest& request) { return est_.handle(request, clock()); },
      est_body_max);
  add(
      "POST", "/agent/v1/tpm-challenge",
      [this, clock](const HttpRequest& request) {
        return tpm_challenge(tpm_ ? &*tpm_ : nullptr, request, clock());
      },
      tpm_challenge_size_max);
  if (scep_) {
    const Workers::Handler scep = [this, clock](const HttpRequest& request) {
      return scep_->handle(request, clock());
    };
    for (const auto* path : {"/scep", "/scep/*"}) add("*", path, scep, scep_message_size_max);
  }
  add(
      "GET", "/pki/device.crl",
      [this, clock](const HttpRequest&) { return pki_.revocation_list(clock()); }, 0);
  add(
      "GET", "/pki/device-authority.cer", [this](const HttpRequest&) { return pki_.certificate(); },
      0);
  const Workers::Handler ocsp = [this, clock](const HttpRequest& request) {
    return pki_.ocsp(request, clock());
  };
  add("POST", "/pki/ocsp", ocsp, ocsp_body_max);
  add("GET", "/pki/ocsp/*", ocsp, 0);
}

}  // namespace sallyport
