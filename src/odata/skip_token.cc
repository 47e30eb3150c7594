#include "odata/skip_token.h"

#include <optional>

#include "base/base64.h"
#include "base/digest.h"
#include "base/json.h"
#include "odata/query.h"

namespace sallyport::odata {
namespace {

constexpr char version = 1;
constexpr std::size_t mac_size = 32;

std::string sign(std::string_view payload, std::string_view binding, std::string_view key) {
  std::string text(1, version);
  text += std::to_string(binding.size());  // so that no byte moves from one part to the other
  text += ':';
  text += binding;
  text += payload;
  return hmac_sha256(key, text);
}

std::string payload_of(const Place& place) {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  writer.begin_array();
  for (const auto& key : place.keys) {
    if (key.null) {
      writer.null();
    } else {
      writer.value(key.text);
    }
  }
  writer.end_array();
  writer.value(place.id);
  writer.end_array();
  return out;
}

std::optional<Place> place_in(std::string_view payload) {
  const auto document = json::parse(payload);
  if (!document || document->root().items().size() != 2) return std::nullopt;
  const auto parts = document->root().items();
  if (!parts[0].is_array() || !parts[1].is_string()) return std::nullopt;
  Place place;
  for (const auto& key : parts[0].items()) {
    if (!key.is_null() && !key.is_string()) return std::nullopt;
    place.keys.push_back({key.is_null(), std::string(key.text())});
  }
  place.id = parts[1].text();
  return place;
}

}  // namespace

std::string write_skip_token(const Place& place, std::string_view binding, std::string_view key) {
  const auto payload = payload_of(place);
  return encode_base64url(version + sign(payload, binding, key) + payload);
}

Result<Place> read_skip_token(std::string_view token, std::string_view binding,
                              std::string_view key) {
  const auto refuse = [](std::string message) {
    return fail(ErrorKind::invalid_argument, std::move(message) + "; begin with the first page",
                "$skiptoken");
  };
  if (token.size() > skip_token_length_max) return refuse("the token is too long");
  const auto bytes = decode_base64url(token);
  if (!bytes || bytes->size() <= 1 + mac_size) return refuse("this is no token of this service");
  if (bytes->front() != version) return refuse("the token is of another version of this service");
  const std::string_view signed_part = *bytes;
  const auto mac = signed_part.substr(1, mac_size);
  const auto payload = signed_part.substr(1 + mac_size);
  const auto wanted = sign(payload, binding, key);
  if (!equal_in_constant_time(mac, wanted)) {
    return refuse(
        "the token was changed, or was made for another list, `$filter`, `$search` or `$orderby`");
  }
  auto place = place_in(payload);
  if (!place) return refuse("this is no token of this service");
  return std::move(*place);
}

}  // namespace sallyport::odata
