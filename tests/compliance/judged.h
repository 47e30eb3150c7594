// The judge's answer in the reference's form, and where two answers differ.
#pragma once

#include <string>

#include "compliance/judge.h"
#include "reference/compliance/judge.h"

namespace sallyport::testing_support {

reference::DeviceAnswer answer_of(const compliance::Judgement& judgement);

// Empty: they are the same.
std::string differences(const reference::DeviceAnswer& expected,
                        const reference::DeviceAnswer& actual);

}  // namespace sallyport::testing_support
