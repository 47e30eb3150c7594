// Sets of sign-ins in an administrator's words.
#pragma once

#include <string>

#include "analysis/proof/universe.h"

namespace sallyport::proof {

// The subject and the rest of a sentence: "members in `MFA exclusions`", "guests from any tenant".
// `only_groups`: just " in ...", for whom the caller names.
std::string who_in_words(const Universe& universe, const Box& box, bool only_groups = false);
std::string what_in_words(const Universe& universe, const Box& box);  // "any application"
// Client, platform, place, risk, device: what the box is narrowed to; empty: anyhow.
std::string how_in_words(const Universe& universe, const Box& box);
std::string platform_in_words(const Universe& universe, const Box& box);  // "on iOS or Android"
// What has been proven at the point: "a password alone".
std::string proofs_in_words(const Universe& universe, const Point& point);
// "guests in Partners reach any application from anywhere with a password alone"
// `who`, when not empty, stands for the box's own people.
std::string sentence(const Universe& universe, const Box& box, const Point& point,
                     const std::string& who = {});
// The point itself, detail by detail: those that are not the plainest, and who, what and where.
std::vector<std::string> details(const Universe& universe, const Point& point);

}  // namespace sallyport::proof
