#include "service/fleet/fleet_server.h"

#include <charconv>
#include <unordered_map>

#include "base/text.h"

namespace sallyport {
namespace {

constexpr std::chrono::seconds wait_max = std::chrono::hours(1);

tl::unexpected<Error> unavailable(std::string why) {
  return fail(ErrorKind::unavailable, std::move(why));
}

std::string path_of_page(const HttpUrl& url, std::size_t page) {
  auto path = url.target.substr(0, url.target.find('?'));
  while (path.ends_with('/')) path.pop_back();
  return path +
         "/api/v1/fleet/hosts?populate_policies=true&order_key=id&order_direction=asc&page=" +
         std::to_string(page) + "&per_page=" + std::to_string(fleet_page_size);
}

std::chrono::seconds asked_to_wait(const OutgoingAnswer& answer) {
  const auto text = trim(answer.header("Retry-After"));
  std::int64_t seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (read.ec != std::errc() || seconds < 0) return {};
  return std::min(wait_max, std::chrono::seconds(std::min(seconds, wait_max.count())));
}

// In words that tell what to do.
Error refusal(const OutgoingAnswer& answer) {
  const auto status = "Fleet answered " + std::to_string(answer.status);
  if (answer.status == 401) {
    return {ErrorKind::denied,
            status +
                ": the token is not valid, or is so no longer; put another into "
                "`fleet.token_file`",
            {}};
  }
  if (answer.status == 403) {
    return {ErrorKind::denied, status + ": the token's user may not see the hosts", {}};
  }
  if (answer.status == 404) {
    return {ErrorKind::unavailable,
            status + ": there is no Fleet API at `fleet.address`, or it is too old",
            {}};
  }
  if (answer.status >= 300 && answer.status < 400) {
    return {ErrorKind::unavailable,
            status + ": it sends us to `" + printable(answer.header("Location")) +
                "`, where the token is not taken; make `fleet.address` the address it really has",
            {}};
  }
  return {ErrorKind::unavailable, status, {}};
}

Result<fleet::Page> read_page(HttpClient& client, const FleetRequest& request, std::size_t number,
                              std::span<const fleet::PolicyRule> rules, Instant now,
                              std::chrono::seconds& wait) {
  OutgoingRequest page;
  page.method = "GET";
  page.url = request.url;
  page.url.target = path_of_page(request.url, number);
  page.headers = {{"Authorization", "Bearer " + request.token}, {"Accept", "application/json"}};
  page.patience = request.patience;
  const auto answer = client.send(page);
  if (!answer) return unavailable("Fleet could not be asked: " + describe(answer.error()));
  if (answer->status != 200) {
    wait = asked_to_wait(*answer);
    return tl::unexpected<Error>(refusal(*answer));
  }
  auto read = fleet::read_page(answer->body, rules, now);
  if (!read) return unavailable("Fleet answered, but " + describe(read.error()));
  return read;
}

}  // namespace

Result<FleetHosts> read_fleet_hosts(HttpClient& client, const FleetRequest& request,
                                    std::span<const fleet::PolicyRule> rules, Instant now,
                                    std::chrono::seconds& wait) {
  FleetHosts all;
  std::unordered_map<std::int64_t, std::size_t> places;  // by Fleet's id
  for (std::size_t number = 0;; ++number) {
    if (request.should_stop && request.should_stop()) return unavailable("the server is stopping");
    auto page = read_page(client, request, number, rules, now, wait);
    if (!page) {
      page.error().where = "page " + std::to_string(number);
      return tl::unexpected<Error>(std::move(page.error()));
    }
    // A page may be shorter than what was asked for: only one without any is the last.
    if (page->size == 0) return all;
    const auto had = all.hosts.size();
    for (auto& host : page->hosts) {
      const auto [place, is_new] = places.try_emplace(host.id, all.hosts.size());
      if (is_new) {
        all.hosts.push_back(std::move(host));
      } else {  // it moved to another page meanwhile
        all.hosts[place->second] = std::move(host);
      }
    }
    for (auto& error : page->unreadable) all.unreadable.push_back(std::move(error));
    if (!page->hosts.empty() && all.hosts.size() == had) {
      return unavailable("Fleet gives the same hosts on every page");
    }
    if (all.hosts.size() + all.unreadable.size() > fleet_hosts_max) {
      return unavailable("Fleet has more than " + std::to_string(fleet_hosts_max) + " hosts");
    }
  }
}

}  // namespace sallyport
