// Documents that every tenant has and nobody changes: the built-in authentication strengths and the
// policy templates (spec, sections 4.4 and 8.2). Threads: free.
#pragma once

#include <span>
#include <string_view>

#include "store/store.h"

namespace sallyport {

// In the store's form, with version 0; empty for a kind of which none is built in.
std::span<const VersionedDocument> built_in_documents(std::string_view kind);
const VersionedDocument* find_built_in(std::string_view kind, std::string_view id);

}  // namespace sallyport
