// The facts of a sign-in as JSON, in the shape signin/read.h reads: a record of the log can be
// decided again. What is absent is null, what is unknown is left out.
#pragma once

#include "base/json.h"
#include "directory/directory.h"
#include "signin/sign_in.h"

namespace sallyport {

// One object. REQUIRES: the writer stands where a value may be; the sign-in's groups and roles are
// of this directory.
void write_facts(const SignIn& sign_in, const Directory& directory, json::Writer& writer);

}  // namespace sallyport
