// Sign-ins at the example tenant, for tests.
#pragma once

#include "service/sign_in_request.h"
#include "service/test_tenant.h"

namespace sallyport {

inline const Instant test_now = *parse_instant("2026-03-01T12:00:00Z");

inline IpAddress address(std::string_view text) { return *parse_ip_address(text); }

// Ada at the wiki with a browser from the head office, with a password alone.
inline SignInRequest request_of(std::string_view subject = ada, std::string_view resource = wiki,
                                std::string_view from = "192.0.2.10") {
  static constexpr std::string_view password[] = {"pwd"};
  SignInRequest request;
  request.gate = "test";
  request.subject = subject;
  request.resource = resource;
  request.ip_address = address(from);
  request.device = Fact<std::string_view>::absent();
  request.platform = Platform::windows;
  request.client_app = ClientApp::browser;
  request.user_agent = "a browser";
  request.methods = std::span<const std::string_view>(password);
  request.authenticated_at = test_now;
  return request;
}

}  // namespace sallyport
