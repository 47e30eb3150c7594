#include "analysis/anonymize/anonymize.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "engine/program.h"
#include "tests/anonymize/make_documents.h"

namespace sallyport {
namespace {

using testing_support::made_addresses;
using testing_support::make_documents;
using testing_support::Random;

struct Disguised {
  LoadResult original;
  std::unique_ptr<Disguise> disguise;
  std::unique_ptr<Anonymizer> anonymizer;
  std::string output;
  Tenant tenant;
};

Disguised disguise(LoadResult loaded, const std::string& key) {
  Disguised d;
  d.original = std::move(loaded);
  d.disguise = std::make_unique<Disguise>(key);
  d.anonymizer = std::make_unique<Anonymizer>(d.original, *d.disguise);
  std::vector<std::pair<DocumentKind, std::string>> made;
  d.anonymizer->each([&](DocumentKind kind, const std::string& json) {
    made.emplace_back(kind, json);
    d.output += json + '\n';
  });
  std::vector<StoredDocument> documents;
  for (const auto& [kind, json] : made) {
    // What is written says itself what it is.
    EXPECT_EQ(kind_of(json::parse(json)->root()), kind) << json;
    documents.push_back({kind, json, {}});
  }
  d.tenant = build_tenant(documents);
  return d;
}

LoadResult load_made(Random& random) {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("sallyport-anonymize-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  {
    std::ofstream file(folder / "all.jsonl");
    for (const auto& document : make_documents(random)) file << document.json << '\n';
  }
  const std::vector<std::string> paths = {folder.string()};
  auto loaded = load(paths);
  std::filesystem::remove_all(folder);
  return loaded;
}

// A sign-in at the original and, with every part disguised, at the other.
class Pair {
 public:
  Pair(const Disguised& d, Random& random) : d_(d), r_(random) {
    const Tenant& tenant = d.original.tenant;
    tenant.directory->each_user([&](const UserView& user) { users_.push_back(user.id); });
    for (const auto& policy : tenant.policy_set.policies) {
      if (policy.conditions.users) {
        for (const auto id : policy.conditions.users->include.users) users_.push_back(id);
      }
      if (policy.conditions.applications) {
        for (const auto id : policy.conditions.applications->include.applications) {
          applications_.push_back(id);
        }
      }
    }
    users_.push_back(UserId::of("5ec7e75e-aaaa-4000-8000-00000000dead"));
    for (const auto& principal : tenant.directory->service_principals()) {
      applications_.push_back(principal.app_id);
    }
    applications_.push_back(ApplicationId::of("00000003-0000-0ff1-ce00-000000000000"));
    devices_ = tenant.inventory->ids();
    for (const auto& text : made_addresses()) addresses_.push_back(*parse_ip_address(text));
    for (const auto& location : tenant.policy_set.named_locations) {
      for (const auto& range : location.ip_ranges) {
        addresses_.push_back(range.first);
        addresses_.push_back(range.last);
      }
    }
  }

  void make(SignIn& original, SignIn& other) {
    original = r_.chance(50) ? sign_in_with_nothing_else() : SignIn{};
    original.now = Instant(std::chrono::seconds(1'790'000'000));
    original.proofs.methods = r_.chance(50) ? method::password : method::password | method::sms;
    original.device_platform = r_.chance(50) ? Platform::windows : Platform::ios;
    original.client_app_type = r_.chance(80) ? ClientApp::browser : ClientApp::other;
    original.sign_in_risk_level = r_.chance(80) ? RiskLevel::none : RiskLevel::high;
    original.country = *parse_country(r_.chance(50) ? "FR" : "US");
    other = original;
    add_user(original, other);
    application_[0] = r_.pick(applications_);
    other_application_[0] = d_.disguise->id(application_[0]);
    original.target.kind = other.target.kind = TargetKind::applications;
    original.target.applications = application_;
    other.target.applications = other_application_;
    const auto address = r_.pick(addresses_);
    original.ip_address = address;
    other.ip_address = d_.disguise->address(address);
    if (devices_.empty() || r_.chance(20)) return;
    const auto device = r_.pick(devices_);
    original.device = *d_.original.tenant.inventory->find(device);
    const auto held = d_.tenant.inventory->find(d_.disguise->id(device));
    ASSERT_TRUE(held.has_value());
    other.device = *held;
  }

 private:
  static UserView view(const Directory& directory, UserId id) {
    if (const auto found = directory.find_user(id)) return *found;
    UserView user;
    user.id = id;
    user.type_known = user.home_tenant_known = user.groups_known = user.roles_known = false;
    return user;
  }
  void add_user(SignIn& original, SignIn& other) {
    const auto id = r_.pick(users_);
    original.user = view(*d_.original.tenant.directory, id);
    other.user = view(*d_.tenant.directory, d_.disguise->id(id));
    const UserView &a = *original.user, &b = *other.user;
    EXPECT_EQ(a.type_known, b.type_known);
    EXPECT_TRUE(!a.type_known || a.type == b.type);
    EXPECT_EQ(a.home_tenant_known, b.home_tenant_known);
    EXPECT_EQ(a.groups.size(), b.groups.size());
    EXPECT_EQ(a.roles.size(), b.roles.size());
  }

  const Disguised& d_;
  Random& r_;
  std::vector<UserId> users_;
  std::vector<ApplicationId> applications_;
  std::vector<DeviceId> devices_;
  std::vector<IpAddress> addresses_;
  std::array<ApplicationId, 1> application_, other_application_;
};

std::vector<RequirementKind> kinds(const Answer& answer) {
  std::vector<RequirementKind> list;
  for (const auto& requirement : answer.missing) list.push_back(requirement.kind);
  return list;
}

// How often each outcome came.
void expect_same_decisions(const Disguised& d, Random& random, int count,
                           std::array<std::size_t, 3>& outcomes) {
  const Tenant& a = d.original.tenant;
  const Tenant& b = d.tenant;
  ASSERT_EQ(a.policy_set.policies.size(), b.policy_set.policies.size());
  const auto before = *compile(a.policy_set, a.directory, a.inventory);
  const auto after = *compile(b.policy_set, b.directory, b.inventory);
  Pair pair(d, random);
  SignIn original, other;
  for (int i = 0; i < count; ++i) {
    ASSERT_NO_FATAL_FAILURE(pair.make(original, other));
    for (const auto assume : {Assume::worst, Assume::best}) {
      const auto x = before->explain(original, assume), y = after->explain(other, assume);
      ++outcomes[static_cast<std::size_t>(x.outcome)];
      ASSERT_EQ(x.outcome, y.outcome);
      ASSERT_EQ(x.error_code, y.error_code);
      ASSERT_EQ(kinds(x), kinds(y));
      for (std::size_t p = 0; p < x.policies.size(); ++p) {
        ASSERT_EQ(x.policies[p].result, y.policies[p].result)
            << a.policy_set.policies[p].display_name;
        ASSERT_EQ(x.policies[p].applies, y.policies[p].applies);
      }
    }
  }
}

TEST(Anonymize, every_decision_is_as_it_was_and_nothing_shows) {
  std::array<std::size_t, 3> outcomes{};
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const auto d = disguise(load_made(random), "key " + std::to_string(seed));
    ASSERT_FALSE(d.original.tenant.policy_set.policies.empty());
    ASSERT_NO_FATAL_FAILURE(expect_same_decisions(d, random, 60, outcomes));
    const auto low = to_lower(d.output);
    for (const std::string secret : {"krypto", "5ec7e75e", "hidden-contoso", "198.51.100",
                                     "203.0.113", "192.0.2", "2001:db8"}) {
      EXPECT_EQ(low.find(secret), std::string::npos)
          << secret << ": " << low.substr(low.find(secret) - 60, 120);
    }
  }
  for (const auto count : outcomes) EXPECT_GT(count, 100U);
}

// Ids of the input that Microsoft's service does not fix, and names.
void expect_nothing_shows(const LoadResult& loaded, const std::string& output) {
  const auto low = to_lower(output);
  for (const auto& document : loaded.documents) {
    for (std::size_t i = 0; i + 36 <= document.json.size(); ++i) {
      const auto text = std::string_view(document.json).substr(i, 36);
      const auto id = parse_guid(text);
      if (!id || Disguise("any").guid(*id) == *id) continue;
      EXPECT_EQ(low.find(to_lower(text)), std::string::npos) << text;
    }
  }
  for (const auto& policy : loaded.tenant.policy_set.policies) {
    if (policy.display_name.size() < 5) continue;
    EXPECT_EQ(low.find(to_lower(policy.display_name)), std::string::npos) << policy.display_name;
  }
  loaded.tenant.directory->each_user([&](const UserView& user) {
    EXPECT_EQ(low.find(to_lower(user.name)), user.name.empty() ? 0 : std::string::npos)
        << user.name;
    EXPECT_EQ(low.find(to_string(user.id)), std::string::npos);
  });
}

std::vector<std::string> folders() {
  std::vector<std::string> list = {SALLYPORT_SOURCE_DIR "/examples/tenant",
                                   SALLYPORT_SOURCE_DIR "/tests/command_line/tenant"};
  const std::string corpus = SALLYPORT_SOURCE_DIR "/../shared/corpus";
  if (std::filesystem::is_directory(corpus)) {
    for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
      if (entry.is_directory()) list.push_back(entry.path().string());
    }
  }
  return list;
}

TEST(Anonymize, the_policies_of_others_decide_as_before_and_do_not_show) {
  std::array<std::size_t, 3> outcomes{};
  for (const auto& folder : folders()) {
    SCOPED_TRACE(folder);
    Random random(7);
    const std::vector<std::string> paths = {folder};
    const auto d = disguise(load(paths), "a key for all");
    ASSERT_NO_FATAL_FAILURE(expect_same_decisions(d, random, 100, outcomes));
    expect_nothing_shows(d.original, d.output);
  }
  for (const auto count : outcomes) EXPECT_GT(count, 10U);
}

TEST(Anonymize, the_key_decides_and_nothing_else) {
  Random one(3), two(3), three(3);
  const auto a = disguise(load_made(one), "a key"), b = disguise(load_made(two), "a key"),
             c = disguise(load_made(three), "another key");
  EXPECT_EQ(a.output, b.output);
  EXPECT_NE(a.output, c.output);
}

TEST(Disguise, a_range_holds_what_it_held) {
  Disguise disguise("key");
  Random random(5);
  std::vector<CidrRange> ranges;
  for (const char* text : {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "0.0.0.0/0", "::/0",
                           "2001:db8::/32", "2001:db8:1::/48", "192.168.0.0/17", "::/64"}) {
    ranges.push_back(*parse_cidr(text));
  }
  for (int i = 0; i < 300; ++i) {
    auto address = *parse_ip_address("10.1.2.3");
    address.low ^= random.below(1U << (random.below(30)));
    if (random.chance(30))
      address = IpAddress{0x20010db800010000ULL + random.below(2), random.next()};
    const auto other = disguise.address(address);
    EXPECT_EQ(address.is_v4(), other.is_v4());
    for (const auto& range : ranges) {
      EXPECT_EQ(range.contains(address), disguise.range(range).contains(other))
          << to_string(range) << ' ' << to_string(address);
    }
  }
}

TEST(Disguise, parts_stay_parts_and_no_letter_stays) {
  const Disguise disguise("key");
  const std::string text = "Kryptonite-7 Zürich";
  const auto other = disguise.letters(text);
  EXPECT_TRUE(other.starts_with(disguise.letters("KRYPTO")));
  EXPECT_TRUE(other.ends_with(disguise.letters("Zürich")));
  EXPECT_NE(other.find(disguise.letters("nite-7")), std::string::npos);
  for (char c = 'a'; c <= 'z'; ++c) {
    EXPECT_NE(disguise.letters(std::string(1, c)), std::string(1, c));
  }
}

TEST(Disguise, what_the_service_fixes_stays) {
  const Disguise disguise("key");
  for (const std::string id :
       {"62e90394-69f5-4237-9190-012177145e10", "00000003-0000-0ff1-ce00-000000000000",
        "00000000-0000-0000-0000-000000000004", "00000000-0000-0000-0000-000000000000"}) {
    EXPECT_EQ(disguise.id(id), id);
  }
  EXPECT_NE(disguise.id("5ec7e75e-0000-4000-8000-000000000001"),
            "5ec7e75e-0000-4000-8000-000000000001");
}

}  // namespace
}  // namespace sallyport
