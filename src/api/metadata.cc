#include "api/metadata.h"

#include <map>
#include <set>

#include "api/expand.h"
#include "api/operation.h"
#include "api/resources.h"
#include "base/text.h"
#include "gates/message.h"

namespace sallyport::api {
namespace {

// What is our own has no place in Graph's namespace.
bool is_of_graph(const Resource& resource) {
  return resource.schema != nullptr && resource.type.starts_with("microsoft.graph.");
}

using odata::PropertyKind;
using schema::Shape;

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + html_escape(value) + "\"";
}

std::string collection_of(std::string_view type) { return "Collection(" + std::string(type) + ")"; }

std::string_view type_of(Shape shape) {
  switch (shape) {
    case Shape::boolean: return "Edm.Boolean";
    case Shape::number: return "Edm.Int64";
    case Shape::text:
    case Shape::word:
    case Shape::flags: return "Edm.String";
    case Shape::words:
    case Shape::ids: return "Collection(Edm.String)";
    case Shape::objects: return "Collection(Edm.Untyped)";
    case Shape::any:
    case Shape::object: break;
  }
  return "Edm.Untyped";
}

std::string_view type_of(PropertyKind kind) {
  switch (kind) {
    case PropertyKind::boolean: return "Edm.Boolean";
    case PropertyKind::number: return "Edm.Decimal";
    case PropertyKind::date_time: return "Edm.DateTimeOffset";
    case PropertyKind::complex: return "Edm.Untyped";
    default: return "Edm.String";
  }
}

void append_property(std::string& out, std::string_view name, std::string_view type) {
  out += "<Property" + attribute("Name", name) + attribute("Type", type) +
         (name == "id" ? attribute("Nullable", "false") : std::string()) + "/>";
}

// The members on top; dates and the like are known from what queries may name.
void append_properties(std::string& out, const Resource& resource) {
  std::set<std::string_view> written;
  for (const auto& property : resource.schema->properties) {
    if (property.path.find('/') != property.path.npos || !written.insert(property.path).second) {
      continue;
    }
    const auto type = type_of(property.kind);
    append_property(out, property.path,
                    property.collection ? collection_of(type) : std::string(type));
  }
  if (resource.members == nullptr) return;
  for (const auto& member : resource.members->members) {
    const bool annotation = member.name.find('@') != member.name.npos;
    if (annotation || !written.insert(member.name).second) continue;
    append_property(out, member.name, type_of(member.shape));
  }
}

std::string_view short_name(std::string_view type) { return type.substr(type.rfind('.') + 1); }

void append_type(std::string& out, const Resource& resource) {
  out += "<EntityType" + attribute("Name", short_name(resource.type)) +
         attribute("OpenType", "true") + "><Key><PropertyRef Name=\"id\"/></Key>";
  append_properties(out, resource);
  for (const auto& one : resource.navigations) {
    constexpr std::string_view object = "microsoft.graph.directoryObject";
    out += "<NavigationProperty" + attribute("Name", one.name) +
           attribute("Type", one.single ? std::string(object) : collection_of(object)) + "/>";
  }
  for (const auto& one : resource.contained) {
    append_property(out, one.name, collection_of("Edm.Untyped"));
  }
  out += "</EntityType>";
}

// The paths as a tree: `identity`, in it `conditionalAccess`, in it the collection `policies`.
struct Node {
  const Resource* collection = nullptr;
  std::map<std::string_view, Node> inside;
};

Node tree() {
  Node root;
  for (const auto& operation : operations()) {
    const auto& resource = *operation.resource;
    if (!is_of_graph(resource)) continue;
    auto* node = &root;
    auto rest = resource.path;
    while (!rest.empty()) {
      rest.remove_prefix(1);
      const auto end = rest.find('/');
      node = &node->inside[rest.substr(0, end)];
      rest = end == rest.npos ? std::string_view() : rest.substr(end);
    }
    node->collection = &resource;
  }
  return root;
}

std::string inner_type(const std::string& above, std::string_view name) {
  return above.empty() ? std::string(name) + "Root" : above + "_" + std::string(name);
}

// A type for each segment that is no collection.
void append_inner_types(std::string& out, const Node& node, const std::string& type) {
  for (const auto& [name, inside] : node.inside) {
    if (inside.collection == nullptr) append_inner_types(out, inside, inner_type(type, name));
  }
  if (type.empty()) return;
  out += "<EntityType" + attribute("Name", type) + ">";
  for (const auto& [name, inside] : node.inside) {
    const auto target = inside.collection == nullptr ? "microsoft.graph." + inner_type(type, name)
                                                     : collection_of(inside.collection->type);
    out += "<NavigationProperty" + attribute("Name", name) + attribute("Type", target) +
           attribute("ContainsTarget", "true") + "/>";
  }
  out += "</EntityType>";
}

}  // namespace

std::string metadata_document() {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
      "<edmx:Edmx xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\" Version=\"4.01\">"
      "<edmx:DataServices><Schema xmlns=\"http://docs.oasis-open.org/odata/ns/edm\" "
      "Namespace=\"microsoft.graph\">"
      "<EntityType Name=\"directoryObject\" OpenType=\"true\"><Key><PropertyRef Name=\"id\"/></Key>"
      "<Property Name=\"id\" Type=\"Edm.String\" Nullable=\"false\"/></EntityType>";
  std::set<std::string_view> types;
  for (const auto& operation : operations()) {
    const auto& resource = *operation.resource;
    if (is_of_graph(resource) && types.insert(resource.type).second) {
      append_type(out, resource);
    }
  }
  const auto root = tree();
  append_inner_types(out, root, {});
  out += "<EntityContainer Name=\"GraphService\">";
  for (const auto& [name, node] : root.inside) {
    if (node.collection != nullptr) {
      out += "<EntitySet" + attribute("Name", name) +
             attribute("EntityType", node.collection->type) + "/>";
    } else {
      out += "<Singleton" + attribute("Name", name) +
             attribute("Type", "microsoft.graph." + inner_type({}, name)) + "/>";
    }
  }
  out +=
      "<Singleton Name=\"me\" Type=\"microsoft.graph.user\"/></EntityContainer></Schema>"
      "</edmx:DataServices></edmx:Edmx>";
  return out;
}

namespace {

Replied metadata(const Call&) {
  Reply reply;
  reply.body = metadata_document();
  reply.content_type = "application/xml";
  return reply;
}

constexpr Resource resource{
    .path = "/$metadata", .context = "$metadata", .type = "microsoft.graph.metadata", .kind = {}};

const Operation rows[] = {
    {"GET",
     "/$metadata",
     &resource,
     {},
     metadata,
     BodyRule::none,
     200,
     "What there is, as CSDL",
     Answers::text,
     true,
     false},
};

}  // namespace

std::span<const Operation> metadata_operations() { return rows; }

}  // namespace sallyport::api
