// The country of an address, from a database in MaxMind's format that the administrator names.
//
// Two record layouts are read: `country.iso_code` (MaxMind's; the registered country is not where
// the address is, and ignored) and a flat `country_code`. An address the database does not hold has
// no country. One of a family it holds nothing of, and a database that cannot be read, is an error:
// whoever asks must then take the country as unknown, not as absent. Threads: any number may look
// up. Cost: the file is mapped, not read; about 0.3 us a lookup. The file may be replaced by
// renaming a new one over it, and opened again; not written in place.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/ip_address.h"
#include "base/result.h"
#include "directory/named_location.h"

namespace sallyport {

class CountryDatabase {
 public:
  [[nodiscard]] static Result<CountryDatabase> open(const std::string& path);
  CountryDatabase(CountryDatabase&&) noexcept;
  CountryDatabase& operator=(CountryDatabase&&) noexcept;
  ~CountryDatabase();

  [[nodiscard]] Result<std::optional<Country>> lookup(const IpAddress& address) const;
  // Whether it holds anything of IPv4, or of IPv6.
  bool covers(bool v4) const;

 private:
  struct File;
  explicit CountryDatabase(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

}  // namespace sallyport
