// What the agent read about this machine: a fact each, by the names of docs/agent.md.
//
// A fact that is not there is unknown; one that could not be read says why. Nothing is guessed: a
// collector that is not sure leaves the fact out or tells the reason, and the server then treats a
// policy that asks for it as not met.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace sallyport::agent {

struct Unreadable {
  std::string why;  // "/etc/pam.d/passwd: permission denied"
  friend bool operator==(const Unreadable&, const Unreadable&) = default;
};
using Reading = std::variant<bool, std::int64_t, std::string, Unreadable>;

class Readings {
 public:
  void set(std::string_view fact, bool is) { facts_.insert_or_assign(std::string(fact), is); }
  void set(std::string_view fact, std::int64_t n) { facts_.insert_or_assign(std::string(fact), n); }
  void set(std::string_view fact, std::string text) {
    facts_.insert_or_assign(std::string(fact), std::move(text));
  }
  void set(std::string_view fact, const char* text) { set(fact, std::string(text)); }
  void unreadable(std::string_view fact, std::string why) {
    facts_.insert_or_assign(std::string(fact), Unreadable{std::move(why)});
  }
  // What led to a fact, for the user alone: "/home on sda3 is not encrypted".
  void note(std::string_view fact, std::string words) {
    notes_.insert_or_assign(std::string(fact), std::move(words));
  }

  const Reading* find(std::string_view fact) const {
    const auto it = facts_.find(fact);
    return it == facts_.end() ? nullptr : &it->second;
  }
  const std::map<std::string, Reading, std::less<>>& facts() const { return facts_; }
  const std::map<std::string, std::string, std::less<>>& notes() const { return notes_; }
  // What `other` read replaces what was here.
  void take(const Readings& other) {
    for (const auto& [name, value] : other.facts_) facts_.insert_or_assign(name, value);
    for (const auto& [name, words] : other.notes_) notes_.insert_or_assign(name, words);
  }
  // Notes are no facts.
  friend bool operator==(const Readings& a, const Readings& b) { return a.facts_ == b.facts_; }

 private:
  std::map<std::string, Reading, std::less<>> facts_;
  std::map<std::string, std::string, std::less<>> notes_;
};

}  // namespace sallyport::agent
