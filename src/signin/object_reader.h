// Reads a JSON object member by member, whatever the letter case of the names, and keeps the first
// thing that was wrong. Internal to signin/.
//
//   ObjectReader conditions(value, where, missing, error);
//   sign_in.country = conditions.fact<Country>("country", parse_country, "a country");
//   conditions.refuse_rest();
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/text.h"
#include "signin/fact.h"
#include "signin/read.h"

namespace sallyport {

class FirstError {
 public:
  void report(const json::Pointer& where, std::string message) {
    if (!error_) error_ = Error{ErrorKind::invalid_argument, std::move(message), where.text()};
  }
  const std::optional<Error>& get() const { return error_; }

 private:
  std::optional<Error> error_;
};

// `{"unknown": true}`
bool is_unknown(const json::Value& value);

class ObjectReader {
 public:
  // A null `value` is an object without members. REQUIRES: `where` and `error` outlive the reader.
  ObjectReader(const json::Value* value, const json::Pointer& where, Missing missing,
               FirstError& error);

  // The member, or null when there is none; two that differ in letter case only are an error.
  const json::Value* take(std::string_view name);
  json::Pointer where(std::string_view name) const { return where_.member(name); }
  const json::Pointer& where() const { return where_; }
  Missing missing() const { return missing_; }
  FirstError& error() { return error_; }
  void report(std::string_view name, std::string message) {
    error_.report(where(name), std::move(message));
  }

  // A text that `parse` understands; `what` says which those are, for the message.
  template <class T, class Parse>
  Fact<T> fact(std::string_view name, Parse parse, std::string_view what);
  Fact<bool> flag_fact(std::string_view name);

  bool flag(std::string_view name);                             // left out or null: false
  std::optional<std::string_view> text(std::string_view name);  // left out or null: nothing
  struct Texts {
    bool told = false;  // left out: not; null: told, and empty
    bool unknown = false;
    std::vector<std::string_view> items;
  };
  Texts texts(std::string_view name);

  // Reports the first member that nobody took, annotations aside.
  void refuse_rest();

 private:
  template <class T>
  Fact<T> left_out() const {
    return missing_ == Missing::absent ? Fact<T>::absent() : Fact<T>::unknown();
  }

  std::span<const json::Member> members_;
  std::vector<bool> taken_;
  const json::Pointer& where_;
  Missing missing_;
  FirstError& error_;
};

template <class T, class Parse>
Fact<T> ObjectReader::fact(std::string_view name, Parse parse, std::string_view what) {
  const json::Value* value = take(name);
  if (value == nullptr) return left_out<T>();
  if (value->is_null()) return Fact<T>::absent();
  if (is_unknown(*value)) return Fact<T>::unknown();
  if (!value->is_string()) {
    report(name,
           "expected " + std::string(what) + ", not " + std::string(json::name_of(value->kind())));
    return Fact<T>::unknown();
  }
  if (const auto parsed = parse(value->text())) return Fact<T>(*parsed);
  report(name, "`" + printable(value->text()) + "` is not " + std::string(what));
  return Fact<T>::unknown();
}

}  // namespace sallyport
