#include "analysis/replay/name_guess.h"

namespace sallyport::replay {

// From the name that was expected on: mostly it is another one soon after, where some are left out.
Member NameGuess::look_up(std::string_view name) {
  const auto expected = names_[at_].next;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto place = static_cast<std::uint8_t>((expected + i) % names_.size());
    if (!names_[place].is(name.data())) continue;
    names_[at_].next = place;
    at_ = place;
    return names_[place].member;
  }
  Name made;
  made.member = member_of(name);
  if (name.size() >= readable_behind || names_.size() >= names_max) return made.member;
  const auto place = static_cast<std::uint8_t>(names_.size());
  std::memcpy(made.text.data(), name.data(), name.size() + 1);
  std::memset(made.mask.data(), 0xff, name.size() + 1);
  made.next = names_[at_].next;
  names_.push_back(made);
  names_[at_].next = place;
  at_ = place;
  return made.member;
}

}  // namespace sallyport::replay
