// Expectations as files of TOML, for people to write and for generated tests:
//
//   [[expect]]
//   name = "Guests prove who they are"
//   who = "guests"
//   what = ["any application"]
//   expect = "needs mfa"
//
// Every mistake is a problem with file, line and column; then none of the file is to be used.
// Format: docs/analysis/expectations.md.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/proof/expectation.h"

namespace sallyport::proof {

struct ExpectationFile {
  std::vector<Expectation> expectations;
  std::vector<Error> problems;
};

// `tenant` knows the names that words may use.
ExpectationFile read_expectations(std::string_view text, const std::string& file,
                                  const Tenant& tenant);

// What read_expectations() reads. `remark` goes on top, as a comment.
std::string write_expectations(std::span<const Expectation> expectations, std::string_view remark);

// `guests-prove-who-they-are`
std::string id_from_name(std::string_view name);

}  // namespace sallyport::proof
