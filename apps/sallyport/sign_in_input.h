// The sign-ins that a command is about: from flags, from a JSON file, or many from JSON lines.
//
// Flags become the same JSON body that a file holds, and signin/read.h reads both: there is one
// meaning of a word, whoever wrote it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "options.h"
#include "policy/tenant.h"

namespace sallyport::cli {

struct SignInBody {
  std::string where;  // `sign-ins.jsonl:12`; empty for flags
  json::Document document;
};

struct SignInBodies {
  std::vector<SignInBody> bodies;
  std::vector<Error> errors;  // lines that are no JSON
  bool many = false;          // came as a list, even if it holds one
};

// Groups, applications and service principals may be given by the names the tenant has for them.
[[nodiscard]] Result<json::Document> body_of(const SignInFlags& flags, const Tenant& tenant);

// JSON lines when the name ends in .jsonl or the text holds several documents, an array, or one.
[[nodiscard]] Result<SignInBodies> read_bodies(const std::string& path);

// The flag behind a place in the body: `--country` for /signInConditions/country; else the place.
std::string flag_of(std::string_view pointer);

// `alice@example.org, SharePoint Online, iOS, FR`: what is told, in the order of the body.
std::string title_of(const json::Value& body, const Names& names);

}  // namespace sallyport::cli
