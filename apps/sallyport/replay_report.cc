#include "replay_report.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/json_members.h"
#include "words.h"

namespace sallyport::cli {
namespace {

using replay::Report;
using replay::Verdict;

constexpr std::array outcomes = {Outcome::granted, Outcome::interrupted, Outcome::blocked};

std::string_view word_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::granted: return "granted";
    case Outcome::interrupted: return "asked for more";
    case Outcome::blocked: return "blocked";
  }
  return {};
}

Tone tone_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::granted: return Tone::good;
    case Outcome::interrupted: return Tone::caution;
    case Outcome::blocked: return Tone::bad;
  }
  return Tone::plain;
}

// 1234567 as people read it.
std::string counted(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3) {
    digits.insert(static_cast<std::size_t>(place), 1, ',');
  }
  return digits;
}

std::string counted(const replay::Range& range) {
  if (range.at_least == range.at_most) return counted(range.at_most);
  return counted(range.at_least) + " to " + counted(range.at_most);
}

std::string day_of(Instant instant) { return to_string(instant).substr(0, 10); }

// One line of the result, the same in every format.
struct Line {
  std::string kind;  // transition, change, person, application
  std::string name, id;
  std::string from, to;
  replay::Range sign_ins;
  std::uint64_t people = 0;
  Instant first{}, last{};
  std::vector<std::string> policies;
  std::vector<std::string> depends_on;
  Tone tone = Tone::plain;
  std::string change;      // `granted > blocked`
  std::size_t number = 0;  // of the change, in the order of the report, from 1
};

class Lines {
 public:
  Lines(const Report& report, std::span<const ReplayedSide> sides)
      : report_(report), sides_(sides) {}

  std::vector<Line> transitions() const {
    std::vector<Line> lines;
    for (const auto from : outcomes) {
      for (const auto to : outcomes) {
        Line line;
        line.kind = "transition";
        line.from = word_of(from);
        line.to = word_of(to);
        line.sign_ins =
            report_.matrix[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
        if (line.sign_ins.at_most != 0) lines.push_back(std::move(line));
      }
    }
    return lines;
  }
  std::vector<Line> changes() const {
    std::vector<Line> lines;
    for (std::size_t i = 0; i < report_.changes.size(); ++i) {
      Line line = line_of("change", i, report_.changes[i].tally);
      line.people = report_.changes[i].people;
      lines.push_back(std::move(line));
    }
    return lines;
  }
  std::vector<Line> rows(const std::string& kind, const std::vector<Report::Row>& rows) const {
    std::vector<Line> lines;
    for (const auto& row : rows) {
      Line line = line_of(kind, row.change, row.tally);
      line.name = row.name;
      line.id = row.id;
      lines.push_back(std::move(line));
    }
    return lines;
  }

 private:
  Line line_of(const std::string& kind, std::size_t change, const replay::Tally& tally) const {
    const Verdict& verdict = report_.changes[change].verdict;
    Line line;
    line.kind = kind;
    line.from = words_of_before(verdict);
    line.to = words_of_after(verdict);
    line.sign_ins = {verdict.certainly_changes() ? tally.sign_ins : 0, tally.sign_ins};
    line.first = tally.first;
    line.last = tally.last;
    line.policies = policies_of(verdict);
    for (const auto fact : verdict.depends_on) line.depends_on.emplace_back(name_of(fact));
    line.tone = tone_of(verdict.ways.after().back());
    line.change = outcomes_of(verdict.ways.before()) + " > " + outcomes_of(verdict.ways.after());
    line.number = change + 1;
    return line;
  }

  static std::string outcomes_of(const std::vector<Outcome>& found) {
    std::string text;
    for (const auto outcome : found) {
      text += (text.empty() ? "" : " or ") + std::string(word_of(outcome));
    }
    return text;
  }
  std::string joined(const std::vector<Outcome>& found, const std::vector<Requirement>& asked,
                     std::size_t side) const {
    std::string text;
    for (const auto outcome : found) {
      if (!text.empty()) text += " or ";
      const std::string list = outcome == Outcome::granted ? "" : list_of(asked, side);
      if (outcome == Outcome::interrupted && !list.empty() && outcome == found.back()) {
        text += "asked for " + list;
      } else {
        text += word_of(outcome);
        if (outcome == Outcome::blocked && !list.empty()) text += ": " + list;
      }
    }
    return text;
  }
  std::string list_of(const std::vector<Requirement>& asked, std::size_t side) const {
    std::string text;
    for (const auto& requirement : asked) {
      if (requirement.kind == RequirementKind::block) continue;
      if (!text.empty()) text += ", ";
      text += words_of(requirement, sides_[side].side->policies(), *sides_[side].names);
    }
    return text;
  }
  std::string words_of_before(const Verdict& verdict) const {
    return joined(verdict.ways.before(), verdict.asked_before, 0);
  }
  std::string words_of_after(const Verdict& verdict) const {
    std::string text = joined(verdict.ways.after(), verdict.asked_after, sides_.size() - 1);
    if (!verdict.ways.may_change() && verdict.session_may_differ) {
      text += ", with other session controls";
    }
    return text;
  }
  std::vector<std::string> policies_of(const Verdict& verdict) const {
    std::vector<std::string> list;
    for (const auto& reference : verdict.policies) {
      std::string name =
          sides_[reference.side].side->policies().policies[reference.policy].display_name;
      if (sides_.size() == 2 && reference.side == 0) name += " (before)";
      list.push_back(std::move(name));
    }
    if (!verdict.logged_policy.empty()) list.push_back(verdict.logged_policy + " (in the log)");
    return list;
  }

  const Report& report_;
  std::span<const ReplayedSide> sides_;
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string summary(const Report& report, bool against_log) {
  const auto plural = [](std::uint64_t n, std::string_view one) {
    return counted(n) + ' ' + std::string(one) + (n == 1 ? "" : "s");
  };
  std::string text = plural(report.replayed.sign_ins, "sign-in");
  if (report.replayed.sign_ins != 0) {
    text += " by " + std::string(report.people_exact ? "" : "more than ") +
            (report.people == 1 ? "1 identity" : counted(report.people) + " identities") + ", " +
            day_of(report.replayed.first) + " to " + day_of(report.replayed.last);
  }
  text += '\n';
  if (report.elsewhere != 0) {
    text +=
        plural(report.elsewhere, "record") + " left out: they failed before conditional access\n";
  }
  if (report.untold != 0) {
    text += plural(report.untold, "record") + " left out: the log does not say how they ended\n";
  }
  if (report.bad != 0) text += plural(report.bad, "record") + " could not be read\n";
  if (report.changed.at_most == 0) {
    return text + (against_log ? "these policies give what the log says\n" : "nothing changes\n");
  }
  text += counted(report.changed) +
          (against_log ? " went another way than these policies say\n" : " would go another way\n");
  return text;
}

Table matrix_table(const Report& report, bool against_log) {
  Table table;
  table.columns = {{against_log ? "IN THE LOG" : "BEFORE", "from"}};
  for (const auto to : outcomes) table.columns.push_back({std::string(word_of(to)), "to"});
  for (const auto from : outcomes) {
    std::vector<Cell> row = {{std::string(word_of(from)), Tone::strong}};
    for (const auto to : outcomes) {
      const auto& cell =
          report.matrix[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
      const bool none = cell.at_most == 0;
      row.push_back({none ? "-" : counted(cell), none || from == to ? Tone::faint : tone_of(to)});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string sign_ins_of(const Line& line) {
  return line.sign_ins.at_least == line.sign_ins.at_most
             ? counted(line.sign_ins.at_most)
             : "up to " + counted(line.sign_ins.at_most);
}

// Who or where: what changed in a few words, and the number under which the last table says why.
Table rows_table(const std::vector<Line>& lines, std::string_view title, std::size_t top) {
  Table table;
  table.columns = {{std::string(title), "name", true, true},
                   {"CHANGE", "change", true},
                   {"WHY", "why"},
                   {"SIGN-INS", "signIns"},
                   {"FIRST", "first"},
                   {"LAST", "last"}};
  const auto count = top == 0 ? lines.size() : std::min(top, lines.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Line& line = lines[i];
    table.rows.push_back({{line.name, Tone::strong},
                          {line.change, line.tone},
                          {'#' + std::to_string(line.number), Tone::plain},
                          {sign_ins_of(line), Tone::plain},
                          {day_of(line.first), Tone::faint},
                          {day_of(line.last), Tone::faint}});
  }
  return table;
}

Table change_table(const std::vector<Line>& lines, std::size_t top) {
  Table table;
  table.columns = {{"WHY", "why"},
                   {"BY", "policies", true},
                   {"FROM", "from", true},
                   {"TO", "to", true},
                   {"SIGN-INS", "signIns"},
                   {"PEOPLE", "people"},
                   {"DEPENDS ON", "dependsOn", true}};
  table.columns.back().rare = true;
  const auto count = top == 0 ? lines.size() : std::min(top, lines.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Line& line = lines[i];
    table.rows.push_back({{'#' + std::to_string(line.number), Tone::plain},
                          {joined(line.policies), Tone::strong},
                          {line.from, Tone::plain},
                          {line.to, line.tone},
                          {sign_ins_of(line), Tone::plain},
                          {counted(line.people), Tone::plain},
                          {joined(line.depends_on), Tone::caution}});
  }
  return table;
}

std::string for_people(const Report& report, std::span<const ReplayedSide> sides,
                       const Presentation& presentation, std::size_t top) {
  const bool against_log = sides.size() == 1;
  const Lines lines(report, sides);
  std::string out = summary(report, against_log);
  if (report.replayed.sign_ins == 0) return out;
  out += '\n' + render(matrix_table(report, against_log), presentation);
  const auto section = [&](const Table& table, std::size_t all) {
    if (all == 0) return;
    out += '\n' + render(table, presentation);
    if (table.rows.size() < all) {
      const auto more = all - table.rows.size();
      out += "and " + counted(more) + (more == 1 ? " more row" : " more rows") +
             ": --top 0 shows all\n";
    }
  };
  const auto changes = lines.changes();
  const auto people = lines.rows("person", report.people_rows);
  const auto applications = lines.rows("application", report.application_rows);
  section(rows_table(people, "WHO", top), people.size());
  section(rows_table(applications, "AT", top), applications.size());
  section(change_table(changes, top), changes.size());
  if (report.unnamed != 0) {
    out += counted(report.unnamed) + " of the changed sign-ins are by nobody the log names\n";
  }
  return out;
}

void write_line(json::Writer& w, const Line& line) {
  w.begin_object();
  w.member("kind", line.kind);
  if (!line.id.empty()) w.member("id", line.id);
  if (!line.name.empty()) w.member("name", line.name);
  w.member("from", line.from);
  w.member("to", line.to);
  w.member("atLeast", static_cast<std::int64_t>(line.sign_ins.at_least));
  w.member("atMost", static_cast<std::int64_t>(line.sign_ins.at_most));
  if (line.kind == "change") w.member("people", static_cast<std::int64_t>(line.people));
  if (line.kind != "transition") {
    w.member("first", to_string(line.first));
    w.member("last", to_string(line.last));
    write_texts(w, "policies", line.policies);
    write_texts(w, "dependsOn", line.depends_on);
  }
  w.end_object();
}

void write_summary(json::Writer& w, const Report& report, bool against_log) {
  const auto number = [&](std::string_view name, std::uint64_t n) {
    w.member(name, static_cast<std::int64_t>(n));
  };
  w.begin_object();
  w.member("kind", "summary");
  w.member("before", against_log ? "log" : "policies");
  number("signIns", report.replayed.sign_ins);
  number("identities", report.people);
  if (report.replayed.sign_ins != 0) {
    w.member("first", to_string(report.replayed.first));
    w.member("last", to_string(report.replayed.last));
  }
  number("changedAtLeast", report.changed.at_least);
  number("changedAtMost", report.changed.at_most);
  number("failedElsewhere", report.elsewhere);
  number("endingNotTold", report.untold);
  number("unreadable", report.bad);
  number("unnamed", report.unnamed);
  w.end_object();
}

std::vector<Line> all_lines(const Report& report, std::span<const ReplayedSide> sides) {
  const Lines lines(report, sides);
  auto all = lines.transitions();
  for (auto list : {lines.changes(), lines.rows("person", report.people_rows),
                    lines.rows("application", report.application_rows)}) {
    all.insert(all.end(), std::make_move_iterator(list.begin()),
               std::make_move_iterator(list.end()));
  }
  return all;
}

std::string as_json(const Report& report, std::span<const ReplayedSide> sides, bool lines) {
  const bool against_log = sides.size() == 1;
  std::string out;
  if (lines) {
    json::Writer summary_writer(out);
    write_summary(summary_writer, report, against_log);
    out += '\n';
    for (const auto& line : all_lines(report, sides)) {
      json::Writer w(out);
      write_line(w, line);
      out += '\n';
    }
    return out;
  }
  json::Writer w(out);
  w.begin_object();
  w.key("summary");
  write_summary(w, report, against_log);
  std::string kind;
  for (const auto& line : all_lines(report, sides)) {
    if (line.kind != kind) {
      if (!kind.empty()) w.end_array();
      kind = line.kind;
      w.key(kind == "person" ? "people" : kind + "s");
      w.begin_array();
    }
    write_line(w, line);
  }
  if (!kind.empty()) w.end_array();
  w.end_object();
  const auto document = json::parse(out);
  return document ? json::write_pretty(document->root()) : out + '\n';
}

Table data_table(const Report& report, std::span<const ReplayedSide> sides) {
  Table table;
  for (const char* key : {"kind", "name", "id", "from", "to", "atLeast", "atMost", "people",
                          "first", "last", "policies", "dependsOn"}) {
    table.columns.push_back({key, key});
  }
  for (const auto& line : all_lines(report, sides)) {
    const bool dated = line.kind != "transition";
    table.rows.push_back({{line.kind, Tone::plain},
                          {line.name, Tone::plain},
                          {line.id, Tone::plain},
                          {line.from, Tone::plain},
                          {line.to, Tone::plain},
                          {std::to_string(line.sign_ins.at_least), Tone::plain},
                          {std::to_string(line.sign_ins.at_most), Tone::plain},
                          {line.kind == "change" ? std::to_string(line.people) : "", Tone::plain},
                          {dated ? to_string(line.first) : "", Tone::plain},
                          {dated ? to_string(line.last) : "", Tone::plain},
                          {joined(line.policies), Tone::plain},
                          {joined(line.depends_on), Tone::plain}});
  }
  return table;
}

}  // namespace

std::string render(const replay::Report& report, std::span<const ReplayedSide> sides,
                   const Presentation& presentation, std::size_t top) {
  switch (presentation.format) {
    case Format::json: return as_json(report, sides, false);
    case Format::jsonl: return as_json(report, sides, true);
    case Format::csv: return render(data_table(report, sides), presentation);
    case Format::table:
    case Format::markdown: return for_people(report, sides, presentation, top);
  }
  return {};
}

}  // namespace sallyport::cli
