// Walks over all documents of one kind, in order of id, a page of them in memory at a time. What is
// written meanwhile may be seen or not; what is neither added nor removed is seen once.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace sallyport {

// An error of the visitor ends the walk and is given back. The visitor may use the store.
using VisitOne = std::function<Result<void>(const VersionedDocument& document)>;
[[nodiscard]] Result<void> each_of_kind(Store& store, std::string_view kind, const VisitOne& visit);

// The same until the visitor says that it has seen enough, by `false`.
using VisitSome = std::function<Result<bool>(const VersionedDocument& document)>;
[[nodiscard]] Result<void> some_of_kind(Store& store, std::string_view kind,
                                        const VisitSome& visit);

}  // namespace sallyport
