#include "api/openapi.h"

#include <algorithm>
#include <map>
#include <set>

#include "api/operation.h"
#include "base/text.h"
#include "gates/message.h"

namespace sallyport::api {
namespace {

using json::Writer;
using odata::PropertyKind;
using schema::Shape;

std::string_view short_name(std::string_view type) {
  const auto dot = type.rfind('.');
  return dot == type.npos ? type : type.substr(dot + 1);
}

// ---- schemas ----

void write_type(Writer& w, std::string_view type) {  // every member may be null
  w.key("type");
  w.begin_array();
  w.value(type);
  w.value("null");
  w.end_array();
}

void write_reference(Writer& w, std::string_view name) {
  w.begin_object();
  w.member("$ref", "#/components/schemas/" + std::string(name));
  w.end_object();
}

// Lists of known words stay open: an enumeration may grow (`unknownFutureValue`).
void write_words(Writer& w, std::span<const std::string_view> words) {
  if (words.empty()) return;
  w.key("examples");
  w.begin_array();
  for (const auto word : words) w.value(word);
  w.end_array();
}

void write_object(Writer& w, const schema::Object& object);

void write_member(Writer& w, const schema::Member& member) {
  w.begin_object();
  switch (member.shape) {
    case Shape::any: break;
    case Shape::text: write_type(w, "string"); break;
    case Shape::boolean: write_type(w, "boolean"); break;
    case Shape::number: write_type(w, "integer"); break;
    case Shape::word:
    case Shape::flags:
      write_type(w, "string");
      write_words(w, member.words);
      break;
    case Shape::words:
    case Shape::ids:
      write_type(w, "array");
      w.key("items");
      w.begin_object();
      w.member("type", "string");
      write_words(w, member.words);
      w.end_object();
      break;
    case Shape::object:
    case Shape::objects:
      write_type(w, member.shape == Shape::object ? "object" : "array");
      if (member.shape == Shape::objects) {
        w.key("items");
        w.begin_object();
        w.member("type", "object");
        write_object(w, *member.object);
        w.end_object();
      } else {
        write_object(w, *member.object);
      }
      break;
  }
  w.end_object();
}

// `properties`, and that there are no others but annotations.
void write_object(Writer& w, const schema::Object& object) {
  w.key("properties");
  w.begin_object();
  for (const auto& member : object.members) {
    w.key(member.name);
    write_member(w, member);
  }
  w.end_object();
  w.key("patternProperties");
  w.begin_object();
  w.key("@odata\\.");
  w.begin_object();
  w.end_object();
  w.end_object();
  w.member("additionalProperties", false);
}

std::string_view type_of(PropertyKind kind) {
  switch (kind) {
    case PropertyKind::boolean: return "boolean";
    case PropertyKind::number: return "number";
    case PropertyKind::complex: return "object";
    default: return "string";
  }
}

// Of a resource without a fixed shape: what queries may name, and whatever else there is.
void write_properties(Writer& w, const odata::Schema& of) {
  w.key("properties");
  w.begin_object();
  for (const auto& property : of.properties) {
    if (property.path.find('/') != property.path.npos) continue;
    w.key(property.path);
    w.begin_object();
    if (property.collection) {
      write_type(w, "array");
      w.key("items");
      w.begin_object();
      w.member("type", type_of(property.kind));
      w.end_object();
    } else {
      write_type(w, type_of(property.kind));
      if (property.kind == PropertyKind::date_time) w.member("format", "date-time");
    }
    w.end_object();
  }
  w.end_object();
  w.member("additionalProperties", true);
}

void write_collection(Writer& w, std::string_view item) {
  w.begin_object();
  w.member("type", "object");
  w.key("properties");
  w.begin_object();
  for (const auto* text : {"@odata.context", "@odata.nextLink"}) {
    w.key(text);
    w.begin_object();
    w.member("type", "string");
    w.end_object();
  }
  w.key("@odata.count");
  w.begin_object();
  w.member("type", "integer");
  w.end_object();
  w.key("value");
  w.begin_object();
  w.member("type", "array");
  w.key("items");
  write_reference(w, item);
  w.end_object();
  w.end_object();
  w.key("required");
  w.begin_array();
  w.value("value");
  w.end_array();
  w.member("additionalProperties", false);
  w.end_object();
}

constexpr std::string_view fixed_schemas = R"json({
"error": {"type": "object", "required": ["error"], "properties": {"error": {
  "type": "object", "required": ["code", "message", "innerError"], "properties": {
    "code": {"type": "string"}, "message": {"type": "string"}, "innerError": {
      "type": "object", "required": ["date", "request-id", "client-request-id"], "properties": {
        "date": {"type": "string"}, "request-id": {"type": "string"},
        "client-request-id": {"type": "string"}}}}}}},
"directoryObject": {"type": "object", "required": ["@odata.type", "id"], "properties": {
  "@odata.type": {"type": "string"}, "id": {"type": "string"}}, "additionalProperties": true},
"object": {"type": "object", "additionalProperties": true}})json";

void write_schemas(Writer& w) {
  w.begin_object();
  if (const auto fixed = json::parse(fixed_schemas)) {
    for (const auto& member : fixed->root().members()) w.member(member.name, member.value);
  }
  write_collection((w.key("directoryObjectCollection"), w), "directoryObject");
  std::set<std::string_view> seen;
  for (const auto& operation : operations()) {
    const auto& resource = *operation.resource;
    if (resource.schema == nullptr || !seen.insert(resource.type).second) continue;
    const std::string name(short_name(resource.type));
    w.key(name);
    w.begin_object();
    w.member("type", "object");
    if (resource.members != nullptr) {
      write_object(w, *resource.members);
    } else {
      write_properties(w, *resource.schema);
    }
    w.end_object();
    w.key(name + "Collection");
    write_collection(w, name);
  }
  w.end_object();
}

// ---- operations ----

std::string operation_id(const Operation& operation) {
  std::string id;
  for (const char c : operation.method) id += static_cast<char>(c | 0x20);
  bool upper = true;
  for (const char c : operation.path) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
      upper = true;
      continue;
    }
    id += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return id;
}

bool is_one(const Operation& operation) {
  return operation.path.ends_with('}') || operation.path == "/me";
}

// The schema of a successful answer; empty: there is no body.
std::string answer_schema(const Operation& operation) {
  const std::string name(short_name(operation.resource->type));
  switch (operation.answers) {
    case Answers::object: return "object";
    case Answers::entity: return name;
    case Answers::directory_objects: return "directoryObjectCollection";
    case Answers::text: return "text";
    case Answers::usual: break;
  }
  if (operation.success == 204) return {};
  if (operation.method != "GET" || is_one(operation)) return name;
  return name + "Collection";
}

void write_parameter(Writer& w, std::string_view name, std::string_view in, std::string_view type,
                     std::string_view description) {
  w.begin_object();
  w.member("name", name);
  w.member("in", in);
  if (in == "path") w.member("required", true);
  w.member("description", description);
  w.key("schema");
  w.begin_object();
  w.member("type", type);
  w.end_object();
  w.end_object();
}

void write_parameters(Writer& w, const Operation& operation) {
  w.key("parameters");
  w.begin_array();
  auto rest = operation.path;
  for (auto open = rest.find('{'); open != rest.npos; open = rest.find('{')) {
    const auto close = rest.find('}');
    write_parameter(w, rest.substr(open + 1, close - open - 1), "path", "string", "its id");
    rest = rest.substr(close + 1);
  }
  if (operation.method == "GET" && operation.resource->schema != nullptr) {
    write_parameter(w, "$select", "query", "string", "the members wanted");
    if (!is_one(operation)) {
      write_parameter(w, "$filter", "query", "string", "a condition on each document");
      write_parameter(w, "$orderby", "query", "string", "members to sort by");
      write_parameter(w, "$search", "query", "string", "words of names");
      if (operation.resource->pages) {
        write_parameter(w, "$top", "query", "integer", "rows of a page, 1 to 999");
        write_parameter(w, "$skip", "query", "integer", "rows to leave out");
        write_parameter(w, "$count", "query", "boolean", "whether to count all");
      }
    }
  }
  if (operation.method == "PATCH" || operation.method == "DELETE") {
    write_parameter(w, "If-Match", "header", "string", "the ETag of the version that was seen");
  }
  w.end_array();
}

void write_body(Writer& w, std::string_view schema, std::string_view type) {
  w.key("content");
  w.begin_object();
  w.key(type);
  w.begin_object();
  w.key("schema");
  write_reference(w, schema);
  w.end_object();
  w.end_object();
}

void write_responses(Writer& w, const Operation& operation) {
  w.key("responses");
  w.begin_object();
  w.key(std::to_string(operation.success));
  w.begin_object();
  w.member("description", operation.summary);
  const auto schema = answer_schema(operation);
  if (schema == "text") {
    w.key("content");
    w.begin_object();
    w.key("text/plain");
    w.begin_object();
    w.end_object();
    w.end_object();
  } else if (!schema.empty()) {
    write_body(w, schema, "application/json");
  }
  w.end_object();
  w.key("default");
  w.begin_object();
  w.member("description", "what is wrong");
  write_body(w, "error", "application/json");
  w.end_object();
  w.end_object();
}

void write_operation(Writer& w, const Operation& operation) {
  w.begin_object();
  w.member("operationId", operation_id(operation));
  w.member("summary", operation.summary);
  w.key("tags");
  w.begin_array();
  w.value(short_name(operation.resource->type));
  w.end_array();
  // Any one of these is enough.
  w.key("security");
  w.begin_array();
  const auto requirement = [&](std::string_view permission) {
    w.begin_object();
    w.key("bearer");
    w.begin_array();
    if (!permission.empty()) w.value(permission);
    w.end_array();
    w.end_object();
  };
  for (const auto permission : operation.permissions) requirement(permission);
  if (operation.permissions.empty()) requirement({});
  w.end_array();
  write_parameters(w, operation);
  if (operation.body != BodyRule::none) {
    const bool whole = operation.answers == Answers::usual &&
                       operation.resource->schema != nullptr && !operation.path.ends_with("$ref");
    w.key("requestBody");
    w.begin_object();
    w.member("required", operation.body == BodyRule::required);
    write_body(w, whole ? short_name(operation.resource->type) : "object", "application/json");
    w.end_object();
  }
  write_responses(w, operation);
  w.end_object();
}

std::map<std::string_view, std::vector<const Operation*>> by_path() {
  std::map<std::string_view, std::vector<const Operation*>> paths;
  for (const auto& operation : operations()) paths[operation.path].push_back(&operation);
  return paths;
}

}  // namespace

std::string openapi_document(std::string_view base) {
  std::string out;
  Writer w(out);
  w.begin_object();
  w.member("openapi", "3.1.0");
  w.key("info");
  w.begin_object();
  w.member("title", "Sallyport");
  w.member("version", "1");
  w.member("description", "Conditional access in the shapes and at the paths of Microsoft Graph.");
  w.end_object();
  w.key("servers");
  w.begin_array();
  for (const auto* version : {"/v1.0", "/beta"}) {
    w.begin_object();
    w.member("url", std::string(base) + version);
    w.end_object();
  }
  w.end_array();
  w.key("paths");
  w.begin_object();
  for (const auto& [path, rows] : by_path()) {
    w.key(path);
    w.begin_object();
    for (const auto* row : rows) {
      std::string method(row->method);
      std::ranges::transform(method, method.begin(),
                             [](char c) { return static_cast<char>(c | 0x20); });
      w.key(method);
      write_operation(w, *row);
    }
    w.end_object();
  }
  w.end_object();
  w.key("components");
  w.begin_object();
  w.key("securitySchemes");
  w.begin_object();
  w.key("bearer");
  w.begin_object();
  w.member("type", "http");
  w.member("scheme", "bearer");
  w.end_object();
  w.end_object();
  w.key("schemas");
  write_schemas(w);
  w.end_object();
  w.end_object();
  return out;
}

std::string openapi_page() {
  std::string out =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sallyport: the REST "
      "interface</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem "
      "auto;padding:0 1rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;"
      "vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #ccc}code{font-size:.9em}"
      "</style><h1>The REST interface</h1><p>Below <code>/v1.0</code> and <code>/beta</code>, with "
      "a bearer token that holds one of the permissions named. For programs: <a "
      "href=\"/openapi.json\">/openapi.json</a>.</p><table><tr><th>Request<th>What it "
      "does<th>Permission";
  for (const auto& [path, rows] : by_path()) {
    for (const auto* row : rows) {
      out += "<tr><td><code>" + std::string(row->method) + ' ' + html_escape(path) + "</code><td>" +
             html_escape(row->summary) + "<td>";
      bool first = true;
      for (const auto permission : row->permissions) {
        out += (first ? "<code>" : " or <code>") + std::string(permission) + "</code>";
        first = false;
      }
      if (first) out += "any token";
    }
  }
  out += "</table></html>\n";
  return out;
}

}  // namespace sallyport::api
