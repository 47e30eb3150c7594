#include "junit.h"

#include <string_view>

namespace sallyport::cli {
namespace {

// XML 1.0 has no control characters but tab and line ends, not even escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      case '\t': out += "&#9;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return ' ' + std::string(name) + "=\"" + escaped(value) + '"';
}

}  // namespace

std::string render_junit(const std::string& suite, const std::vector<JunitCase>& cases) {
  std::string body;
  std::size_t failures = 0, errors = 0;
  for (const JunitCase& one : cases) {
    body += "    <testcase" + attribute("classname", one.classname) + attribute("name", one.name);
    if (!one.file.empty()) body += attribute("file", one.file);
    if (one.line != 0) body += attribute("line", std::to_string(one.line));
    if (one.result == JunitCase::Result::passed) {
      body += "/>\n";
      continue;
    }
    const bool failed = one.result == JunitCase::Result::failed;
    ++(failed ? failures : errors);
    const std::string element = failed ? "failure" : "error";
    body += ">\n      <" + element + attribute("type", one.type) +
            attribute("message", one.message) + '>' + escaped(one.body) + "</" + element +
            ">\n    </testcase>\n";
  }
  const std::string numbers = attribute("tests", std::to_string(cases.size())) +
                              attribute("failures", std::to_string(failures)) +
                              attribute("errors", std::to_string(errors)) +
                              attribute("skipped", "0");
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + numbers + ">\n  <testsuite" +
         attribute("name", suite) + numbers + ">\n" + body + "  </testsuite>\n</testsuites>\n";
}

}  // namespace sallyport::cli
