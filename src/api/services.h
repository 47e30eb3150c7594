// What handlers call.
#pragma once

#include <string>

#include "service/change_document.h"
#include "service/change_queue.h"
#include "service/read_document.h"
#include "service/tokens.h"

namespace sallyport::api {

struct Services {
  Store& store;
  LiveTenant& tenant;
  ChangeQueue queue{store, tenant};
  DocumentReader reader{store, tenant};
  Tokens tokens{store};
};

}  // namespace sallyport::api
