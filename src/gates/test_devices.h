// For tests: a device authority, and devices with certificates of it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "enrolment/certificate_request.h"
#include "enrolment/test_csr.h"
#include "gates/peer_device.h"
#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport {

struct TestDevices {
  static inline const Instant now = *parse_instant("2026-11-26T03:00:00Z");
  static inline const std::string device_id = "0b0c2a6c-9d5c-4f6e-8f0e-3f0f5a1b2c3d";

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_ = std::move(*open_sqlite_store(folder_.file("store.db")));
  IssuingAuthority authority_ =
      std::move(*IssuingAuthority::open({folder_.file("authority"), ""}, now));
  CertificateIndex index_{*store_};
  DeviceAuthority devices_ = DeviceAuthority::of(authority_, index_);
  ProxyTrust trust_;

  TestDevices() { trust_.addresses = {*parse_cidr("10.0.0.1/32")}; }

  // A certificate that names `device`; on record it may be another's.
  DeviceCertificate issue(const std::string& recorded_for = device_id, bool record = true,
                          const std::string& device = device_id) {
    CertificateOrder order;
    order.public_key = read_certificate_request(TestDevice().request())->public_key;
    order.device_id = device;
    order.serial = *random_serial();
    order.not_before = now - std::chrono::minutes(5);
    order.not_after = now + std::chrono::days(1);
    DeviceCertificate one;
    one.serial = order.serial;
    one.issuer = authority_.name();
    one.device_id = recorded_for;
    one.thumbprint = one.key_hash = "00";
    one.not_before = order.not_before;
    one.not_after = order.not_after;
    one.der = *authority_.issue(order);
    if (record) put(one);
    return one;
  }
  void put(const DeviceCertificate& one) {
    EXPECT_TRUE(store_->put(device_certificate_kind, one.serial, write_device_certificate(one))
                    .has_value());
    EXPECT_TRUE(index_.refresh(now).has_value());
  }
};

}  // namespace sallyport
