// Findings on a terminal: a paragraph a check, worst first. What several policies share is said
// once, with the policies and places below it.
#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "findings_report.h"

namespace sallyport::cli {
namespace {

constexpr std::size_t width_unlimited = 100;
constexpr std::size_t places_max = 8;   // listed below one message
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
  explicit Page(const Presentation& presentation)
      : colour_(presentation.colour),
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
  std::string take() { return std::move(out_); }

 private:
  bool colour_;
  std::size_t width_;
  std::string out_;
};

std::string upper(std::string_view word) {
  std::string text(word);
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

std::string place_of(const CheckFinding& finding) {
  if (finding.file.empty()) return {};
  return finding.file + (finding.line == 0 ? "" : ":" + std::to_string(finding.line));
}

using Findings = std::vector<const ReportedFinding*>;

std::string standing_words(const ReportedFinding& reported) {
  if (reported.standing == Standing::known) return " (known)";
  if (reported.standing == Standing::accepted) return " (accepted: " + reported.remark + ')';
  return {};
}

// The policies of findings that say the same, each with its place.
void add_places(Page& page, const Findings& same) {
  const bool info = same.front()->finding.severity == Severity::info;
  const auto most = info ? remarks_max : places_max;
  std::size_t name_width = 0;
  for (const auto* reported : same) {
    for (const auto& policy : reported->finding.policies) {
      name_width = std::max(name_width, display_width(shown(policy.name)));
    }
  }
  name_width = std::min(name_width, page.width() / 2);
  std::size_t written = 0;
  for (const auto* reported : same) {
    const auto& finding = reported->finding;
    const auto place = place_of(finding);
    if (finding.policies.empty() && place.empty()) continue;
    if (written++ == most) {
      page.paragraph(6, "and " + std::to_string(same.size() - most) +
                            " more (--format json lists them all)",
                     Tone::faint);
      break;
    }
    std::string line = finding.policies.empty() ? "" : shown(finding.policies.front().name);
    if (!line.empty() && !place.empty()) {
      const auto used = display_width(line);
      line += std::string(name_width > used ? name_width - used : 0, ' ') + "  ";
    }
    page.paragraph(6, line + place + standing_words(*reported), Tone::faint);
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
    const auto said = std::any_of(group.begin(), group.begin() + static_cast<std::ptrdiff_t>(i),
                                  [&](const auto* r) {
                                    return r->finding.message == finding.message;
                                  });
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
  if (text.empty()) text = "nothing found";
  for (const auto standing : {Standing::known, Standing::accepted}) {
    const auto count = std::ranges::count(report.findings, standing, &ReportedFinding::standing);
    if (count != 0) text += ", " + std::to_string(count) + ' ' + std::string(name_of(standing));
  }
  return text;
}

}  // namespace

std::string findings_for_people(const FindingsReport& report, const Presentation& presentation) {
  Page page(presentation);
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
  page.line((report.summary.empty() ? "" : report.summary + ": ") + counts(report));
  return page.take();
}

}  // namespace sallyport::cli
