// An osqueryd as far as its TLS plugins go: enrols when it has no key, fetches its schedule,
// answers what it is asked, logs snapshots, and enrols anew when it is told node_invalid. It
// understands answers as strictly as the real one, which ends itself over others.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/json.h"
#include "web/http_client.h"

namespace sallyport {

class SimulatedHost {
 public:
  struct Options {
    std::string url;  // of the server
    std::string secret;
    std::string identifier;
    std::string platform_type = "9";
    std::string name = "host";
    HttpClientOptions http;
  };
  explicit SimulatedHost(Options options);

  // Rows by query; a query that is not here has no table: status 1.
  std::map<std::string, std::string> tables;

  // Each gives whether all went well; `problem` says why not.
  bool enroll();
  bool fetch_config();
  bool answer_queries();  // distributed/read and write
  bool log_snapshots(int unix_time, bool packed);
  int queries_asked = 0;  // by the last answer_queries
  int scheduled = 0;      // by the last fetch_config
  std::string problem;
  std::string node_key;

 private:
  // The answer when it is one; enrols anew, once, when it is told to.
  bool ask(const std::string& path, const std::string& members, json::Document& answer,
           bool packed = false, bool again = false);
  bool post(const std::string& path, const std::string& body, bool packed, json::Document& answer);

  Options options_;
  std::unique_ptr<HttpClient> client_;
};

}  // namespace sallyport
