#include "odata/batch.h"

#include <gtest/gtest.h>

#include <deque>

#include <algorithm>
#include <ostream>

namespace sallyport::odata {
namespace {

Result<Batch> read(std::string_view text) {
  static std::deque<json::Document> kept;  // batches view them
  auto document = json::parse(text);
  EXPECT_TRUE(document) << text;
  if (!document) return tl::unexpected<Error>(document.error());
  return Batch::read(kept.emplace_back(std::move(*document)).root());
}

TEST(Batch, takes_requests_as_graph_clients_write_them) {
  const auto batch = read(R"({"requests":[
    {"id":"1","method":"get","url":"/users?$top=5"},
    {"id":"2","method":"POST","url":"identity/conditionalAccess/policies","dependsOn":["1"],
     "headers":{"Content-Type":"application/json"},"body":{"displayName":"x"}}]})");
  ASSERT_TRUE(batch) << describe(batch.error());
  const auto requests = batch->requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].method, "GET");
  EXPECT_EQ(requests[0].url, "/users?$top=5");
  EXPECT_FALSE(requests[0].body);
  EXPECT_EQ(requests[1].url, "/identity/conditionalAccess/policies");
  EXPECT_EQ(requests[1].headers, (Headers{{"Content-Type", "application/json"}}));
  EXPECT_EQ(requests[1].body->find("displayName")->text(), "x");
  EXPECT_EQ(requests[1].depends_on, std::vector<std::size_t>{0});
}

struct Row {
  const char* name;
  const char* batch;
  const char* error;  // how it begins
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.batch; }
};

class BatchErrors : public testing::TestWithParam<Row> {};

TEST_P(BatchErrors, say_where_and_what) {
  const auto batch = read(GetParam().batch);
  ASSERT_FALSE(batch);
  const auto error = describe(batch.error());
  EXPECT_EQ(error.substr(0, std::string_view(GetParam().error).size()), GetParam().error) << error;
}

constexpr Row rows[] = {
    {"no_object", "[]", "a batch is an object with a list `requests`"},
    {"no_requests", "{}", "a batch is an object with a list `requests`"},
    {"unknown_top", R"({"requests":[],"x":1})", "/x: unknown member; there are `requests`"},
    {"empty", R"({"requests":[]})", "/requests: the batch has no request"},
    {"no_request", R"({"requests":[1]})", "/requests/0: expected an object, found a number"},
    {"no_id", R"({"requests":[{"method":"GET","url":"/a"}]})",
     "/requests/0: the request has no `id`"},
    {"id_number", R"({"requests":[{"id":1,"method":"GET","url":"/a"}]})",
     "/requests/0/id: expected a string, found a number"},
    {"id_twice",
     R"({"requests":[{"id":"a","method":"GET","url":"/a"},{"id":"A","method":"GET","url":"/a"}]})",
     "/requests/1/id: another request has the id `A`"},
    {"method", R"({"requests":[{"id":"1","method":"TRACE","url":"/a"}]})",
     "/requests/0/method: expected `GET`, `POST`, `PUT`, `PATCH` or `DELETE`, found `TRACE`"},
    {"url_absolute", R"({"requests":[{"id":"1","method":"GET","url":"https://x.example/a"}]})",
     "/requests/0/url: a URL in a batch is relative, such as `/users?$top=5`"},
    {"url_host", R"({"requests":[{"id":"1","method":"GET","url":"//x.example/a"}]})",
     "/requests/0/url: a URL in a batch is relative"},
    {"url_line_end", R"({"requests":[{"id":"1","method":"GET","url":"/a\r\nX: y"}]})",
     "/requests/0/url: a URL has no blanks, control characters"},
    {"url_empty", R"({"requests":[{"id":"1","method":"GET","url":""}]})",
     "/requests/0/url: the text is empty"},
    {"batch_in_batch", R"({"requests":[{"id":"1","method":"POST","url":"/v1.0/$batch?x"}]})",
     "/requests/0/url: a batch cannot hold a batch"},
    {"header_twice",
     R"({"requests":[{"id":"1","method":"GET","url":"/a","headers":{"A":"1","a":"2"}}]})",
     "/requests/0/headers/a: the header is given twice"},
    {"header_line_end",
     R"({"requests":[{"id":"1","method":"GET","url":"/a","headers":{"A":"1\nB: 2"}}]})",
     "/requests/0/headers/A: expected a string without control characters"},
    {"header_name", R"({"requests":[{"id":"1","method":"GET","url":"/a","headers":{"A:B":"1"}}]})",
     "/requests/0/headers: `A:B` names no header"},
    {"body_of_get", R"({"requests":[{"id":"1","method":"GET","url":"/a","body":{}}]})",
     "/requests/0/body: `GET` has no body"},
    {"body_untyped", R"({"requests":[{"id":"1","method":"POST","url":"/a","body":{}}]})",
     "/requests/0: a request with a body says its `Content-Type` in `headers`"},
    {"atomicity", R"({"requests":[{"id":"1","method":"GET","url":"/a","atomicityGroup":"g"}]})",
     "/requests/0/atomicityGroup: unknown member; there are `id`, `method`, `url`, `headers`, "
     "`body`, `dependsOn`"},
    {"depends_unknown", R"({"requests":[{"id":"1","method":"GET","url":"/a","dependsOn":["2"]}]})",
     "/requests/0/dependsOn/0: no request has the id `2`"},
    {"depends_text", R"({"requests":[{"id":"1","method":"GET","url":"/a","dependsOn":"1"}]})",
     "/requests/0/dependsOn: expected a list, found a string"},
    {"depends_itself", R"({"requests":[{"id":"1","method":"GET","url":"/a","dependsOn":["1"]}]})",
     "/requests/0/dependsOn: request `1` waits for itself, or for others that wait in a circle"},
    {"circle",
     R"({"requests":[{"id":"0","method":"GET","url":"/a"},
                     {"id":"1","method":"GET","url":"/a","dependsOn":["2"]},
                     {"id":"2","method":"GET","url":"/a","dependsOn":["1","0"]}]})",
     "/requests/1/dependsOn: request `1` waits for itself, or for others that wait in a circle"},
};
INSTANTIATE_TEST_SUITE_P(Rows, BatchErrors, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

std::string many(std::size_t n) {
  std::string text = R"({"requests":[)";
  for (std::size_t i = 0; i < n; ++i) {
    text += (i == 0 ? "" : ",") + std::string(R"({"id":")") + std::to_string(i) +
            R"(","method":"GET","url":"/a"})";
  }
  return text + "]}";
}

TEST(BatchBounds, requests) {
  EXPECT_TRUE(read(many(batch_requests_max)));
  const auto beyond = read(many(batch_requests_max + 1));
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().kind, ErrorKind::too_large);
  EXPECT_EQ(beyond.error().message, "a batch has at most 20 requests, this one 21");
}

// c waits for a and d, a for b; d and e for nobody.
constexpr auto waiting = R"({"requests":[
  {"id":"a","method":"GET","url":"/a","dependsOn":["B"]},
  {"id":"b","method":"GET","url":"/b"},
  {"id":"c","method":"GET","url":"/c","dependsOn":["a","d","a"]},
  {"id":"d","method":"GET","url":"/d"},
  {"id":"e","method":"GET","url":"/e"}]})";

std::string run_with_failure(std::string_view failing, std::string& ran) {
  const auto batch = read(waiting);
  if (!batch) return describe(batch.error());
  const auto responses = run(*batch, [&](const BatchRequest& request) {
    ran += request.id;
    return BatchResponse{request.id == failing ? 404 : 200, {}, "{}"};
  });
  std::string statuses;
  for (const auto& response : responses) statuses += std::to_string(response.status) + " ";
  return statuses;
}

TEST(BatchRun, goes_in_the_order_of_dependencies) {
  std::string ran;
  EXPECT_EQ(run_with_failure("", ran), "200 200 200 200 200 ");
  EXPECT_EQ(ran, "badce");
}

TEST(BatchRun, leaves_out_what_waits_for_a_failure) {
  std::string ran;
  EXPECT_EQ(run_with_failure("b", ran), "424 404 424 200 200 ");
  EXPECT_EQ(ran, "bde");
  ran.clear();
  EXPECT_EQ(run_with_failure("e", ran), "200 200 200 200 404 ");
}

TEST(BatchRun, writes_an_answer_for_each_request) {
  const auto batch = read(R"({"requests":[
    {"id":"\"1\"","method":"GET","url":"/a"},
    {"id":"2","method":"DELETE","url":"/b","dependsOn":["\"1\""]},
    {"id":"3","method":"DELETE","url":"/c"}]})");
  ASSERT_TRUE(batch) << describe(batch.error());
  const auto responses = run(*batch, [](const BatchRequest& request) -> BatchResponse {
    if (request.method == "DELETE") return {204, {}, ""};
    return {404, {{"Content-Type", "application/json"}}, R"({"error":{"code":"NotFound"}})"};
  });
  EXPECT_EQ(write(*batch, responses),
            R"({"responses":[{"id":"\"1\"","status":404,"headers":{"Content-Type":)"
            R"("application/json"},"body":{"error":{"code":"NotFound"}}},)"
            R"({"id":"2","status":424,"headers":{"Content-Type":"application/json"},"body":)"
            R"({"error":{"code":"FailedDependency","message":)"
            R"("not run, because request `\"1\"` failed"}}},)"
            R"({"id":"3","status":204}]})");
}

}  // namespace
}  // namespace sallyport::odata
