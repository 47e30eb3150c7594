#include "agent/tpm/libraries.h"

#include <dlfcn.h>

#include <cstdlib>
#include <optional>

namespace sallyport::agent {
namespace {

class Library {
 public:
  explicit Library(const char* name) : handle_(dlopen(name, RTLD_NOW | RTLD_LOCAL)) {}
  template <class Function>
  bool find(const char* name, Function*& function) const {
    function = handle_ == nullptr ? nullptr : reinterpret_cast<Function*>(dlsym(handle_, name));
    return function != nullptr;
  }

 private:
  void* handle_;  // for as long as the program runs
};

std::optional<TpmLibraries> load() {
  // It writes of every refusal to standard error; what matters is said in our own words.
  setenv("TSS2_LOG", "all+NONE", 0);
  TpmLibraries out;
  bool whole = true;
#define SALLYPORT_FIND(function) whole = library.find(#function, out.function) && whole;
  {
    const Library library("libtss2-esys.so.0");
    SALLYPORT_ESYS_FUNCTIONS(SALLYPORT_FIND)
  }
  {
    const Library library("libtss2-mu.so.0");
    SALLYPORT_MU_FUNCTIONS(SALLYPORT_FIND)
  }
  {
    const Library library("libtss2-tctildr.so.0");
    SALLYPORT_TCTI_FUNCTIONS(SALLYPORT_FIND)
  }
#undef SALLYPORT_FIND
  return whole ? std::optional(out) : std::nullopt;
}

}  // namespace

const TpmLibraries* TpmLibraries::get() {
  static const auto libraries = load();
  return libraries ? &*libraries : nullptr;
}

}  // namespace sallyport::agent
