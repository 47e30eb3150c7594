#include "compliance/report.h"

#include <algorithm>

#include "base/text.h"
#include "compliance/version.h"

namespace sallyport::compliance {
namespace {

using json::Pointer;
using json::Value;

constexpr std::int64_t number_max = 0x7fffffff;

std::string quoted(std::string_view text) { return '`' + printable(text) + '`'; }

tl::unexpected<Error> refuse(std::string message, const Pointer& at) {
  return fail(ErrorKind::invalid_argument, std::move(message), at.text());
}
tl::unexpected<Error> too_large(std::string message, const Pointer& at) {
  return fail(ErrorKind::too_large, std::move(message), at.text());
}

// Texts are kept as lines, and shown to people.
bool is_plain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
  });
}

Result<void> check_text(const Value& value, const Pointer& at) {
  if (!value.is_string()) {
    return refuse("must be a text, not " + std::string(json::name_of(value.kind())), at);
  }
  if (value.text().size() > fact_text_max) {
    return too_large("is longer than " + std::to_string(fact_text_max) + " bytes", at);
  }
  if (!is_plain(value.text())) return refuse("holds control characters; leave them out", at);
  return {};
}

Result<void> append_line(std::string& lines, std::string_view line, const Pointer& at) {
  if (!lines.empty()) lines += '\n';
  lines += line;
  if (lines.size() > fact_list_bytes_max) {
    return too_large("the list is longer than " + std::to_string(fact_list_bytes_max) + " bytes",
                     at);
  }
  return {};
}

Result<void> read_list(const Value& value, bool with_versions, std::string& lines,
                       const Pointer& at) {
  if (!value.is_array()) {
    return refuse("must be a list, not " + std::string(json::name_of(value.kind())), at);
  }
  if (value.items().size() > fact_list_max) {
    return too_large("has more than " + std::to_string(fact_list_max) + " entries", at);
  }
  for (std::size_t i = 0; i < value.items().size(); ++i) {
    const auto& item = value.items()[i];
    const auto where = at.item(i);
    std::string line;
    if (with_versions) {
      const auto* name = item.find("name");
      const auto* version = item.find("version");
      if (name == nullptr) return refuse(R"(must be {"name": ..., "version": ...})", where);
      if (auto done = check_text(*name, where); !done) return done;
      line = std::string(name->text()) + '\t';
      if (version != nullptr && !version->is_null()) {
        if (auto done = check_text(*version, where); !done) return done;
        line += version->text();
      }
    } else {
      if (auto done = check_text(item, where); !done) return done;
      line = item.text();
    }
    if (line.empty()) return refuse("must not be empty", where);
    if (auto done = append_line(lines, line, at); !done) return done;
  }
  return {};
}

Result<std::int32_t> read_word(const FactRow& row, const Value& value, const Pointer& at) {
  if (auto done = check_text(value, at); !done) return tl::unexpected<Error>(done.error());
  if (const auto rank = rank_of(row.scale, value.text())) return *rank;
  std::string known;
  for (const auto& word : row.scale) known += (known.empty() ? "" : ", ") + quoted(word.word);
  return refuse(quoted(value.text()) + " is not known here; use one of " + known, at);
}

Result<void> read_levels(const FactRow& row, const Value& value, ReportedFact& fact,
                         const Pointer& at) {
  if (!value.is_object()) {
    const auto rank = read_word(row, value, at);
    if (!rank) return tl::unexpected<Error>(rank.error());
    fact.text = '\t' + std::string(word_of(row.scale, *rank));
    return {};
  }
  if (value.members().size() > report_scripts_max) return too_large("names too many partners", at);
  for (const auto& member : value.members()) {
    const auto where = at.member(member.name);
    if (!is_plain(member.name) || member.name.size() > fact_text_max) {
      return refuse("is no partner's id", where);
    }
    const auto rank = read_word(row, member.value, where);
    if (!rank) return tl::unexpected<Error>(rank.error());
    const auto line = std::string(member.name) + '\t' + std::string(word_of(row.scale, *rank));
    if (auto done = append_line(fact.text, line, at); !done) return done;
  }
  return {};
}

Result<void> read_known(const FactRow& row, const Value& value, ReportedFact& fact,
                        const Pointer& at) {
  switch (row.type) {
    case FactType::boolean:
      if (!value.is_boolean()) {
        return refuse("must be `true` or `false`, not " + std::string(json::name_of(value.kind())),
                      at);
      }
      fact.number = value.truth() ? 1 : 0;
      return {};
    case FactType::integer: {
      const auto number = value.integer();
      if (!number || *number < 0 || *number > number_max) {
        return refuse("must be a whole number from 0 to " + std::to_string(number_max), at);
      }
      fact.number = *number;
      return {};
    }
    case FactType::word: {
      const auto rank = read_word(row, value, at);
      if (!rank) return tl::unexpected<Error>(rank.error());
      fact.number = *rank;
      return {};
    }
    case FactType::levels: return read_levels(row, value, fact, at);
    case FactType::texts: return read_list(value, false, fact.text, at);
    case FactType::versions: return read_list(value, true, fact.text, at);
    case FactType::text:
    case FactType::version:
    case FactType::date: break;
  }
  if (auto done = check_text(value, at); !done) return done;
  fact.text = value.text();
  return {};
}

Result<ReportedFact> read_fact(const FactRow& row, const Value& value, const Pointer& at) {
  ReportedFact fact;
  fact.fact = row.fact;
  if (row.type != FactType::levels || value.find("error") != nullptr ||
      value.find("notApplicable") != nullptr) {
    if (const auto* error = value.find("error")) {
      if (auto done = check_text(*error, at.member("error")); !done) {
        return tl::unexpected<Error>(done.error());
      }
      fact.state = FactState::error;
      fact.text = error->text();
      return fact;
    }
    if (const auto* mark = value.find("notApplicable")) {
      if (!mark->truth())
        return refuse("must be `true` where it stands", at.member("notApplicable"));
      fact.state = FactState::not_applicable;
      return fact;
    }
  }
  if (auto done = read_known(row, value, fact, at); !done) {
    return tl::unexpected<Error>(done.error());
  }
  return fact;
}

Result<std::vector<ReportedFact>> read_facts(const Value* facts, const Pointer& at,
                                             std::vector<Finding>* notes) {
  std::vector<ReportedFact> out;
  if (facts == nullptr || facts->is_null()) return out;
  if (!facts->is_object()) return refuse("must be an object of facts", at);
  for (const auto& member : facts->members()) {
    const auto where = at.member(member.name);
    const auto fact = find_fact(member.name);
    if (!fact) {
      if (notes != nullptr) {
        Finding note;
        note.severity = Severity::note;
        note.code = "C-unknown-fact";
        note.message = "fact " + quoted(member.name) + " is not known here and is left out";
        note.pointer = where.text();
        note.offset = member.offset;
        notes->push_back(std::move(note));
      }
      continue;
    }
    // Nothing is known of a fact that is null: the same as leaving it out.
    if (member.value.is_null()) continue;
    auto read = read_fact(row_of(*fact), member.value, where);
    if (!read) return tl::unexpected<Error>(std::move(read.error()));
    out.push_back(std::move(*read));
  }
  std::ranges::sort(out, {}, &ReportedFact::fact);
  return out;
}

Result<void> read_scripts(const Value* scripts, Report& report, const Pointer& at) {
  if (scripts == nullptr || scripts->is_null()) return {};
  if (!scripts->is_object()) return refuse("must be an object of script results", at);
  if (scripts->members().size() > report_scripts_max) {
    return too_large("holds more than " + std::to_string(report_scripts_max) + " scripts", at);
  }
  for (const auto& member : scripts->members()) {
    const auto where = at.member(member.name);
    const auto* code = member.value.find("exitCode");
    const auto* output = member.value.find("output");
    ScriptResult result;
    result.script = ScriptId::of(member.name);
    const auto number = code == nullptr ? std::nullopt : code->integer();
    if (!number || *number < -number_max || *number > number_max) {
      return refuse("must be the script's exit code", where.member("exitCode"));
    }
    result.exit_code = static_cast<int>(*number);
    if (output != nullptr && !output->is_null()) {
      if (!output->is_string()) return refuse("must be a text", where.member("output"));
      if (output->text().size() > script_output_max) {
        return too_large("is longer than 1 MB", where.member("output"));
      }
      result.output = output->text();
    }
    const bool twice = std::ranges::any_of(
        report.scripts, [&](const ScriptResult& other) { return other.script == result.script; });
    if (twice) return refuse("names one script a second time", where);
    report.scripts.push_back(std::move(result));
  }
  std::ranges::sort(report.scripts, {}, &ScriptResult::script);
  return {};
}

void write_value(const FactRow& row, const ReportedFact& fact, json::Writer& writer) {
  const auto each_line = [&](auto visit) {
    std::string_view rest = fact.text;
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      visit(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
  };
  switch (row.type) {
    case FactType::boolean: writer.value(fact.number != 0); break;
    case FactType::integer: writer.value(fact.number); break;
    case FactType::word:
      writer.value(word_of(row.scale, static_cast<std::int32_t>(fact.number)));
      break;
    case FactType::text:
    case FactType::version:
    case FactType::date: writer.value(fact.text); break;
    case FactType::texts:
      writer.begin_array();
      each_line([&](std::string_view line) { writer.value(line); });
      writer.end_array();
      break;
    case FactType::versions:
      writer.begin_array();
      each_line([&](std::string_view line) {
        const auto tab = line.find('\t');
        writer.begin_object();
        writer.member("name", line.substr(0, tab));
        writer.member("version", line.substr(tab + 1));
        writer.end_object();
      });
      writer.end_array();
      break;
    case FactType::levels:
      if (fact.text.starts_with('\t')) {
        writer.value(std::string_view(fact.text).substr(1));
        break;
      }
      writer.begin_object();
      each_line([&](std::string_view line) {
        const auto tab = line.find('\t');
        writer.member(line.substr(0, tab), line.substr(tab + 1));
      });
      writer.end_object();
      break;
  }
}

void write_facts(std::string_view name, const std::vector<ReportedFact>& facts,
                 json::Writer& writer) {
  writer.key(name);
  writer.begin_object();
  for (const auto& fact : facts) {
    const auto& row = row_of(fact.fact);
    if (fact.state == FactState::unknown) continue;
    writer.key(row.name);
    if (fact.state == FactState::known) {
      write_value(row, fact, writer);
      continue;
    }
    writer.begin_object();
    if (fact.state == FactState::error) {
      writer.member("error", fact.text);
    } else {
      writer.member("notApplicable", true);
    }
    writer.end_object();
  }
  writer.end_object();
}

}  // namespace

Result<Report> parse_report(std::string_view text, std::vector<Finding>* notes) {
  json::ReadOptions options;
  options.depth_max = 16;
  options.size_max = report_size_max;
  const auto document = json::parse(text, options);
  if (!document) return tl::unexpected<Error>(document.error());
  return read_report(document->root(), notes);
}

Result<Report> read_report(const Value& document, std::vector<Finding>* notes) {
  const Pointer root;
  if (!document.is_object()) return refuse("a report must be an object", root);
  Report report;
  const auto* source = document.find("source");
  const auto known = source == nullptr ? std::nullopt : parse_source(source->text());
  if (!known) {
    return refuse("must be `agent`, `osquery`, `fleet`, `partner` or `mdm`", root.member("source"));
  }
  report.source = *known;
  const auto* at = document.find("reportedAt");
  const auto time = at == nullptr ? std::nullopt : parse_instant(at->text());
  if (!time)
    return refuse("must be a time such as `2026-11-26T03:00:00Z`", root.member("reportedAt"));
  report.reported_at = *time;
  const auto* sequence = document.find("sequence");
  const auto number = sequence == nullptr ? std::nullopt : sequence->integer();
  if (!number || *number < 0) {
    return refuse("must be a whole number that rises with every report", root.member("sequence"));
  }
  report.sequence = static_cast<std::uint64_t>(*number);
  auto facts = read_facts(document.find("facts"), root.member("facts"), notes);
  if (!facts) return tl::unexpected<Error>(std::move(facts.error()));
  report.facts = std::move(*facts);
  facts = read_facts(document.find("systemFacts"), root.member("systemFacts"), notes);
  if (!facts) return tl::unexpected<Error>(std::move(facts.error()));
  report.system_facts = std::move(*facts);
  const auto scripts = document.find("discoveryScripts");
  if (auto done = read_scripts(scripts, report, root.member("discoveryScripts")); !done) {
    return tl::unexpected<Error>(std::move(done.error()));
  }
  return report;
}

void write_report(const Report& report, json::Writer& writer) {
  writer.begin_object();
  writer.member("source", name_of(report.source));
  writer.member("reportedAt", to_string(report.reported_at));
  writer.member("sequence", static_cast<std::int64_t>(report.sequence));
  write_facts("facts", report.facts, writer);
  if (!report.system_facts.empty()) write_facts("systemFacts", report.system_facts, writer);
  if (!report.scripts.empty()) {
    writer.key("discoveryScripts");
    writer.begin_object();
    for (const auto& script : report.scripts) {
      writer.key(to_string(script.script));
      writer.begin_object();
      writer.member("exitCode", static_cast<std::int64_t>(script.exit_code));
      writer.member("output", script.output);
      writer.end_object();
    }
    writer.end_object();
  }
  writer.end_object();
}

std::string to_json(const Report& report) {
  std::string text;
  json::Writer writer(text);
  write_report(report, writer);
  return text;
}

}  // namespace sallyport::compliance
