// The documents of a tenant written anew, under other names: what decisions read of them, and
// nothing else. Policies alone are kept member by member.
#pragma once

#include <functional>
#include <string>

#include "analysis/anonymize/attributes.h"
#include "base/json.h"
#include "policy/tenant.h"

namespace sallyport {

// Every document, as one line of JSON.
using TakeDocument = std::function<void(DocumentKind kind, const std::string& json)>;

void disguise_policies(const LoadResult& loaded, const AttributeDisguise& attributes,
                       const Disguise& disguise, const TakeDocument& take);
// Named locations, strengths, authentication contexts, settings.
void disguise_places(const PolicySet& set, Disguise& disguise, const TakeDocument& take);
void disguise_people(const Tenant& tenant, const Disguise& disguise, const TakeDocument& take);
void disguise_applications(const Directory& directory, const AttributeDisguise& attributes,
                           const Disguise& disguise, const TakeDocument& take);
void disguise_devices(const Inventory& inventory, const AttributeDisguise& attributes,
                      const Disguise& disguise, const TakeDocument& take);

}  // namespace sallyport
