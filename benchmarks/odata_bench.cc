// What does it cost to ask a $filter of every document, and to take a sorted page out of them?
//
// 100,000 documents of 17 members, about a kilobyte each in memory, scanned ten times: a scan of a
// million that does not fit a cache. Before anything is timed, the reference has to agree on a
// sample.
#include "benchmarks/question.h"
#include "odata/list.h"
#include "odata/test_schema.h"
#include "reference/odata/filter.h"

namespace sallyport::benchmarks {
namespace {

constexpr std::size_t documents_count = 100'000;
constexpr double scan_ns_max = 500;  // a million documents in half a second

std::vector<json::Document> make_documents() {
  std::vector<json::Document> documents;
  std::uint64_t state = 42;
  const auto below = [&](std::uint64_t n) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state >> 33U) % n;
  };
  for (std::size_t i = 0; i < documents_count; ++i) {
    const auto number = std::to_string(below(1'000'000));
    std::string text = R"({"@odata.type":"#microsoft.graph.ipNamedLocation","id":")";
    char id[40];
    std::snprintf(id, sizeof id, "%08zx-0000-4000-8000-000000000000", i);
    text += std::string(id) + R"(","businessPhones":["+49 30 1234"],"givenName":"Given)" + number;
    text +=
        R"(","jobTitle":null,"mobilePhone":null,"officeLocation":"Berlin","surname":"S)" + number;
    text += R"(","displayName":"Person )" + number + R"(","externalId":"E)" + number;
    text += R"(","createdDateTime":"20)" + std::to_string(10 + below(17)) + "-0" +
            std::to_string(1 + below(9)) + R"(-15T09:15:30Z","accountEnabled":)";
    text += below(10) == 0 ? "false" : "true";
    text += R"(,"riskScore":)" + std::to_string(below(100)) + R"(,"state":)";
    text += below(3) == 0 ? R"("disabled")" : R"("enabled")";
    text +=
        R"(,"conditions":{"users":{"includeUsers":["All"],"excludeUsers":[]}},"tags":["one","t)" +
        std::to_string(below(1000)) + R"(","three"]})";
    auto document = json::parse(text);
    if (!document) refuse(describe(document.error()));
    documents.push_back(std::move(*document));
  }
  return documents;
}

// Nanoseconds a document: the median of ten scans of the first `count`.
double time(const std::vector<json::Document>& documents, std::size_t count,
            const odata::Filter& filter) {
  std::vector<double> runs;
  std::size_t matched = 0;
  for (int run = 0; run < 10; ++run) {
    const double begin = cpu_ns();
    for (std::size_t i = 0; i < count; ++i)
      matched += filter.matches(documents[i].root()) ? 1U : 0U;
    runs.push_back((cpu_ns() - begin) / static_cast<double>(count));
  }
  keep(matched);
  return median(runs);
}

void scan(const std::vector<json::Document>& documents, const char* name, const char* text) {
  const auto filter = odata::Filter::compile(text, odata::test_schema);
  if (!filter) refuse(describe(filter.error()));
  for (std::size_t i = 0; i < 2'000; ++i) {
    const auto& document = documents[i].root();
    if (filter->matches(document) !=
        reference::filter_matches(text, odata::test_schema, document)) {
      refuse("filter and reference disagree on document " + std::to_string(i));
    }
  }
  report(name, time(documents, documents.size(), *filter), "ns", scan_ns_max, Better::less);
  const auto cached = std::string(name) + ", 1,000 of them (in cache)";
  report(cached.c_str(), time(documents, 1'000, *filter), "ns");
}

void page(const std::vector<json::Document>& documents) {
  std::vector<double> runs;
  for (int run = 0; run < 5; ++run) {
    const auto query = odata::parse_query("$orderby=displayName&$top=100&$count=true");
    auto list = odata::List::compile(*query, odata::test_schema,
                                     {.resource = "people", .key = "0123456789abcdef"});
    if (!list) refuse(describe(list.error()));
    const double begin = cpu_ns();
    for (std::size_t i = 0; i < documents.size(); ++i) list->offer(documents[i].root(), i);
    const auto shown = list->page();
    runs.push_back((cpu_ns() - begin) / documents_count);
    const auto name = [&](std::size_t i) {
      return documents[shown.rows[i]].root().find("displayName")->text();
    };
    for (std::size_t i = 1; i < shown.rows.size(); ++i) {
      if (name(i - 1) > name(i)) refuse("the page is not sorted");
    }
    if (shown.rows.size() != 100 || shown.count != documents_count) refuse("rows are missing");
  }
  report("$orderby, first 100 of all: each document", median(runs), "ns", scan_ns_max,
         Better::less);
}

}  // namespace
}  // namespace sallyport::benchmarks

int main() {
  using namespace sallyport::benchmarks;
  const auto documents = make_documents();
  scan(documents, "$filter, one eq on a text", "displayName eq 'person 4711'");
  scan(documents, "$filter, three conditions",
       "accountEnabled and startsWith(displayName,'person 1') and state ne 'disabled'");
  scan(documents, "$filter, any over a list", "tags/any(t: t eq 't77')");
  scan(documents, "$filter, date range",
       "createdDateTime ge 2019-01-01 and createdDateTime lt 2020-01-01");
  scan(documents, "$filter, contains", "contains(displayName,'471')");
  page(documents);
  return 0;
}
