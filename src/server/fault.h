// What is answered when a handler throws: out of memory, or a fault of ours. The request alone
// fails, and the log says why.
#pragma once

#include <exception>

#include "gates/message.h"

namespace sallyport {

HttpResponse fault(const std::exception& why);

}  // namespace sallyport
