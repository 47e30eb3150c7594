// The records of a sign-in log, one after the other, out of whatever it was exported as: an array,
// pages of Graph (`{"value": [...]}`), JSON lines, or objects one behind the other.
//
// After the first object that fills a line, a line is a record: the fast road. A record that is cut
// short spoils none but itself when the next begins on a line of its own.
// Memory: the longest record, and never more than `size_max`; a longer one is told and stepped
// over.
// Threads: one. Cost: the search for line ends; in arrays a look at every byte.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/byte_source.h"

namespace sallyport::replay {

inline constexpr std::size_t record_size_max = std::size_t{16} << 20U;
inline constexpr std::size_t record_padding = 64;

struct RecordText {
  std::string_view text;     // `record_padding` readable bytes follow it
  std::uint64_t line = 1;    // in the file, of its first character
  std::string_view problem;  // why it cannot be read; empty when nothing speaks against it
};

class RecordStream {
 public:
  // `leaving` is called before the texts given out so far are valid no longer.
  explicit RecordStream(ByteSource& source, std::size_t size_max = record_size_max,
                        std::function<void()> leaving = {});

  // Valid until `leaving` is called, or the next call; nothing: the end. After an error there is no
  // more.
  [[nodiscard]] Result<std::optional<RecordText>> next();

 private:
  enum class Ending : std::uint8_t { whole, opened, cut_short, ended };
  struct Scan;

  [[nodiscard]] Result<bool> more();  // false: nothing more came
  Result<bool> skip_blanks();         // false: the end
  Result<std::optional<RecordText>> next_line();
  Result<std::optional<RecordText>> next_value();
  Result<bool> leave_envelope();
  Result<Ending> scan(Scan& scan);
  bool begins_record(const Scan& scan);
  RecordText take(std::size_t length, std::string_view problem = {});

  ByteSource& source_;
  const std::size_t size_max_;
  const std::function<void()> leaving_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;   // of what comes next
  std::size_t end_ = 0;  // of what was read
  std::uint64_t line_ = 1;
  bool lines_ = false;      // a line is a record
  bool inside_ = false;     // in an array whose items are records
  bool enveloped_ = false;  // in an object that has that array as a member
};

}  // namespace sallyport::replay
