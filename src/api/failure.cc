#include "api/failure.h"

namespace sallyport::api {
namespace {

constexpr int retry_after_seconds = 2;

std::string message_of(const Error& error) {
  // Where the store's file is, is nobody's business.
  const bool hidden = error.kind == ErrorKind::not_found || error.kind == ErrorKind::unavailable;
  if (error.where.empty() || hidden) return error.message;
  return error.message + " (" + error.where + ")";
}

}  // namespace

Failure failure_of(const Error& error, ErrorStyle error_style, bool conditional) {
  const bool directory = error_style == ErrorStyle::directory;
  Failure failure;
  failure.message = message_of(error);
  switch (error.kind) {
    case ErrorKind::invalid_argument:
      failure.status = 400;
      failure.code = directory ? "Request_BadRequest" : "BadRequest";
      break;
    case ErrorKind::not_found:
      failure.status = 404;
      failure.code = directory ? "Request_ResourceNotFound" : "ResourceNotFound";
      break;
    case ErrorKind::conflict:
      failure.status = conditional ? 412 : 409;
      failure.code = conditional ? "PreconditionFailed" : "Conflict";
      failure.message = error.message;
      break;
    case ErrorKind::too_large:
      failure.status = 413;
      failure.code = "RequestEntityTooLarge";
      break;
    case ErrorKind::denied:
      failure.status = 403;
      failure.code = directory ? "Authorization_RequestDenied" : "AccessDenied";
      break;
    case ErrorKind::unavailable:
      failure.status = 503;
      failure.code = "ServiceUnavailable";
      failure.retry_after = retry_after_seconds;
      break;
    case ErrorKind::internal:
      failure.status = 500;
      failure.code = "InternalServerError";
      break;
  }
  return failure;
}

tl::unexpected<Failure> refuse(int status, std::string code, std::string message) {
  return tl::unexpected<Failure>(Failure{status, std::move(code), std::move(message), {}, 0});
}

}  // namespace sallyport::api
