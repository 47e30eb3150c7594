// `sallyport gaps --format html`: the map, the findings and what they rest on, as one page that
// needs neither network nor script.
#include "base/text.h"
#include "gaps_report.h"
#include "words.h"

namespace sallyport::cli {
namespace {

constexpr std::string_view style = R"(
:root{--ink:#1b1f24;--faint:#5c6670;--page:#fff;--line:#d5dae0;--bad:#a40e26;--bad-bg:#ffe4e6;
--warn:#7a4b00;--warn-bg:#fff1d6;--fair:#3d5a00;--fair-bg:#f0f7dd;--good:#0b5c2e;--good-bg:#dff5e6;
--none-bg:#e9ecef}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--faint:#9aa5b1;--page:#14171a;--line:#343b43;
--bad:#ff9aa8;--bad-bg:#4a1620;--warn:#ffd18a;--warn-bg:#46320d;--fair:#cfe79b;--fair-bg:#2c3913;
--good:#9be3b6;--good-bg:#123a23;--none-bg:#2a3037}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:72rem;
margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.2rem;margin-top:2rem}
p.faint,li.faint,dt{color:var(--faint)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}
caption{text-align:left;color:var(--faint);padding-bottom:.4rem}
th,td{border:1px solid var(--line);padding:.5rem;text-align:left;vertical-align:top}
td.b0{background:var(--bad-bg);color:var(--bad)}
td.b1,td.b2{background:var(--warn-bg);color:var(--warn)}
td.b3{background:var(--fair-bg);color:var(--fair)}td.b4{background:var(--good-bg);color:var(--good)}
td.b5{background:var(--none-bg)}
summary{cursor:pointer}summary:focus-visible{outline:2px solid currentColor;outline-offset:2px}
article{border:1px solid var(--line);border-left-width:.4rem;border-radius:.3rem;padding:.6rem 1rem;
margin:1rem 0}
article.critical,article.error,article.high{border-left-color:var(--bad)}
article.medium{border-left-color:var(--warn)}article.low,article.info{border-left-color:var(--line)}
article h3{margin:.2rem 0;font-size:1.05rem}.grade{text-transform:uppercase;font-size:.8rem;
letter-spacing:.05em}
dl{display:grid;grid-template-columns:8rem 1fr;gap:.2rem .8rem;margin:.6rem 0}dd{margin:0}
@media(max-width:40rem){dl{grid-template-columns:1fr}}
)";

std::string map_of(const proof::AccessMap& map, const Names& names) {
  std::string out =
      "<h2 id=\"map\">Who gets where with how little</h2>\n<div class=\"scroll\"><table>\n"
      "<caption>Each cell: the least that lets somebody of the row in; open it for the smallest "
      "such sign-in.</caption>\n<thead><tr><td></td>";
  for (const auto& title : map.resources)
    out += "<th scope=\"col\">" + html_escape(title) + "</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < map.people.size(); ++i) {
    out += "<tr><th scope=\"row\">" + html_escape(map.people[i]) + "</th>";
    for (const proof::MapCell& cell : map.cells[i]) {
      out += "<td class=\"b" + std::to_string(static_cast<int>(cell.barrier)) + "\">";
      const std::string barrier = html_escape(proof::name_of(cell.barrier));
      if (cell.details.empty()) {
        out += barrier;
      } else {
        out += "<details><summary>" + barrier + "</summary><ul>";
        for (const auto& detail : cell.details) {
          out += "<li>" + html_escape(with_names(detail, names)) + "</li>";
        }
        out += "</ul></details>";
      }
      out += "</td>";
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string article(const ReportedFinding& reported) {
  const CheckFinding& f = reported.finding;
  const std::string grade(sallyport::name_of(f.severity));
  std::string message = f.message;
  if (!message.empty() && message[0] >= 'a' && message[0] <= 'z') {
    message[0] = static_cast<char>(message[0] - 'a' + 'A');
  }
  std::string out = "<article class=\"" + grade + "\">\n<p class=\"faint\"><span class=\"grade\">" +
                    grade + "</span> · " + html_escape(f.id) + " · " + html_escape(f.title) +
                    "</p>\n<h3>" + html_escape(message) + "</h3>\n<dl>";
  for (const std::string& line : f.evidence) {
    const auto colon = line.find(": ");
    out += "<dt>" + html_escape(line.substr(0, colon)) + "</dt><dd>" +
           html_escape(colon == std::string::npos ? "" : line.substr(colon + 2)) + "</dd>";
  }
  const bool told = !f.evidence.empty() && (f.evidence.back().starts_with("closed by") ||
                                            f.evidence.back().starts_with("narrowed by"));
  if (!told) out += "<dt>remedy</dt><dd>" + html_escape(f.fix) + "</dd>";
  if (reported.standing == Standing::known) out += "<dt>known</dt><dd>the baseline has it</dd>";
  if (!reported.remark.empty())
    out += "<dt>accepted</dt><dd>" + html_escape(reported.remark) + "</dd>";
  return out + "</dl>\n</article>\n";
}

}  // namespace

std::string gaps_as_html(const GapsReport& report, const proof::AccessMap& map) {
  std::size_t holds = 0;
  for (const auto& verdict : report.verdicts) holds += verdict.holds() ? 1U : 0U;
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<title>What gets past these policies</title>\n<style>" +
      std::string(style) +
      "</style>\n</head>\n<body>\n<main>\n<h1>What gets past these policies</h1>\n<p>" +
      std::to_string(report.input->tenant().policy_set.policies.size()) + " policies; " +
      std::to_string(holds) + " of " + std::to_string(report.verdicts.size()) +
      " expectations are proved for every sign-in.</p>\n<ul>";
  for (const std::string& line : assumptions(*report.input, *report.universe)) {
    out += "<li class=\"faint\">" + html_escape(line) + "</li>";
  }
  out += "</ul>\n" + map_of(map, report.input->tenant().names);
  out += "<h2 id=\"findings\">Findings, worst first</h2>\n";
  for (const auto& finding : report.findings.findings) out += article(finding);
  if (report.findings.findings.empty()) out += "<p>None.</p>\n";
  out += "<h2 id=\"proved\">Proved</h2>\n<ul>";
  for (const auto& verdict : report.verdicts) {
    if (!verdict.holds()) continue;
    out += "<li>" + html_escape(verdict.expectation->id) + " · " +
           html_escape(verdict.expectation->name) +
           (verdict.concerns_nobody ? " (nobody is concerned, by these documents)" : "") + "</li>";
  }
  return out + "</ul>\n</main>\n</body>\n</html>\n";
}

}  // namespace sallyport::cli
