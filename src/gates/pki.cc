#include "gates/pki.h"

#include "base/base64.h"
#include "base/json.h"
#include "enrolment/revocation.h"

namespace sallyport {
namespace {

constexpr std::string_view list_kind = "sallyport.revocationList";
constexpr std::string_view list_id = "device";
constexpr std::chrono::hours list_kept{1};
constexpr std::chrono::hours list_life{24};
constexpr std::chrono::hours ocsp_life{1};

// The next number of a list, on the disk before it is used (RFC 5280, section 5.2.3).
Result<std::int64_t> next_number(Store& store) {
  for (;;) {
    const auto document = store.get(list_kind, list_id);
    if (!document && document.error().kind != ErrorKind::not_found) {
      return tl::unexpected<Error>(document.error());
    }
    std::int64_t number = 0;
    if (document) {
      const auto parsed = json::parse(document->json);
      const auto* last = parsed ? parsed->root().find("number") : nullptr;
      number = last == nullptr ? 0 : last->integer().value_or(0);
    }
    ++number;
    std::string text;
    json::Writer w(text);
    w.begin_object();
    w.member("number", number);
    w.end_object();
    const auto put = store.put(list_kind, list_id, text, document ? document->version : Version{0});
    if (put) return number;
    if (put.error().kind != ErrorKind::conflict) return tl::unexpected<Error>(put.error());
  }
}

HttpResponse failed(const Error& error) {
  auto response = error_response(status_of(error.kind), "notAvailable", error.message);
  response.add("Retry-After", "10");
  return response;
}

HttpResponse answer(std::string_view type, std::string body, std::string_view cache) {
  HttpResponse response;
  response.add("Content-Type", type);
  response.add("Cache-Control", cache);
  response.body = std::move(body);
  return response;
}

}  // namespace

HttpResponse Pki::certificate() const {
  return answer("application/pkix-cert", authority_.certificate_der(), "max-age=3600");
}

Result<std::string> Pki::current_list(Instant now) {
  const std::lock_guard lock(mutex_);
  const auto revocations = index_.revocations();
  const bool current =
      !list_.empty() && revocations == revocations_ && now >= made_ && now < made_ + list_kept;
  if (current) return list_;
  const auto number = next_number(store_);
  if (!number) return tl::unexpected<Error>(number.error());
  auto made = make_revocation_list(authority_, index_.revoked(now), *number, now, list_life);
  if (!made) return made;
  list_ = std::move(*made);
  made_ = now;
  revocations_ = revocations;
  return list_;
}

HttpResponse Pki::revocation_list(Instant now) {
  auto list = current_list(now);
  if (!list) return failed(list.error());
  return answer("application/pkix-crl", std::move(*list), "max-age=300");
}

HttpResponse Pki::ocsp(const HttpRequest& request, Instant now) const {
  std::string asked(request.body);
  const bool by_get = request.method == "GET" || request.method == "HEAD";
  if (by_get) {
    constexpr std::string_view prefix = "/pki/ocsp/";
    const auto path = request.path.substr(std::min(prefix.size(), request.path.size()));
    const auto text = percent_decode(path);
    asked = (text ? decode_base64(*text) : std::nullopt).value_or(std::string());
  }
  auto answered = answer_ocsp(
      authority_, asked, [&](std::string_view serial) { return index_.find(serial); }, now,
      ocsp_life);
  if (!answered) return failed(answered.error());
  return answer("application/ocsp-response", std::move(*answered),
                by_get ? "max-age=300" : "no-store");
}

}  // namespace sallyport
