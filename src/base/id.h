// Object ids. Graph's ids are GUIDs; other systems' are any text. Both become 128 bits, so that an
// id is a value of 16 bytes that compares in one step.
//
// A GUID is its own bits, in any letter case. Any other text is the first 122 bits of its SHA-256,
// marked as a version 8 UUID (RFC 9562), so that it never equals a GUID a directory hands out and
// two texts never meet. Words such as `All` are not ids: readers recognise them first.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

struct Guid {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const Guid&, const Guid&) = default;
  friend constexpr bool operator==(const Guid& a, const Guid& b) {  // in one step
    return ((a.high ^ b.high) | (a.low ^ b.low)) == 0;
  }
};

// 8-4-4-4-12 hexadecimal digits; nothing else is a GUID.
std::optional<Guid> parse_guid(std::string_view text);
std::string to_string(const Guid& guid);   // lower case
Guid guid_of_text(std::string_view text);  // as above, total
// A version 4 UUID from the system's generator: nobody can guess another's.
Guid random_guid();

// Ids that could be confused are different types: a GroupId is never a RoleId.
template <class Tag>
struct Id {
  Guid guid;
  friend auto operator<=>(const Id&, const Id&) = default;
  static Id of(std::string_view text) { return Id{guid_of_text(text)}; }
};

template <class Tag>
std::string to_string(const Id<Tag>& id) {
  return to_string(id.guid);
}

using TenantId = Id<struct TenantTag>;
using UserId = Id<struct UserTag>;
using GroupId = Id<struct GroupTag>;
using RoleId = Id<struct RoleTag>;                // always the role *template* id, as in policies
using ApplicationId = Id<struct ApplicationTag>;  // an appId, not an object id
using ServicePrincipalId = Id<struct ServicePrincipalTag>;  // an object id
using DeviceId = Id<struct DeviceTag>;
using PolicyId = Id<struct PolicyTag>;
using LocationId = Id<struct LocationTag>;
using StrengthId = Id<struct StrengthTag>;
using AgreementId = Id<struct AgreementTag>;  // a terms of use agreement
using CustomControlId = Id<struct CustomControlTag>;

struct GuidHash {
  std::size_t operator()(const Guid& g) const noexcept {
    std::uint64_t x = g.high ^ (g.low * 0x9e3779b97f4a7c15ULL);
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93ULL;
    x ^= x >> 32;
    return static_cast<std::size_t>(x);
  }
};

}  // namespace sallyport

template <class Tag>
struct std::hash<sallyport::Id<Tag>> {
  std::size_t operator()(const sallyport::Id<Tag>& id) const noexcept {
    return sallyport::GuidHash{}(id.guid);
  }
};
