#include "directory/country_database.h"

#include <arpa/inet.h>
#include <maxminddb.h>

#include <array>
#include <cstring>
#include <string_view>
#include <utility>

namespace sallyport {

struct CountryDatabase::File {
  MMDB_s database{};
  std::string path;
  bool is_open = false;
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (is_open) MMDB_close(&database);
  }
};

namespace {

constexpr std::array<const char*, 3> maxmind_path = {"country", "iso_code", nullptr};
constexpr std::array<const char*, 2> flat_path = {"country_code", nullptr};

tl::unexpected<Error> unreadable(const std::string& path, int status) {
  return fail(ErrorKind::unavailable,
              std::string("the country database cannot be read: ") + MMDB_strerror(status) +
                  "; replace the file with a fresh copy",
              path);
}

sockaddr_storage socket_address(const IpAddress& address) {
  sockaddr_storage storage{};
  if (address.is_v4()) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_addr.s_addr = htonl(static_cast<std::uint32_t>(address.low));
    std::memcpy(&storage, &four, sizeof four);
    return storage;
  }
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  for (unsigned i = 0; i < 8; ++i) {
    six.sin6_addr.s6_addr[i] = static_cast<unsigned char>(address.high >> (56U - 8U * i));
    six.sin6_addr.s6_addr[8 + i] = static_cast<unsigned char>(address.low >> (56U - 8U * i));
  }
  std::memcpy(&storage, &six, sizeof six);
  return storage;
}

}  // namespace

CountryDatabase::CountryDatabase(std::unique_ptr<File> file) : file_(std::move(file)) {}
CountryDatabase::CountryDatabase(CountryDatabase&&) noexcept = default;
CountryDatabase& CountryDatabase::operator=(CountryDatabase&&) noexcept = default;
CountryDatabase::~CountryDatabase() = default;

Result<CountryDatabase> CountryDatabase::open(const std::string& path) {
  auto file = std::make_unique<File>();
  file->path = path;
  const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &file->database);
  if (status != MMDB_SUCCESS) return unreadable(path, status);
  file->is_open = true;
  return CountryDatabase(std::move(file));
}

// In a database of both families IPv4 lies below ::/96; where that is empty, the first record on
// the way to it is, which says so by the number of nodes.
bool CountryDatabase::covers(bool v4) const {
  const auto& database = file_->database;
  if (database.metadata.ip_version == 4) return v4;
  return !v4 || database.ipv4_start_node.node_value != database.metadata.node_count;
}

Result<std::optional<Country>> CountryDatabase::lookup(const IpAddress& address) const {
  if (!covers(address.is_v4())) {
    return fail(ErrorKind::unavailable,
                std::string("the country database holds no ") +
                    (address.is_v4() ? "IPv4" : "IPv6") + " addresses; use one of both families",
                file_->path);
  }
  const auto storage = socket_address(address);
  int status = MMDB_SUCCESS;
  auto found =
      MMDB_lookup_sockaddr(&file_->database, reinterpret_cast<const sockaddr*>(&storage), &status);
  if (status != MMDB_SUCCESS) return unreadable(file_->path, status);
  if (!found.found_entry) return std::nullopt;
  for (const auto* path : {maxmind_path.data(), flat_path.data()}) {
    MMDB_entry_data_s data{};
    status = MMDB_aget_value(&found.entry, &data, path);
    if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR) continue;
    if (status != MMDB_SUCCESS) return unreadable(file_->path, status);
    if (!data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING) continue;
    if (const auto country = parse_country({data.utf8_string, data.data_size})) return country;
  }
  return std::nullopt;
}

}  // namespace sallyport
