// [fleet] and [[fleet.policy]] of the configuration (docs/partners.md).
#include "base/id.h"
#include "base/json.h"
#include "server/config_reader.h"
#include "server/fleet.h"

namespace sallyport {
namespace {

// As JSON: what a value of a fact is.
std::string json_of(ConfigReader& r, const toml::node& node) {
  std::string out;
  json::Writer writer(out);
  if (const auto* text = node.as_string()) {
    writer.value(text->get());
  } else if (const auto* truth = node.as_boolean()) {
    writer.value(truth->get());
  } else if (const auto* number = node.as_integer()) {
    writer.value(number->get());
  } else {
    r.wrong_type(node, "true, false, a whole number or a string");
  }
  return out;
}

void read_fleet_policy(ConfigReader& r, const toml::node& node, FleetConfig& config) {
  std::string name, fact, pass, fail;
  std::optional<std::int64_t> id;
  bool is_told = false;  // of a wrong value
  const auto value = [&r, &is_told](std::string& into) {
    return [&r, &is_told, &into](const toml::node& n) {
      into = json_of(r, n);
      is_told = is_told || into.empty();
    };
  };
  r.table(node, "fleet.policy",
          {{"name", r.text(name)},
           {"id", r.number(1, INT64_MAX, [&id](std::int64_t n) { id = n; })},
           {"fact", r.text(fact)},
           {"pass", value(pass)},
           {"fail", value(fail)}});
  if (!node.is_table() || is_told) return;
  if (name.empty() == !id) {
    r.note(node, "a [[fleet.policy]] needs `name` or `id`, of a policy in Fleet, and one of them");
    return;
  }
  auto rule = fleet::make_policy_rule(fact, pass, fail);
  if (!rule) {
    r.note(node, "`fleet.policy." + rule.error().where + "`: " + rule.error().message);
    return;
  }
  rule->name = std::move(name);
  rule->id = id;
  config.policies.push_back(std::move(*rule));
}

// The token is not sent in the open: plain http is for this machine alone.
void check_fleet_address(ConfigReader& r, const toml::node& node, const std::string& address) {
  const auto url = parse_http_url(address);
  if (!url) {
    r.note(node, "`fleet.address` is `" + printable(address) + "`: " + url.error().message);
    return;
  }
  const auto numeric = parse_ip_address(url->host);
  const bool is_here = url->host == "localhost" || (numeric && is_loopback(*numeric));
  if (!url->tls && !is_here)
    r.note(node, "`fleet.address` must begin with https://: the token would be sent in the open");
}

}  // namespace

void read_fleet(ConfigReader& r, const toml::node& node, FleetConfig& config) {
  r.table(
      node, "fleet",
      {{"address",
        [&](const toml::node& n) {
          r.url(config.address)(n);
          if (!config.address.empty()) check_fleet_address(r, n, config.address);
        }},
       {"token_file",
        [&](const toml::node& n) {
          r.readable(config.token_file)(n);
          const auto token = read_file(config.token_file);
          if (!token) return;
          if (const auto good = check_fleet_token(trim(*token)); !good)
            r.note(n, "`" + config.token_file + "` " + good.error().message);
        }},
       {"authorities", r.readable(config.authorities)},
       {"interval_seconds",
        r.number(1, 86'400, [&](std::int64_t n) { config.interval = std::chrono::seconds(n); })},
       {"policy", [&](const toml::node& n) {
          const auto* items = n.as_array();
          if (items == nullptr) return r.wrong_type(n, "a list: [[fleet.policy]]");
          for (const auto& item : *items) read_fleet_policy(r, item, config);
        }}});
  if (node.is_table() && (config.address.empty() || config.token_file.empty()))
    r.note(node, "`[fleet]` needs `address` and `token_file`");
}

}  // namespace sallyport
