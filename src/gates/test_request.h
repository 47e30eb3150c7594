// For tests: a request whose headers are written in place.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "gates/message.h"

namespace sallyport {

struct TestRequest {
  std::vector<Header> headers;
  HttpRequest request;

  TestRequest(std::initializer_list<Header> list, std::string_view peer = "127.0.0.1")
      : headers(list) {
    request.method = "GET";
    request.target = request.path = "/";
    request.peer = parse_ip_address(peer).value();
    request.headers = headers;
  }
  TestRequest(const TestRequest&) = delete;
  TestRequest& operator=(const TestRequest&) = delete;

  void add(std::string_view name, std::string_view value) {
    headers.push_back({name, value});
    request.headers = headers;
  }
  void set(std::string_view name, std::string_view value) {
    for (auto& h : headers)
      if (h.name == name) h.value = value;
  }
};

}  // namespace sallyport
