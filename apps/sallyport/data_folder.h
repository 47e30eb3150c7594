// The folder that holds a server's store.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "store/store.h"

namespace sallyport::cli {

enum class Opening { existing, made_when_missing };

[[nodiscard]] Result<std::unique_ptr<Store>> open_data_folder(const std::string& folder,
                                                              Opening opening);

}  // namespace sallyport::cli
