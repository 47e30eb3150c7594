// Discovery scripts: what custom compliance policies want to know. The server sends them with an
// answer; they are kept, checked by their digest whenever they are read, and run confined.
//
// Errors of a script are results, too: the server then says which policy could not be judged.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/confined.h"
#include "agent/state_folder.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"

namespace sallyport::agent {

inline constexpr std::string_view scripts_file = "scripts.json";
inline constexpr std::string_view script_results_file = "script-results.json";
inline constexpr std::size_t scripts_max = 16;
inline constexpr std::size_t outputs_max = std::size_t{4} << 20U;  // of all together, in a report

struct ScriptResult {
  std::string id;
  int exit_code = 0;
  std::string output;
  friend bool operator==(const ScriptResult&, const ScriptResult&) = default;
};

// Codes of our own, for scripts that did not end by themselves; the output then says what happened.
inline constexpr int exit_not_run = 126;
inline constexpr int exit_stopped = 124;

// Keeps the scripts of an answer, an array of {"id", "name", "sha256", "script": base64}. Whether
// they are others than before. Errors: they cannot be kept.
[[nodiscard]] Result<bool> keep_scripts(const StateFolder& folder, const json::Value& scripts);

// The results of all that are kept: those of the last run when it was after `oldest` and no
// script has changed since, else of a run now.
[[nodiscard]] Result<std::vector<ScriptResult>> script_results(const StateFolder& folder,
                                                               Instant oldest, Instant now,
                                                               const Limits& limits = {});

}  // namespace sallyport::agent
