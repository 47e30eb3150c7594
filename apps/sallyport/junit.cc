#include "junit.h"

#include <algorithm>
#include <string_view>

namespace sallyport::cli {
namespace {

// XML 1.0 has no control characters but tab and line ends, nor U+FFFE and U+FFFF, not even escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto rest = text.substr(i, 3);
    if (rest == "\xef\xbf\xbe" || rest == "\xef\xbf\xbf") {
      out += '?';
      i += 2;
      continue;
    }
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      case '\r': out += "&#13;"; break;
      case '\t': out += "&#9;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return ' ' + std::string(name) + "=\"" + escaped(value) + '"';
}

std::string what_became_of(const JunitCase& one) {
  const auto problem = [&](const std::string& element) {
    return '<' + element + attribute("type", one.type) + attribute("message", one.message) + '>' +
           escaped(one.body) + "</" + element + '>';
  };
  switch (one.result) {
    case JunitCase::Result::failed: return problem("failure");
    case JunitCase::Result::error: return problem("error");
    case JunitCase::Result::skipped: return "<skipped" + attribute("message", one.message) + "/>";
    case JunitCase::Result::passed: break;
  }
  return one.body.empty() ? "" : "<system-out>" + escaped(one.body) + "</system-out>";
}

std::string case_of(const JunitCase& one) {
  std::string out =
      "    <testcase" + attribute("classname", one.classname) + attribute("name", one.name);
  if (!one.file.empty()) out += attribute("file", one.file);
  if (one.line != 0) out += attribute("line", std::to_string(one.line));
  const std::string inside = what_became_of(one);
  if (inside.empty()) return out + "/>\n";
  return out + ">\n      " + inside + "\n    </testcase>\n";
}

}  // namespace

std::string render_junit(const std::string& suite, const std::vector<JunitCase>& cases) {
  using Result = JunitCase::Result;
  std::string body;
  for (const JunitCase& one : cases) body += case_of(one);
  const auto count = [&](Result result) {
    return std::to_string(std::ranges::count(cases, result, &JunitCase::result));
  };
  const std::string numbers = attribute("tests", std::to_string(cases.size())) +
                              attribute("failures", count(Result::failed)) +
                              attribute("errors", count(Result::error)) +
                              attribute("skipped", count(Result::skipped));
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + numbers + ">\n  <testsuite" +
         attribute("name", suite) + numbers + ">\n" + body + "  </testsuite>\n</testsuites>\n";
}

}  // namespace sallyport::cli
