// A small tenant as documents, from a seed. Every private text holds `kryptonite`, every private id
// begins with 5ec7e75e, every domain is hidden-contoso.com, and addresses are drawn from few, so
// that what shows through is seen.
#pragma once

#include <string>
#include <vector>

#include "tests/differential/random.h"

namespace sallyport::testing_support {

struct MadeDocument {
  std::string type;  // `user`, of #microsoft.graph
  std::string json;
};

std::vector<MadeDocument> make_documents(Random& random);

inline const std::vector<std::string>& made_addresses() {
  static const std::vector<std::string> addresses = {
      "198.51.100.7", "198.51.100.200", "203.0.113.9",       "203.0.113.77",
      "192.0.2.1",    "192.0.2.130",    "2001:db8:5ec7::77", "2001:db8:5ec8::78"};
  return addresses;
}

}  // namespace sallyport::testing_support
