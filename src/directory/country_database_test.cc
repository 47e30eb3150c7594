// The country database, over databases made here: a writer of MaxMind's format in a hundred lines.
//
// A file is: search tree of nodes with two 24-bit records (left and right by the next address bit;
// a record below node_count is a node, equal to it nothing, above it 16 + an offset of the data),
// 16 zero bytes, the data, a marker, the metadata as one more map.
#include "directory/country_database.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace sallyport {
namespace {

std::string encoded(unsigned type, const std::string& bytes, std::size_t size) {
  std::string out;
  if (type < 8) {
    out += static_cast<char>(type << 5U | size);
  } else {
    out += {static_cast<char>(size), static_cast<char>(type - 7)};
  }
  return out + bytes;
}
std::string text(const std::string& s) { return encoded(2, s, s.size()); }
std::string number(unsigned type, std::uint32_t n) {
  std::string bytes;
  for (; n != 0; n >>= 8U) bytes.insert(bytes.begin(), static_cast<char>(n));
  return encoded(type, bytes, bytes.size());
}
std::string map(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string bytes;
  for (const auto& [key, value] : members) bytes += text(key) + value;
  return encoded(7, bytes, members.size());
}

class DatabaseWriter {
 public:
  explicit DatabaseWriter(int ip_version) : ip_version_(ip_version), nodes_(1) {}

  void add(const std::string& cidr, const std::string& record) {
    const auto range = *parse_cidr(cidr);
    const bool four = range.is_v4();
    // IPv4 lives under ::/96 in a database of both families.
    const unsigned skipped = ip_version_ == 4 ? 96 : 0;
    const IpAddress address{range.first.high,
                            four ? range.first.low & 0xffffffffU : range.first.low};
    const auto length = static_cast<unsigned>(range.prefix) + (four ? 96U : 0U);
    std::size_t node = 0;
    for (unsigned bit = skipped; bit < length; ++bit) {
      const auto half = bit < 64 ? address.high : address.low;
      auto& branch = nodes_[node].branch[half >> (63U - bit % 64U) & 1U];
      if (bit + 1 == length) {
        branch = -1 - static_cast<int>(data_.size());
        data_ += record;
        return;
      }
      if (branch == 0) {
        branch = static_cast<int>(nodes_.size());
        node = nodes_.size();
        nodes_.push_back({});
      } else {
        node = static_cast<std::size_t>(branch);
      }
    }
  }

  std::string bytes() const {
    std::string out;
    const auto count = static_cast<std::uint32_t>(nodes_.size());
    for (const auto& node : nodes_) {
      for (const int branch : node.branch) {
        const std::uint32_t record = branch == 0 ? count
                                     : branch > 0
                                         ? static_cast<std::uint32_t>(branch)
                                         : count + 16 + static_cast<std::uint32_t>(-1 - branch);
        out += {static_cast<char>(record >> 16U), static_cast<char>(record >> 8U),
                static_cast<char>(record)};
      }
    }
    out += std::string(16, '\0') + data_ + "\xab\xcd\xefMaxMind.com";
    return out + map({{"binary_format_major_version", number(5, 2)},
                      {"binary_format_minor_version", number(5, 0)},
                      {"build_epoch", number(9, 1767225600)},
                      {"database_type", text("Test-Country")},
                      {"description", map({})},
                      {"ip_version", number(5, static_cast<std::uint32_t>(ip_version_))},
                      {"languages", encoded(11, "", 0)},
                      {"node_count", number(6, count)},
                      {"record_size", number(5, 24)}});
  }

 private:
  struct Node {
    int branch[2] = {0, 0};  // 0 nothing, positive a node, negative -1 - offset of the data
  };
  int ip_version_;
  std::vector<Node> nodes_;
  std::string data_;
};

std::string maxmind(const std::string& country) {
  return map({{"continent", map({{"code", text("EU")}})},
              {"country", map({{"iso_code", text(country)}})},
              {"registered_country", map({{"iso_code", text("ZW")}})}});
}
std::string flat(const std::string& country) { return map({{"country_code", text(country)}}); }

class CountryDatabaseTest : public testing::Test {
 protected:
  std::string write(const std::string& bytes) {
    const auto path = testing::TempDir() + "sallyport_country_" + std::to_string(getpid()) + "_" +
                      std::to_string(paths_.size()) + ".mmdb";
    std::ofstream(path, std::ios::binary) << bytes;
    paths_.push_back(path);
    return path;
  }
  void TearDown() override {
    for (const auto& path : paths_) std::filesystem::remove(path);
  }

 private:
  std::vector<std::string> paths_;
};

std::string country_of(const CountryDatabase& database, const char* address) {
  const auto country = database.lookup(*parse_ip_address(address));
  if (!country) return "error: " + country.error().message;
  return *country ? to_string(**country) : "none";
}

TEST_F(CountryDatabaseTest, reads_both_layouts_and_both_families) {
  DatabaseWriter writer(6);
  writer.add("192.0.2.0/24", maxmind("FR"));
  writer.add("198.51.100.0/25", flat("nl"));
  writer.add("2001:db8::/32", flat("DE"));
  writer.add("203.0.113.1/32", map({{"registered_country", map({{"iso_code", text("ZW")}})}}));
  writer.add("203.0.113.2/32", flat("Europe"));
  writer.add("203.0.113.3/32", map({{"country_code", number(6, 33)}}));
  writer.add("203.0.113.4/32", text("FR"));
  const auto database = CountryDatabase::open(write(writer.bytes()));
  ASSERT_TRUE(database.has_value()) << describe(database.error());

  const struct {
    const char* name;
    const char* address;
    const char* country;
  } rows[] = {
      {"nested layout", "192.0.2.77", "FR"},
      {"mapped spelling of the same address", "::ffff:192.0.2.77", "FR"},
      {"flat layout, lower case", "198.51.100.1", "NL"},
      {"outside the shorter prefix", "198.51.100.200", "none"},
      {"IPv6", "2001:db8:1::5", "DE"},
      {"IPv6 that is not there", "2001:db9::1", "none"},
      {"only a registered country", "203.0.113.1", "none"},
      {"a code that is no country", "203.0.113.2", "none"},
      {"a code that is no text", "203.0.113.3", "none"},
      {"a record that is no map", "203.0.113.4", "none"},
      {"private", "10.1.2.3", "none"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(country_of(*database, row.address), row.country) << row.name;
  }
}

// Nobody knows that such an address is nowhere: a policy against a country would let it through.
TEST_F(CountryDatabaseTest, of_a_family_that_the_database_lacks_the_country_is_not_known) {
  const struct {
    int version;
    const char* range;
    const char* inside;
    const char* outside;
    const char* other;
    const char* problem;
  } rows[] = {{4, "192.0.2.0/24", "192.0.2.1", "192.0.3.1", "2001:db8::1", "IPv6"},
              {6, "2001:db8::/32", "2001:db8::1", "2001:db9::1", "192.0.2.1", "IPv4"}};
  for (const auto& row : rows) {
    DatabaseWriter writer(row.version);
    writer.add(row.range, flat("FR"));
    const auto database = CountryDatabase::open(write(writer.bytes()));
    ASSERT_TRUE(database.has_value()) << describe(database.error());
    EXPECT_EQ(database->covers(true), row.version == 4);
    EXPECT_EQ(database->covers(false), row.version == 6);
    EXPECT_EQ(country_of(*database, row.inside), "FR");
    EXPECT_EQ(country_of(*database, row.outside), "none");
    EXPECT_EQ(country_of(*database, row.other),
              std::string("error: the country database holds no ") + row.problem +
                  " addresses; use one of both families");
  }
}

TEST_F(CountryDatabaseTest, a_file_that_is_none_is_an_error_that_names_it) {
  for (const auto& path : {testing::TempDir() + "no such file.mmdb", testing::TempDir(),
                           write("this is no database"), write("")}) {
    const auto database = CountryDatabase::open(path);
    ASSERT_FALSE(database.has_value()) << path;
    EXPECT_EQ(database.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(database.error().where, path);
  }
}

TEST_F(CountryDatabaseTest, damage_is_an_error_or_an_answer_and_never_more) {
  DatabaseWriter writer(6);
  writer.add("192.0.2.0/24", maxmind("FR"));
  const std::string sound = writer.bytes();
  for (std::size_t cut = 0; cut < sound.size(); cut += 7) {
    const auto database = CountryDatabase::open(write(sound.substr(0, cut)));
    if (database) (void)database->lookup(*parse_ip_address("192.0.2.1"));
  }
  bool some_error = false;
  for (std::size_t at = 0; at < sound.size(); at += 3) {
    std::string damaged = sound;
    damaged[at] = static_cast<char>(~damaged[at]);
    const auto database = CountryDatabase::open(write(damaged));
    if (!database || !database->lookup(*parse_ip_address("192.0.2.1"))) some_error = true;
  }
  EXPECT_TRUE(some_error);
}

}  // namespace
}  // namespace sallyport
