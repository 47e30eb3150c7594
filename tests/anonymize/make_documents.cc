#include "tests/anonymize/make_documents.h"

namespace sallyport::testing_support {
namespace {

std::string id_of(const char* kind, std::size_t number) {
  return "5ec7e75e-" + std::string(kind) + "-4000-8000-00000000000" + std::to_string(number);
}
std::string quoted(const std::string& text) { return '"' + text + '"'; }

class Maker {
 public:
  explicit Maker(Random& random) : r_(random) {}

  std::vector<MadeDocument> all() {
    for (std::size_t i = 0; i < 5; ++i) add("group", group(i));
    for (std::size_t i = 0; i < 8; ++i) add("user", user(i));
    for (std::size_t i = 0; i < 2; ++i) add("directoryRole", role(i));
    for (std::size_t i = 0; i < 4; ++i) add("servicePrincipal", principal(i));
    for (std::size_t i = 0; i < 6; ++i) add("device", device(i));
    for (std::size_t i = 0; i < 3; ++i) add("ipNamedLocation", addresses(i));
    add("countryNamedLocation",
        R"("id":")" + id_of("0c0c", 0) +
            R"(","displayName":"kryptonite countries","countriesAndRegions":["FR","DE"])");
    add("conditionalAccessPolicy", policy(0, R"("excludeUsers":[],)"));
    for (std::size_t i = 1; i < 8; ++i) add("conditionalAccessPolicy", policy(i, {}));
    return std::move(made_);
  }

 private:
  void add(const std::string& type, const std::string& members) {
    made_.push_back({type, R"({"@odata.type":"#microsoft.graph.)" + type + R"(",)" + members +
                               R"(,"kryptoniteMember":{"kryptonite":["kryptonite",5,true]}})"});
  }
  std::string list(const char* kind, std::size_t count, std::size_t most) {
    std::string text = "[";
    for (std::size_t i = r_.below(most + 1); i > 0; --i) {
      text += (text.size() > 1 ? "," : "") + quoted(id_of(kind, r_.below(count)));
    }
    return text + "]";
  }
  std::string members(std::size_t self, bool groups) {
    std::string text;
    for (std::size_t i = r_.below(4); i > 0; --i) {
      text += (text.empty() ? "" : ",") + (R"({"@odata.type":"#microsoft.graph.user","id":")" +
                                           id_of("aaaa", r_.below(8)) + "\"}");
    }
    if (groups && self > 0 && r_.chance(50)) {
      text += (text.empty() ? "" : ",") + (R"({"@odata.type":"#microsoft.graph.group","id":")" +
                                           id_of("bbbb", r_.below(self)) + "\"}");
    }
    return "[" + text + "]";
  }

  std::string group(std::size_t i) {
    return R"("id":")" + id_of("bbbb", i) + R"(","displayName":"kryptonite group )" +
           std::to_string(i) + R"(","members":)" + members(i, true);
  }
  std::string user(std::size_t i) {
    static const std::vector<std::string> types = {"Member", "Guest"};
    return R"("id":")" + id_of("aaaa", i) + R"(","displayName":"kryptonite person","mail":)" +
           R"("k@hidden-contoso.com","userPrincipalName":"kryptonite)" + std::to_string(i) +
           R"(@hidden-contoso.com","userType":")" + r_.pick(types) + '"' +
           (r_.chance(30) ? R"(,"externalUserState":"Accepted","externalTenantId":")" +
                                id_of("7e7e", r_.below(2)) + '"'
                          : std::string());
  }
  std::string role(std::size_t i) {
    static const std::vector<std::string> templates = {"62e90394-69f5-4237-9190-012177145e10",
                                                       "f28a1f50-f6e7-4571-818b-6a12f2af6b6c"};
    return R"("id":"5ec7e75e-0000-4000-8000-0000000000f)" + std::to_string(i) +
           R"(","roleTemplateId":")" + templates[i] + R"(","members":)" + members(0, false);
  }
  std::string principal(std::size_t i) {
    static const std::vector<std::string> values = {"kryptonite-red", "kryptonite-green",
                                                    "Red kryptonite"};
    return R"("id":")" + id_of("5555", i) + R"(","appId":")" + id_of("aabb", i) +
           R"(","displayName":"kryptonite app","customSecurityAttributes":)" +
           R"({"Kryptonite":{"Level":")" +
           r_.pick(values) + R"(","Zone_kryptonite":[")" + r_.pick(values) + R"("]}})";
  }
  std::string device(std::size_t i) {
    static const std::vector<std::string> names = {"KRYPTONITE-PC-1", "Kryptonite laptop",
                                                   "old-kryptonite"};
    static const std::vector<std::string> trusts = {"AzureAd", "ServerAd", "Workplace"};
    return R"("deviceId":")" + id_of("dddd", i) + R"(","displayName":")" + r_.pick(names) +
           R"(","isCompliant":)" + (r_.chance(50) ? "true" : "false") +
           R"(,"isManaged":true,"trustType":")" + r_.pick(trusts) + R"(","model":")" +
           r_.pick(names) + R"(","physicalIds":["[OrderID]:kryptonite-)" +
           std::to_string(r_.below(3)) + R"("],"operatingSystem":"Windows",)" +
           R"("operatingSystemVersion":"10.0.1904)" + std::to_string(i) +
           R"(","extensionAttributes":{"extensionAttribute1":")" + r_.pick(names) + R"("})";
  }
  std::string addresses(std::size_t i) {
    static const std::vector<std::string> ranges = {
        "198.51.100.0/24", "198.51.100.128/25",  "203.0.113.8/29", "203.0.113.77/32",
        "192.0.2.0/25",    "2001:db8:5ec7::/48", "2001:db8::/32",  "0.0.0.0/0"};
    std::string list;
    for (std::size_t n = r_.between(1, 3); n > 0; --n) {
      const auto range = r_.pick(ranges);
      list +=
          (list.empty() ? "" : ",") +
          (R"({"@odata.type":"#microsoft.graph.)" +
           std::string(range.find(':') == std::string::npos ? "iPv4CidrRange" : "iPv6CidrRange") +
           R"(","cidrAddress":")" + range + "\"}");
    }
    return R"("id":")" + id_of("1010", i) + R"(","displayName":"kryptonite place","isTrusted":)" +
           (r_.chance(50) ? "true" : "false") + R"(,"ipRanges":[)" + list + "]";
  }

  std::string device_rule() {
    static const std::vector<std::string> rules = {
        R"(device.displayName -startsWith \"krypto\")",
        R"(device.displayName -eq \"old-kryptonite\" -or device.model -eq \"Kryptonite laptop\")",
        R"(device.displayName -contains \"nite-p\" -and device.isCompliant -ne True)",
        R"(device.physicalIds -contains \"kryptonite-1\")",
        R"(device.extensionAttribute1 -in [\"KRYPTONITE-PC-1\", \"kryptonite\"])",
        R"(-not (device.trustType -eq \"ServerAD\"))",
        R"(device.operatingSystemVersion -startsWith \"10.0.19041\")",
        R"(device.deviceId -eq \"5ec7e75e-dddd-4000-8000-000000000003\")",
        R"(kryptonite is no rule)"};
    return r_.pick(rules);
  }
  std::string application_rule() {
    static const std::vector<std::string> rules = {
        R"(CustomSecurityAttribute.Kryptonite_Level -contains \"kryptonite-red\")",
        R"(CustomSecurityAttribute.kryptonite_zone_kryptonite -notContains \"Red kryptonite\")"};
    return r_.pick(rules);
  }
  std::string policy(std::size_t i, const std::string& none) {
    static const std::vector<std::string> states = {
        "enabled",   "enabled", "enabled", "disabled", "enabledForReportingButNotEnforced",
        "kryptonite"};
    static const std::vector<std::string> controls = {
        R"("mfa")", R"("block")", R"("compliantDevice","mfa")", R"("domainJoinedDevice")",
        R"("kryptoniteControl")"};
    std::string users = none.empty()
                            ? (r_.chance(60) ? R"("includeUsers":["All"],)"
                                             : R"("includeUsers":)" + list("aaaa", 8, 3) + ',')
                            : R"("includeUsers":["All"],)" + none;
    users += R"("includeGroups":)" + list("bbbb", 5, 2) + R"(,"excludeGroups":)" +
             list("bbbb", 5, 1) + R"(,"includeRoles":)" +
             (r_.chance(30) ? R"(["62e90394-69f5-4237-9190-012177145e10"])" : "[]");
    if (r_.chance(30)) {
      users +=
          R"(,"excludeGuestsOrExternalUsers":{"guestOrExternalUserTypes":)"
          R"("b2bCollaborationGuest,)"
          R"(internalGuest","externalTenants":{"@odata.type":"#microsoft.graph.)"
          R"(conditionalAccessEnumeratedExternalTenants","membershipKind":"enumerated",)"
          R"("members":)" +
          list("7e7e", 2, 2) + "}}";
    }
    std::string applications = R"("includeApplications":)" +
                               (r_.chance(60) ? std::string(R"(["All"])") : list("aabb", 4, 2));
    if (r_.chance(40)) {
      applications +=
          R"(,"applicationFilter":{"mode":"exclude","rule":")" + application_rule() + R"("})";
    }
    std::string conditions = R"("users":{)" + users + R"(},"applications":{)" + applications + '}';
    if (r_.chance(60)) {
      conditions += R"(,"locations":{"includeLocations":["All"],"excludeLocations":)" +
                    (r_.chance(40) ? std::string(R"(["AllTrusted"])") : list("1010", 3, 2)) + '}';
    }
    if (r_.chance(60)) {
      conditions += R"(,"devices":{"deviceFilter":{"mode":")" +
                    std::string(r_.chance(50) ? "include" : "exclude") + R"(","rule":")" +
                    device_rule() + R"("}})";
    }
    if (r_.chance(20)) conditions += R"(,"signInRiskLevels":["high","kryptonite"])";
    if (r_.chance(20)) conditions += R"(,"kryptoniteCondition":{"kryptonite":["a"]})";
    return R"("id":")" + id_of("cccc", i) + R"(","displayName":"kryptonite policy )" +
           std::to_string(i) + R"(","description":"by k@hidden-contoso.com from 198.51.100.7",)" +
           R"("state":")" + r_.pick(states) + R"(","conditions":{)" + conditions +
           R"(},"grantControls":{"operator":"OR","builtInControls":[)" + r_.pick(controls) +
           R"(],"termsOfUse":[")" + id_of("7070", 1) + R"("]})";
  }

  Random& r_;
  std::vector<MadeDocument> made_;
};

}  // namespace

std::vector<MadeDocument> make_documents(Random& random) { return Maker(random).all(); }

}  // namespace sallyport::testing_support
