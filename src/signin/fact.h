// A fact of a sign-in: known, absent, or unknown. Absent and unknown are different things.
//
//   absent   there is no such signal: no device presented itself, the address has no country.
//            Conditions then match as the service's do (spec, table 2.10).
//   unknown  there may be one, but it is not told: the what-if left it out, or its source failed.
//            It could be any value, and none. A decision then takes every policy that some value
//            could make apply, and lets it satisfy no requirement.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace sallyport {

enum class Knowledge : std::uint8_t { absent, known, unknown };

template <class T>
class Fact {
 public:
  constexpr Fact() = default;  // unknown
  constexpr Fact(T value) : knowledge_(Knowledge::known), value_(std::move(value)) {}
  static constexpr Fact absent() { return Fact(Knowledge::absent); }
  static constexpr Fact unknown() { return Fact(Knowledge::unknown); }

  constexpr Knowledge knowledge() const { return knowledge_; }
  constexpr bool is_known() const { return knowledge_ == Knowledge::known; }
  constexpr bool is_absent() const { return knowledge_ == Knowledge::absent; }
  constexpr bool is_unknown() const { return knowledge_ == Knowledge::unknown; }
  constexpr const T& operator*() const { return value_; }  // T{} when it is not known
  constexpr const T* operator->() const { return &value_; }
  // For who fills in what is known where it stands.
  constexpr T& make_known() {
    knowledge_ = Knowledge::known;
    return value_;
  }
  constexpr bool is(const T& value) const { return is_known() && value_ == value; }

 private:
  explicit constexpr Fact(Knowledge knowledge) : knowledge_(knowledge) {}
  Knowledge knowledge_ = Knowledge::unknown;
  T value_{};
};

// A fact of few values is one small number, for tables: absence, the unknown, then each value.
template <class T>
concept FewValues = std::is_enum_v<T> || std::same_as<T, bool>;

template <FewValues T>
class Fact<T> {
 public:
  constexpr Fact() = default;  // unknown
  constexpr Fact(T value) : number_(number_of(value)) {}
  static constexpr Fact absent() { return of_number(absent_number); }
  static constexpr Fact unknown() { return of_number(unknown_number); }

  constexpr Knowledge knowledge() const {
    return is_known() ? Knowledge::known : is_absent() ? Knowledge::absent : Knowledge::unknown;
  }
  constexpr bool is_known() const { return number_ >= first_value; }
  constexpr bool is_absent() const { return number_ == absent_number; }
  constexpr bool is_unknown() const { return number_ == unknown_number; }
  constexpr T operator*() const {  // T{} when it is not known
    return is_known() ? static_cast<T>(number_ - first_value) : T{};
  }
  constexpr bool is(T value) const { return number_ == number_of(value); }

  constexpr std::size_t number() const { return number_; }

 private:
  static constexpr std::uint8_t absent_number = 0, unknown_number = 1, first_value = 2;
  static constexpr std::uint8_t number_of(T value) {
    return static_cast<std::uint8_t>(static_cast<std::uint8_t>(value) + first_value);
  }
  static constexpr Fact of_number(std::uint8_t number) {
    Fact fact;
    fact.number_ = number;
    return fact;
  }
  std::uint8_t number_ = unknown_number;
};

}  // namespace sallyport
