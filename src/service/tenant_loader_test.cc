// Loading with helpers: several batches are read side by side, and nobody may be able to tell.
#include "service/tenant_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "service/test_tenant.h"

namespace sallyport {
namespace {

using testing::HasSubstr;

std::string id_of(char kind, int number) {
  return std::string(1, kind) + "0000000-0000-4000-8000-" + std::to_string(100000000000 + number);
}

std::string user_json(int number) {
  return R"({"id":")" + id_of('a', number) + R"(","userPrincipalName":"u)" +
         std::to_string(number) + R"(@example.com","userType":")" +
         (number % 9 == 0 ? "Guest" : "Member") + R"(","department":")" + std::string(150, 'x') +
         R"(","memberOf":[{"@odata.type":"#microsoft.graph.group","id":")" +
         id_of('b', number % 13) + R"("}]})";
}

std::string group_json(int number) {
  std::string members;
  for (int i = number; i < 9000; i += 10 + number) {
    const auto user = '"' + id_of('a', i) + '"';
    const auto typed = R"({"@odata.type":"#microsoft.graph.user","id":)" + user + '}';
    members += (members.empty() ? "" : ",") + (number % 2 == 0 ? user : typed);
  }
  // As a bare id this is a group, because there is one.
  if (number > 0) members += ",\"" + id_of('b', number - 1) + '"';
  return R"({"id":")" + id_of('b', number) + R"(","displayName":"Group","members":[)" + members +
         "]}";
}

std::string device_json(int number) {
  return R"({"id":")" + id_of('c', number) + R"(","deviceId":")" + id_of('d', number) +
         R"(","displayName":"PC-)" + std::to_string(number) + R"(","operatingSystem":"System )" +
         std::to_string(number % 31) + R"(","isCompliant":true,"ours":")" + std::string(150, 'y') +
         "\"}";
}

// Kinds in turn, so that batches are mixed.
void fill(Store& store) {
  std::vector<Write> writes;
  const auto put = [&](const char* kind, std::string id, std::string json) {
    writes.push_back({kind, std::move(id), std::move(json), std::nullopt});
  };
  for (int i = 0; i < 8000; ++i) {
    put("user", id_of('a', i), user_json(i));
    put("device", id_of('c', i), device_json(i));
    if (i % 100 == 0) put("group", id_of('b', i / 100), group_json(i / 100));
  }
  ASSERT_TRUE(store.write(writes).has_value());
}

template <class List>
void write_list(std::ostream& out, const List& list) {
  for (const auto each : list) out << ' ' << each;
  out << ';';
}

// All that can be seen of a state, in its own order.
std::string contents(const TenantState& state) {
  std::ostringstream out;
  state.directory->each_user([&](const UserView& user) {
    out << to_string(user.id) << ' ' << user.name << ' ' << static_cast<int>(user.type);
    write_list(out, user.groups);
    write_list(out, user.roles);
  });
  for (const auto& group : state.directory->groups()) {
    out << to_string(group.id) << ' ' << group.display_name;
    write_list(out, group.member_of);
    write_list(out, group.roles);
  }
  for (const auto id : state.inventory->ids()) {
    const auto device = *state.inventory->find(id);
    out << to_string(device.id) << ' ' << device.display_name << ' ' << device.shape_index << ';';
  }
  out << state.directory->user_bytes() << ' ' << state.inventory->device_bytes() << ' '
      << state.policy_set_hash << ' ' << state.sequence;
  return out.str();
}

TEST(TenantLoader, any_number_of_helpers_makes_the_same_state) {
  const TestTenant tenant;
  fill(*tenant.store);
  std::string alone;
  for (const unsigned helpers : {0U, 1U, 3U, 3U}) {
    TenantLoader loader(*tenant.store, helpers);
    const auto state = loader.load();
    ASSERT_TRUE(state.has_value()) << describe(state.error());
    EXPECT_GE((*state)->directory->user_count(), 8500U) << "with those only groups name";
    EXPECT_GE((*state)->inventory->size(), 8000U);
    const auto now = contents(**state);
    if (helpers == 0) alone = now;
    EXPECT_TRUE(now == alone) << "with " << helpers << " helpers";
  }
}

TEST(TenantLoader, of_several_damaged_documents_the_first_is_named) {
  const TestTenant tenant;
  fill(*tenant.store);
  for (const int number : {7000, 3000, 5000}) {
    ASSERT_TRUE(tenant.store->put("user", id_of('a', number), "{\"id\": oops").has_value());
  }
  for (const unsigned helpers : {0U, 3U}) {
    TenantLoader loader(*tenant.store, helpers);
    const auto state = loader.load();
    ASSERT_FALSE(state.has_value());
    EXPECT_THAT(state.error().message, HasSubstr("this document is damaged"));
    EXPECT_EQ(state.error().where, "user/" + id_of('a', 3000) + ":1:8");
  }
}

TEST(TenantLoader, a_device_without_an_id_is_an_error_and_not_left_out) {
  const TestTenant tenant;
  fill(*tenant.store);
  ASSERT_TRUE(tenant.store->put("device", id_of('c', 1), R"({"model":"?"})").has_value());
  TenantLoader loader(*tenant.store, 1);
  const auto state = loader.load();
  ASSERT_FALSE(state.has_value());
  EXPECT_THAT(state.error().message, HasSubstr("no `deviceId`"));
  EXPECT_EQ(state.error().where, "device/" + id_of('c', 1));
}

}  // namespace
}  // namespace sallyport
