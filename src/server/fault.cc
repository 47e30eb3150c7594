#include "server/fault.h"

#include "server/log.h"

namespace sallyport {

HttpResponse fault(const std::exception& why) {
  log(LogLevel::error, "a request could not be answered", {{"reason", why.what()}});
  return error_response(500, "internalServerError", "the request could not be answered");
}

}  // namespace sallyport
