// What every backend of store/store.h has to do, as tests.
//
// A backend's test file says, at namespace scope:
//   const int registered = store_contract("sqlite", [] { return a fresh StoreUnderTest; });
#pragma once

#include <functional>
#include <memory>

#include "store/store.h"

namespace sallyport {

// An empty store, and the ways to look at the same data again.
class StoreUnderTest {
 public:
  StoreUnderTest() = default;
  virtual ~StoreUnderTest() = default;
  StoreUnderTest(const StoreUnderTest&) = delete;
  StoreUnderTest& operator=(const StoreUnderTest&) = delete;
  // Another store on the same data, as another process would open it.
  virtual Result<std::unique_ptr<Store>> open() = 0;
};

using StoreFactory = std::function<std::unique_ptr<StoreUnderTest>()>;

// Registers the tests as `<backend>StoreContract.*`; gives a number to initialise something with.
int store_contract(const char* backend, StoreFactory factory);

}  // namespace sallyport
