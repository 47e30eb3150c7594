#include "analysis/replay/parts.h"

#include <algorithm>

namespace sallyport::replay {

// Of people, devices and addresses there are many, of the rest few.
Parts::Parts(std::size_t count, const Distinction& distinction)
    : distinction_(distinction),
      who_(count),
      device_(count),
      application_(count / 16),
      address_(count),
      place_(count / 16),
      rest_(count / 8) {}

void Parts::prefetch(const Prints& prints) const {
  who_.prefetch(prints[Part::who]);
  device_.prefetch(prints[Part::device]);
  application_.prefetch(prints[Part::application]);
  address_.prefetch(prints[Part::address]);
  place_.prefetch(prints[Part::place]);
  rest_.prefetch(prints[Part::rest]);
}

// One that was not met is as good, when it is an address.
std::optional<std::uint32_t> Parts::address_of(const Glance& glance) {
  const auto& print = glance.prints[Part::address];
  if (const auto* met = address_.find(print)) return (*met)[0];
  const auto read = parse_ip_address(glance.address);
  if (!read) return std::nullopt;
  const auto number = distinction_.number_of(*read);
  address_.insert(print, {number});
  return number;
}

std::optional<Parts::Meaning> Parts::find(const Glance& glance) {
  const Prints& prints = glance.prints;
  const auto* who = who_.find(prints[Part::who]);
  const auto* device = device_.find(prints[Part::device]);
  const auto* application = application_.find(prints[Part::application]);
  const auto* place = place_.find(prints[Part::place]);
  const auto* rest = rest_.find(prints[Part::rest]);
  if (who == nullptr || device == nullptr || application == nullptr || place == nullptr ||
      rest == nullptr) {
    return std::nullopt;
  }
  const auto address = address_of(glance);
  if (!address) return std::nullopt;
  Meaning meaning;
  auto& n = meaning.situation.numbers;
  using S = Situation;
  std::copy_n(who->begin(), S::device - S::who, n.begin() + S::who);
  std::copy_n(device->begin(), S::application - S::device, n.begin() + S::device);
  n[S::application] = (*application)[0];
  n[S::address] = *address;
  n[S::place] = (*place)[0];
  std::copy_n(rest->begin(), S::end - S::rest, n.begin() + S::rest);
  meaning.who = who->back();
  meaning.application = application->back();
  meaning.ending = rest->back();
  return meaning;
}

void Parts::insert(const Prints& prints, const Meaning& meaning) {
  const auto& n = meaning.situation.numbers;
  using S = Situation;
  rest_.insert(prints[Part::rest],
               {n[9], n[10], n[11], n[12], n[13], n[14], n[15], n[16], meaning.ending});
  if (meaning.ending != 0) return;
  who_.insert(prints[Part::who], {n[0], n[1], n[2], meaning.who});
  device_.insert(prints[Part::device], {n[3], n[4], n[5]});
  application_.insert(prints[Part::application], {n[S::application], meaning.application});
  address_.insert(prints[Part::address], {n[S::address]});
  place_.insert(prints[Part::place], {n[S::place]});
}

}  // namespace sallyport::replay
