// Memory in pages of 2 MB for the server. Its tables of users and devices span more memory than the
// processor keeps the addresses of, and with large pages a look-up is faster
// (docs/performance.md). The C library takes that wish from the environment alone, before main.
#pragma once

namespace sallyport::cli {

// Starts this program anew, once, with the wish in its environment; an administrator's own setting
// stands. Returns where nothing is to be done, or it cannot be.
void start_with_large_pages(char** words);

}  // namespace sallyport::cli
