// A program run beside the server, with files instead of a terminal.
//
// It gets the given descriptors as its 0, 1, 2, 3 ... and no other, default signals, a process
// group of its own and a lower priority than the server's threads. Threads: any.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sallyport {

// A descriptor that is closed with its owner.
class OwnedFile {
 public:
  OwnedFile() = default;
  explicit OwnedFile(int descriptor) : descriptor_(descriptor) {}
  OwnedFile(OwnedFile&& other) noexcept;
  OwnedFile& operator=(OwnedFile&& other) noexcept;
  ~OwnedFile() { close(); }
  int descriptor() const { return descriptor_; }
  void close();

 private:
  int descriptor_ = -1;
};

// A file without a name: when its last descriptor is closed it is gone, whatever happens.
[[nodiscard]] Result<OwnedFile> make_temporary_file();
[[nodiscard]] Result<void> write_all(const OwnedFile& file, std::string_view text);
[[nodiscard]] Result<void> rewind(const OwnedFile& file);
// From its beginning. Errors: too_large, beyond so many bytes.
[[nodiscard]] Result<std::string> read_all(const OwnedFile& file, std::size_t size_max);

struct Pipe {
  OwnedFile reader, writer;
};
[[nodiscard]] Result<Pipe> make_pipe();

// REQUIRES: somebody waits for it (wait_for). `environment` is added to the server's own.
[[nodiscard]] Result<pid_t> start_process(const std::string& program,
                                          const std::vector<std::string>& arguments,
                                          const std::vector<std::string>& environment,
                                          std::span<const int> descriptors);
// Its exit code; of one ended by a signal 128 and the signal.
int wait_for(pid_t process);
void end_process(pid_t process);  // and all of its group, at once; wait_for() is still due

}  // namespace sallyport
