// The reading half of odata/batch.h.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "odata/batch.h"

namespace sallyport::odata {
namespace {

std::string in_backticks(std::string_view text) { return "`" + printable(text) + "`"; }

tl::unexpected<Error> wrong(const json::Pointer& at, std::string message) {
  return fail(ErrorKind::invalid_argument, std::move(message), at.text());
}

Result<void> check_length(const json::Pointer& at, std::string_view text) {
  if (text.size() <= batch_text_max) return {};
  return fail(ErrorKind::too_large,
              "at most " + std::to_string(batch_text_max) + " bytes are taken here", at.text());
}

// A text that is there, is not empty, and holds nothing that could end a line of HTTP.
Result<std::string> read_text(const json::Value& request, std::string_view name,
                              const json::Pointer& at) {
  const auto* value = request.find(name);
  const auto here = at.member(name);
  if (value == nullptr) return wrong(at, "the request has no " + in_backticks(name));
  if (!value->is_string()) {
    return wrong(here, "expected a string, found " + std::string(json::name_of(value->kind())));
  }
  if (value->text().empty()) return wrong(here, "the text is empty");
  if (auto done = check_length(here, value->text()); !done) {
    return tl::unexpected<Error>(std::move(done.error()));
  }
  return std::string(value->text());
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_token(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

Result<std::string> read_method(const json::Value& request, const json::Pointer& at) {
  auto method = read_text(request, "method", at);
  if (!method) return method;
  for (const std::string_view known : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
    if (equal_ignoring_case(known, *method)) return std::string(known);
  }
  return wrong(at.member("method"), "expected `GET`, `POST`, `PUT`, `PATCH` or `DELETE`, found " +
                                        in_backticks(*method));
}

Result<std::string> read_url(const json::Value& request, const json::Pointer& at) {
  auto url = read_text(request, "url", at);
  if (!url) return url;
  const auto here = at.member("url");
  const bool visible = std::all_of(url->begin(), url->end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f;
  });
  if (!visible || url->find('#') != std::string::npos) {
    return wrong(here,
                 "a URL has no blanks, control characters, `#` or letters beyond ASCII; "
                 "percent-encode them");
  }
  const auto path = std::string_view(*url).substr(0, url->find('?'));
  if (path.find("://") != std::string_view::npos || path.starts_with("//")) {
    return wrong(here, "a URL in a batch is relative, such as `/users?$top=5`");
  }
  std::string relative = path.starts_with('/') ? *url : "/" + *url;
  const auto last = path.substr(path.rfind('/') + 1);
  if (equal_ignoring_case(last, "$batch") || equal_ignoring_case(last, "%24batch")) {
    return wrong(here, "a batch cannot hold a batch");
  }
  return relative;
}

Result<Headers> read_headers(const json::Value& request, const json::Pointer& at) {
  Headers headers;
  const auto* value = request.find("headers");
  if (value == nullptr || value->is_null()) return headers;
  const auto here = at.member("headers");
  if (!value->is_object()) {
    return wrong(here, "expected an object, found " + std::string(json::name_of(value->kind())));
  }
  if (value->members().size() > batch_headers_max) {
    return fail(ErrorKind::too_large,
                "a request has at most " + std::to_string(batch_headers_max) + " headers",
                here.text());
  }
  for (const auto& member : value->members()) {
    const auto header = here.member(member.name);
    if (!is_token(member.name)) return wrong(here, in_backticks(member.name) + " names no header");
    if (!member.value.is_string() || has_control(member.value.text())) {
      return wrong(header, "expected a string without control characters");
    }
    for (const auto text : {member.name, member.value.text()}) {
      if (auto done = check_length(here, text); !done) {
        return tl::unexpected<Error>(std::move(done.error()));
      }
    }
    for (const auto& [name, other] : headers) {
      if (equal_ignoring_case(name, member.name)) return wrong(header, "the header is given twice");
    }
    headers.emplace_back(member.name, member.value.text());
  }
  return headers;
}

Result<void> check_members(const json::Value& object, std::span<const std::string_view> known,
                           const json::Pointer& at) {
  for (const auto& member : object.members()) {
    if (std::find(known.begin(), known.end(), member.name) != known.end()) continue;
    std::string list;
    for (const auto name : known) list += (list.empty() ? "" : ", ") + in_backticks(name);
    return wrong(at.member(member.name), "unknown member; there are " + list);
  }
  return {};
}

Result<void> check_body(const BatchRequest& request, const json::Pointer& at) {
  if (!request.body) return {};
  if (request.method == "GET" || request.method == "DELETE") {
    return wrong(at.member("body"), in_backticks(request.method) + " has no body");
  }
  const auto typed = [](const auto& header) {
    return equal_ignoring_case(header.first, "Content-Type");
  };
  if (std::any_of(request.headers.begin(), request.headers.end(), typed)) return {};
  return wrong(at, "a request with a body says its `Content-Type` in `headers`");
}

Result<BatchRequest> read_request(const json::Value& value, const json::Pointer& at) {
  constexpr std::string_view known[] = {"id", "method", "url", "headers", "body", "dependsOn"};
  if (!value.is_object()) {
    return wrong(at, "expected an object, found " + std::string(json::name_of(value.kind())));
  }
  if (auto done = check_members(value, known, at); !done) {
    return tl::unexpected<Error>(std::move(done.error()));
  }
  BatchRequest request;
  auto id = read_text(value, "id", at);
  if (!id) return tl::unexpected<Error>(std::move(id.error()));
  auto method = read_method(value, at);
  if (!method) return tl::unexpected<Error>(std::move(method.error()));
  auto url = read_url(value, at);
  if (!url) return tl::unexpected<Error>(std::move(url.error()));
  auto headers = read_headers(value, at);
  if (!headers) return tl::unexpected<Error>(std::move(headers.error()));
  request.id = std::move(*id);
  request.method = std::move(*method);
  request.url = std::move(*url);
  request.headers = std::move(*headers);
  if (const auto* body = value.find("body"); body != nullptr && !body->is_null()) {
    request.body = body;
  }
  if (auto done = check_body(request, at); !done) {
    return tl::unexpected<Error>(std::move(done.error()));
  }
  return request;
}

Result<void> read_depends_on(const json::Value& value, const json::Pointer& at,
                             std::span<const BatchRequest> requests, BatchRequest& request) {
  const auto* list = value.find("dependsOn");
  if (list == nullptr || list->is_null()) return {};
  const auto here = at.member("dependsOn");
  if (!list->is_array()) {
    return wrong(here, "expected a list, found " + std::string(json::name_of(list->kind())));
  }
  if (list->items().size() > batch_depends_max) {
    return fail(ErrorKind::too_large,
                "a request waits for at most " + std::to_string(batch_depends_max) + " others",
                here.text());
  }
  for (std::size_t i = 0; i < list->items().size(); ++i) {
    const auto& item = list->items()[i];
    const auto other = std::find_if(requests.begin(), requests.end(), [&](const auto& r) {
      return item.is_string() && equal_ignoring_case(r.id, item.text());
    });
    if (other == requests.end()) {
      return wrong(here.item(i), "no request has the id " + in_backticks(item.text()));
    }
    const auto position = static_cast<std::size_t>(other - requests.begin());
    auto& known = request.depends_on;
    if (std::find(known.begin(), known.end(), position) == known.end()) known.push_back(position);
  }
  return {};
}

// Each time the first that waits for nobody who is not done. Shorter than the list: a circle.
std::vector<std::size_t> order_of(std::span<const BatchRequest> requests) {
  std::vector<std::size_t> order;
  std::vector<bool> done(requests.size(), false);
  const auto ready = [&](std::size_t i) {
    const auto& before = requests[i].depends_on;
    return !done[i] &&
           std::all_of(before.begin(), before.end(), [&](std::size_t b) { return done[b]; });
  };
  for (std::size_t i = 0; i < requests.size();) {
    if (!ready(i)) {
      ++i;
      continue;
    }
    done[i] = true;
    order.push_back(i);
    i = 0;
  }
  return order;
}

}  // namespace

Result<Batch> Batch::read(const json::Value& root) {
  constexpr std::string_view known[] = {"requests"};
  Batch batch;
  const json::Pointer top;
  if (auto done = check_members(root, known, top); !done) {
    return tl::unexpected<Error>(std::move(done.error()));
  }
  const auto* list = root.find("requests");
  if (list == nullptr || !list->is_array()) {
    return wrong(top, R"(a batch is an object with a list `requests`)");
  }
  const auto at = top.member("requests");
  const auto items = list->items();
  if (items.empty()) return wrong(at, "the batch has no request");
  if (items.size() > batch_requests_max) {
    return fail(ErrorKind::too_large,
                "a batch has at most " + std::to_string(batch_requests_max) +
                    " requests, this one " + std::to_string(items.size()),
                at.text());
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto here = at.item(i);
    auto request = read_request(items[i], here);
    if (!request) return tl::unexpected<Error>(std::move(request.error()));
    for (const auto& other : batch.requests_) {
      if (equal_ignoring_case(other.id, request->id)) {
        return wrong(here.member("id"), "another request has the id " + in_backticks(request->id));
      }
    }
    batch.requests_.push_back(std::move(*request));
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto done = read_depends_on(items[i], at.item(i), batch.requests_, batch.requests_[i]);
    if (!done) return tl::unexpected<Error>(std::move(done.error()));
  }
  batch.order_ = order_of(batch.requests_);
  for (std::size_t i = 0; i < items.size() && batch.order_.size() < items.size(); ++i) {
    if (std::find(batch.order_.begin(), batch.order_.end(), i) == batch.order_.end()) {
      return wrong(at.item(i).member("dependsOn"),
                   "request " + in_backticks(batch.requests_[i].id) +
                       " waits for itself, or for others that wait in a circle");
    }
  }
  return batch;
}

}  // namespace sallyport::odata
