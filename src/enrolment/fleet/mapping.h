// What Fleet (a manager of osquery hosts) tells of a host, as our facts. The tables are in
// mapping.cc, for people to read and to change. Threads: free.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "compliance/fact.h"

namespace sallyport::fleet {

enum System : std::uint8_t {
  linux_host = 1,
  macos_host = 2,
  windows_host = 4,
  ios_host = 8,
  android_host = 16,
  any_host = 31
};

// One of Fleet's words for what a host runs: `darwin`, `ubuntu`.
struct PlatformRow {
  std::string_view platform;
  System system;
  std::string_view operating_system;  // the fact of that name
};
// Null: a platform that is not known here, of which nothing is told.
const PlatformRow* find_platform(std::string_view platform);

// How a host's member becomes a fact.
enum class Reading : std::uint8_t {
  text,
  truth,       // true or false; null is unknown
  never_true,  // false counts; true says too little and is unknown
  version,     // of a text such as `Ubuntu 22.04.4 LTS`
};
struct MemberRow {
  std::string_view member;  // of a host in Fleet's answer
  std::uint8_t systems;     // whose hosts it is read of
  Reading reading;
  compliance::Fact fact;
};
std::span<const MemberRow> member_rows();

// The version in such a text; empty when there is none. Windows calls its releases by numbers, too:
// its version is the one that begins with 10.0 or 6.
std::string_view version_in(std::string_view text, System system);

// Whether a serial number, or a hardware UUID, names one machine: boards leave the factory with
// `Default string`.
bool identifies(std::string_view serial_or_uuid);

}  // namespace sallyport::fleet
