// How a person relates to this tenant (spec, section 2.1): where they authenticate, and whether
// they have an object here.
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport {

enum class UserType : std::uint8_t {
  member,  // authenticates here, userType Member
  internal_guest,
  b2b_collaboration_guest,
  b2b_collaboration_member,
  b2b_direct_connect_user,
  other_external_user,
  service_provider,
};

// Graph's guestOrExternalUserTypes: a flags enumeration, its numbers are the bits.
using GuestTypes = std::uint8_t;
inline constexpr GuestTypes all_guest_types = 63;

constexpr GuestTypes flag_of(UserType type) {
  switch (type) {
    case UserType::member: return 0;
    case UserType::internal_guest: return 1;
    case UserType::b2b_collaboration_guest: return 2;
    case UserType::b2b_collaboration_member: return 4;
    case UserType::b2b_direct_connect_user: return 8;
    case UserType::other_external_user: return 16;
    case UserType::service_provider: return 32;
  }
  return 0;
}

// Graph's word: `b2bCollaborationGuest`; `internalMember` for a member, which has no flag.
constexpr std::string_view name_of(UserType type) {
  switch (type) {
    case UserType::member: return "internalMember";
    case UserType::internal_guest: return "internalGuest";
    case UserType::b2b_collaboration_guest: return "b2bCollaborationGuest";
    case UserType::b2b_collaboration_member: return "b2bCollaborationMember";
    case UserType::b2b_direct_connect_user: return "b2bDirectConnectUser";
    case UserType::other_external_user: return "otherExternalUser";
    case UserType::service_provider: return "serviceProvider";
  }
  return "";
}

}  // namespace sallyport
