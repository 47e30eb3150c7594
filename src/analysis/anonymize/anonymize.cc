#include "analysis/anonymize/anonymize.h"

namespace sallyport {

Anonymizer::Anonymizer(const LoadResult& loaded, Disguise& disguise)
    : loaded_(loaded), disguise_(disguise), attributes_(loaded.tenant.policy_set, disguise) {}

void Anonymizer::each(const TakeDocument& take) const {
  const Tenant& tenant = loaded_.tenant;
  disguise_policies(loaded_, attributes_, disguise_, take);
  disguise_places(tenant.policy_set, disguise_, take);
  disguise_people(tenant, disguise_, take);
  disguise_applications(*tenant.directory, attributes_, disguise_, take);
  if (tenant.has_inventory) disguise_devices(*tenant.inventory, attributes_, disguise_, take);
}

}  // namespace sallyport
