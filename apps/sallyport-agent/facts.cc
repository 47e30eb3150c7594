#include "facts.h"

namespace sallyport::agent {
namespace {

using cli::Cell;
using cli::Tone;

struct Describer {
  Cell operator()(bool b) const { return {b ? "true" : "false", b ? Tone::good : Tone::bad}; }
  Cell operator()(std::int64_t n) const { return {std::to_string(n)}; }
  Cell operator()(const std::string& text) const { return {text.empty() ? "none" : text}; }
  Cell operator()(const Unreadable&) const { return {"unreadable", Tone::caution}; }
};

}  // namespace

cli::Table facts_table(const Readings& readings) {
  cli::Table table;
  table.columns = {{.title = "Fact", .key = "fact"},
                   {.title = "Value", .key = "value", .wraps = true},
                   {.title = "Why", .key = "why", .wraps = true}};
  for (const auto& [name, reading] : readings.facts()) {
    const auto note = readings.notes().find(name);
    std::string why = note == readings.notes().end() ? "" : note->second;
    if (const auto* error = std::get_if<Unreadable>(&reading)) why = error->why;
    table.rows.push_back({{name}, std::visit(Describer{}, reading), {why, Tone::faint}});
  }
  return table;
}

}  // namespace sallyport::agent
