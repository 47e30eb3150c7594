// Findings on a terminal: a paragraph a check, worst first. What several policies share is said
// once, with the policies and places below it.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "base/text.h"
#include "findings_report.h"

namespace sallyport::cli {
namespace {

constexpr std::size_t width_unlimited = 100;
constexpr std::size_t places_max = 5;   // listed below one message
constexpr std::size_t remarks_max = 3;  // the same, of what needs no action

Tone tone_of(Severity severity) {
  switch (severity) {
    case Severity::critical:
    case Severity::error:
    case Severity::high: return Tone::bad;
    case Severity::medium: return Tone::caution;
    case Severity::low: return Tone::plain;
    case Severity::info: return Tone::faint;
  }
  return Tone::plain;
}

std::string shown(std::string_view text) {
  return printable(text, std::numeric_limits<std::size_t>::max());
}

class Page {
 public:
  Page(const Presentation& presentation, std::string folder)
      : folder_(std::move(folder)),
        colour_(presentation.colour),
        width_(presentation.width > 40 ? static_cast<std::size_t>(presentation.width)
                                       : width_unlimited) {}

  void line(std::string_view text) { out_ += std::string(text) + '\n'; }
  // Wrapped, later lines a little further in.
  void paragraph(std::size_t indent, std::string_view text, Tone tone = Tone::plain) {
    bool first = true;
    for (const auto& part : wrap(shown(text), width_ - indent - 2)) {
      out_ += std::string(indent + (first ? 0 : 2), ' ') + toned(part, tone, colour_) + '\n';
      first = false;
    }
  }
  std::string tone(std::string_view text, Tone tone) const { return toned(text, tone, colour_); }
  std::size_t width() const { return width_; }
  // Not wrapped: a path that is broken cannot be copied.
  void place(std::size_t indent, const std::string& text) {
    line(std::string(indent, ' ') + tone(text, Tone::faint));
  }
  const std::string& folder() const { return folder_; }
  std::string take() { return std::move(out_); }

 private:
  std::string folder_;
  bool colour_;
  std::size_t width_;
  std::string out_;
};

std::string upper(std::string_view word) {
  std::string text(word);
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

std::string place_of(const CheckFinding& finding, std::string_view folder) {
  if (finding.file.empty()) return {};
  auto file = std::string_view(finding.file);
  if (file.starts_with(folder)) file.remove_prefix(folder.size());
  return shown(file) + (finding.line == 0 ? "" : ":" + std::to_string(finding.line));
}

std::string folder_of(std::string_view file) {
  const auto slash = file.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(file.substr(0, slash + 1));
}

// The folder all files are in, with its final slash: said once, not in every line.
std::string common_folder(const FindingsReport& report) {
  std::optional<std::string> common;
  for (const auto& reported : report.findings) {
    if (reported.finding.file.empty()) continue;
    const auto folder = folder_of(reported.finding.file);
    if (!common) common = folder;
    const auto ends = std::mismatch(common->begin(), common->end(), folder.begin(), folder.end());
    common = folder_of({common->begin(), ends.first});
  }
  constexpr std::size_t worth_saying = 30;  // a short one is no trouble in every line
  return common && common->size() > worth_saying ? *common : std::string();
}

// Exports name a file after its policy, without the characters that file names cannot hold.
bool is_named_after(std::string_view file, std::string_view policy) {
  file.remove_prefix(folder_of(file).size());
  file = file.substr(0, file.rfind('.'));
  const auto letters = [](std::string_view text) {
    std::string kept;
    for (const char c : to_lower(text)) {
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) kept += c;
    }
    return kept;
  };
  return !policy.empty() && letters(file) == letters(policy);
}

using Findings = std::vector<const ReportedFinding*>;

std::string standing_words(const ReportedFinding& reported) {
  if (reported.standing == Standing::known) return "known from a former run";
  if (reported.standing == Standing::accepted) return "accepted " + reported.remark;
  return {};
}

// The policies of findings that say the same, each with its place.
void add_places(Page& page, const Findings& same) {
  const bool info = same.front()->finding.severity == Severity::info;
  const auto most = info ? remarks_max : places_max;
  std::size_t written = 0;
  for (const auto* reported : same) {
    const auto& finding = reported->finding;
    const auto place = place_of(finding, page.folder());
    if (finding.policies.empty() && place.empty()) continue;
    if (written++ == most) {
      page.paragraph(
          6, "and " + std::to_string(same.size() - most) + " more (--format json lists them all)",
          Tone::faint);
      break;
    }
    const auto name =
        finding.policies.empty() || is_named_after(finding.file, finding.policies.front().name)
            ? std::string()
            : shown(finding.policies.front().name);
    const auto standing = standing_words(*reported);
    const bool fits = display_width(name) + display_width(place) + 8 <= page.width();
    if (name.empty() || place.empty() || fits) {
      page.place(6, name + (name.empty() || place.empty() ? "" : "  ") + place);
    } else {
      page.place(6, name);
      page.place(8, place);
    }
    if (!standing.empty()) page.paragraph(8, standing, Tone::faint);
  }
}

// Findings of one check and severity.
void add_check(Page& page, const Findings& group) {
  const auto& first = group.front()->finding;
  page.line(page.tone(upper(sallyport::name_of(first.severity)), tone_of(first.severity)) + "  " +
            page.tone(first.id, Tone::strong) + (first.title.empty() ? "" : "  " + first.title) +
            (first.rule.empty() ? "" : page.tone("  (" + first.rule + ")", Tone::faint)));
  for (std::size_t i = 0; i < group.size();) {
    Findings same;
    const auto& finding = group[i]->finding;
    // Equal words need not stand side by side: the order goes by policy.
    const auto said =
        std::any_of(group.begin(), group.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const auto* r) { return r->finding.message == finding.message; });
    ++i;
    if (said) continue;
    for (const auto* other : group) {
      if (other->finding.message == finding.message) same.push_back(other);
    }
    page.paragraph(4, finding.message);
    add_places(page, same);
    for (const auto& line : finding.evidence) page.paragraph(6, line);
    if (!finding.assumption.empty()) {
      page.paragraph(6, "assuming: " + finding.assumption, Tone::faint);
    }
    if (finding.fix != first.fix && !finding.fix.empty()) page.paragraph(4, "fix: " + finding.fix);
  }
  if (!first.fix.empty()) page.paragraph(4, "fix: " + first.fix, Tone::good);
}

std::string counts(const FindingsReport& report) {
  constexpr auto grades = std::array{Severity::critical, Severity::error, Severity::high,
                                     Severity::medium,   Severity::low,   Severity::info};
  std::string text;
  for (const auto severity : grades) {
    const auto count = std::ranges::count_if(report.findings, [&](const ReportedFinding& r) {
      return r.finding.severity == severity && r.standing == Standing::open;
    });
    if (count == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + ' ' +
            std::string(sallyport::name_of(severity));
  }
  if (text.empty()) text = report.findings.empty() ? "nothing found" : "nothing open";
  for (const auto standing : {Standing::known, Standing::accepted}) {
    const auto count = std::ranges::count(report.findings, standing, &ReportedFinding::standing);
    if (count != 0) text += ", " + std::to_string(count) + ' ' + std::string(name_of(standing));
  }
  return text;
}

}  // namespace

std::string findings_for_people(const FindingsReport& report, const Presentation& presentation) {
  const auto folder = common_folder(report);
  Page page(presentation, folder);
  for (std::size_t i = 0; i < report.findings.size();) {
    Findings group;
    const auto& first = report.findings[i].finding;
    for (; i < report.findings.size(); ++i) {
      const auto& finding = report.findings[i].finding;
      if (finding.id != first.id || finding.severity != first.severity) break;
      group.push_back(&report.findings[i]);
    }
    add_check(page, group);
    page.line("");
  }
  if (!folder.empty() && !report.findings.empty()) page.paragraph(0, "files are in " + folder);
  page.line((report.summary.empty() ? "" : report.summary + ": ") + counts(report));
  return page.take();
}

}  // namespace sallyport::cli
