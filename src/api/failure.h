// Why a request of the administrative interface was not carried out, as Graph says it (spec,
// section 1.6).
#pragma once

#include <string>

#include "base/result.h"

namespace sallyport::api {

struct Failure {
  int status = 500;
  std::string code;     // Graph's: `ResourceNotFound`
  std::string message;  // `1032: InvalidUsers: ...`
  std::string allow;    // of a 405: the methods there are
  int retry_after = 0;  // seconds, of a 429 or 503
};

template <class T>
using OrFailure = tl::expected<T, Failure>;

// Conditional access and the directory spell some codes differently.
enum class ErrorStyle : bool { conditional_access, directory };

// `conditional`: the caller had said which version it changes (If-Match).
Failure failure_of(const Error& error, ErrorStyle error_style, bool conditional = false);
tl::unexpected<Failure> refuse(int status, std::string code, std::string message);

}  // namespace sallyport::api
