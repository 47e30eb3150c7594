#include "analysis/anonymize/documents.h"
#include "analysis/anonymize/policy_members.h"
#include "directory/write.h"

namespace sallyport {

void disguise_policies(const LoadResult& loaded, const AttributeDisguise& attributes,
                       const Disguise& disguise, const TakeDocument& take) {
  const PolicyDisguise members_of(attributes, disguise);
  for (const SourceDocument& document : loaded.documents) {
    const bool is_template = document.kind == DocumentKind::policy_template;
    if (!is_template && document.kind != DocumentKind::conditional_access_policy) continue;
    const auto parsed = json::parse(document.json);
    if (!parsed) continue;
    json::Arena arena;
    const auto& shape =
        is_template ? schema::conditional_access_template : schema::conditional_access_policy;
    const auto value = members_of.object(shape, parsed->root(), {}, arena);
    const auto type = "#microsoft.graph." + std::string(name_of(document.kind));
    std::vector<json::Member> members = {{"@odata.type", arena.string(type), 0}};
    bool has_id = false;
    for (const auto& member : value.members()) {
      if (member.name == "@odata.type") continue;
      has_id = has_id || member.name == "id";
      members.push_back(member);
    }
    if (!has_id) members.push_back({"id", arena.string(disguise.id(document.id)), 0});
    take(document.kind, json::write(arena.object(members)));
  }
}

void disguise_places(const PolicySet& set, Disguise& disguise, const TakeDocument& take) {
  for (NamedLocation location : set.named_locations) {
    location.id_text = disguise.id(location.id_text);
    location.display_name = disguise.text("Location ", location.display_name);
    for (CidrRange& range : location.ip_ranges) range = disguise.range(range);
    take(DocumentKind::named_location,
         json::written([&](json::Writer& w) { write_named_location(location, w); }));
  }
  for (AuthenticationStrength strength : set.authentication_strengths) {
    strength.id_text = disguise.id(strength.id_text);
    strength.display_name = disguise.text("Strength ", strength.display_name);
    for (auto& configuration : strength.combination_configurations) {
      for (auto& id : configuration.allowed_aaguids) id = disguise.id(id);
      for (auto& id : configuration.allowed_issuer_skis) id = disguise.id(id);
      for (auto& id : configuration.allowed_policy_oids) id = disguise.object_identifier(id);
    }
    const auto text =
        json::written([&](json::Writer& w) { write_authentication_strength(strength, w); });
    take(DocumentKind::authentication_strength_policy,
         R"({"@odata.type":"#microsoft.graph.authenticationStrengthPolicy",)" + text.substr(1));
  }
  for (const auto context : set.authentication_contexts) {
    take(DocumentKind::authentication_context, json::written([&](json::Writer& w) {
           w.begin_object();
           w.member("@odata.type", "#microsoft.graph.authenticationContextClassReference");
           w.member("id", "c" + std::to_string(context));
           w.member("isAvailable", true);
           w.end_object();
         }));
  }
  take(DocumentKind::settings, json::written([&](json::Writer& w) {
         const auto list = [&](std::string_view name, const auto& items, auto text) {
           w.key(name);
           w.begin_array();
           for (const auto& item : items) w.value(text(item));
           w.end_array();
         };
         const auto id = [&](ApplicationId of) { return to_string(disguise.id(of)); };
         w.begin_object();
         w.member("@odata.type", "#sallyport.settings");
         w.member("id", "settings");
         list("mfaTrustedIps", set.mfa_trusted_ips,
              [&](const CidrRange& range) { return to_string(disguise.range(range)); });
         list("office365Applications", set.office365, id);
         list("adminPortalApplications", set.admin_portals, id);
         w.end_object();
       }));
}

}  // namespace sallyport
