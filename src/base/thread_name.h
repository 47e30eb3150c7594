// What a thread is called in `top -H` and in a debugger: whoever looks why the server is busy sees
// with what.
#pragma once

#include <pthread.h>

#include <tuple>

namespace sallyport {

// Of the calling thread. REQUIRES: at most 15 characters; the kernel keeps no more.
inline void name_thread(const char* name) {
  std::ignore = ::pthread_setname_np(::pthread_self(), name);
}

}  // namespace sallyport
