// A device becomes known: a token and a certificate request become a certificate, its record, the
// directory's device and their audit entries, in one transaction, in effect before the answer.
//
// So a server that is killed leaves the token unused, or the certificate on record; whoever then
// asks again with the same key is given the same certificate.
//
// Errors: denied, the token (or the certificate that is to be renewed) does not count; conflict,
// it counts but this is not allowed: too many devices, another device's id, another subject, too
// early; invalid_argument; unavailable. Messages are for whoever enrols.
// Threads: any number may call.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "enrolment/authority.h"
#include "enrolment/certificate_index.h"
#include "enrolment/certificate_request.h"
#include "enrolment/device_certificate.h"
#include "enrolment/osquery/osquery.h"
#include "service/change_document.h"
#include "service/change_queue.h"
#include "service/enrolment/tokens.h"
#include "service/managed_devices/record.h"

namespace sallyport {

struct EnrolmentRules {
  std::chrono::days certificate_life{365};
  std::chrono::days renewal_window{60};  // before a certificate's end; not earlier
  std::size_t devices_per_user_max = 20;
  std::string base_url;  // for the addresses in certificates; empty: they hold none
};

// What came with a request, whichever protocol it came by.
struct Enrollee {
  CertificateRequest request;
  EnrolledBy protocol = EnrolledBy::est;
  std::string device_name;       // what the device says of itself; may be empty
  std::string operating_system;  // likewise
  std::string transaction_id;    // SCEP's
  KeyProtection key_protection = KeyProtection::software;
  std::string evidence;  // base64
  std::string ip_address;
};

class Enrolment {
 public:
  // REQUIRES: all outlive this.
  Enrolment(Store& store, LiveTenant& tenant, const IssuingAuthority& authority,
            CertificateIndex& index, EnrolmentRules rules);

  [[nodiscard]] Result<DeviceCertificate> enrol(const Enrollee& enrollee, std::string_view token,
                                                Instant now);
  // `serial`: of the certificate by which the device has just proved who it is.
  [[nodiscard]] Result<DeviceCertificate> renew(const Enrollee& enrollee, std::string_view serial,
                                                Instant now);
  // The device has used this certificate: its older ones, good until now in case this one was lost
  // on the way, are revoked as superseded.
  [[nodiscard]] Result<void> end_superseded(std::string_view serial, Instant now);
  // A device without a certificate becomes known, an osquery host: `key_hash` of the request stands
  // for it. A token that was used is good again for the same one. Without a token the caller
  // vouches for it, as the company's device. `before` is what it was enrolled as, or empty: a
  // conflict, when that is another owner's and has not left.
  [[nodiscard]] Result<osquery::Enrolled> admit(const Enrollee& enrollee, std::string_view token,
                                                const osquery::Enrolled& before, Instant now);
  // The certificate a SCEP transaction gave to this key. not_found: none.
  [[nodiscard]] Result<DeviceCertificate> find_transaction(std::string_view transaction_id,
                                                           std::string_view key_hash);
  [[nodiscard]] Result<DeviceCertificate> find(std::string_view serial) {
    return find_device_certificate(store_, serial);
  }

  const IssuingAuthority& authority() const { return authority_; }
  const CertificateIndex& index() const { return index_; }

 private:
  struct Order;
  Result<void> plan_enrolment(const Order& order, Draft& draft, DeviceCertificate& out);
  Result<void> plan_admission(const Order& order, const osquery::Enrolled& before, Draft& draft,
                              osquery::Enrolled& out);
  Result<void> check_owner(const osquery::Enrolled& before, const osquery::Enrolled& wanted,
                           Draft& draft);
  Result<void> plan_renewal(const Order& order, std::string_view serial, Draft& draft,
                            DeviceCertificate& out);
  Result<void> plan_device(const Order& order, const EnrolmentToken& token, Draft& draft);
  Result<void> plan_new_device(const Order& order, const EnrolmentToken& token,
                               const std::string& name, Draft& draft);
  Result<void> plan_record(const Order& order, const EnrolmentToken& token, const DeviceKeys& keys,
                           const std::string& name, Draft& draft);
  Result<void> plan_limit(const Order& order, const EnrolmentToken& token, Draft& draft);
  Result<void> plan_certificate(const Order& order, const std::string& device,
                                const std::string& user, Draft& draft, DeviceCertificate& out);
  Result<DeviceCertificate> run(const std::function<Result<void>(Draft&)>& plan, Instant now,
                                const DeviceCertificate& out);

  Store& store_;
  LiveTenant& tenant_;
  ChangeQueue queue_;
  const IssuingAuthority& authority_;
  CertificateIndex& index_;
  EnrolmentRules rules_;
};

// Makes certificates worthless: the one with this serial number, or all that are still good of the
// device with this id; how many it was. Doors refuse them from the next request on, of other
// processes within a tenth of a second. not_found: there is none.
[[nodiscard]] Result<std::size_t> revoke_certificates(Store& store,
                                                      std::string_view serial_or_device,
                                                      RevocationReason reason, const Caller& caller,
                                                      Instant now);

}  // namespace sallyport
