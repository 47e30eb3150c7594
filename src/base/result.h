// An operation either gives a value or an Error; no exception crosses a module.
//
// An Error is for operations that could not be carried out (a file that cannot be read, a document
// that is not JSON). That a sign-in is denied is not an error: it is a value (engine/decision.h).
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace sallyport {

// Neutral kinds; each protocol's edge maps them to its own codes in one table.
enum class ErrorKind {
  invalid_argument,  // the caller's input is wrong; the message says what to change
  not_found,
  conflict,     // somebody else changed or already holds it
  too_large,    // a documented bound was passed
  denied,       // the caller may not
  unavailable,  // try again later: disk full, database locked
  internal,     // our fault; the message is safe to show
};

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;  // lower case, no final period, user input in backticks
  std::string where;    // file:line:column, a JSON pointer, a flag; empty when there is no place
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message, std::string where = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(message), std::move(where)});
}

// "where: message", or the message alone.
inline std::string describe(const Error& error) {
  return error.where.empty() ? error.message : error.where + ": " + error.message;
}

}  // namespace sallyport
