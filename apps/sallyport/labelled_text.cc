#include "labelled_text.h"

namespace sallyport::cli {

namespace {

constexpr std::size_t indent = 4, label_width = 12;

std::size_t width_of(const Presentation& presentation) {
  return presentation.width > 40 ? static_cast<std::size_t>(presentation.width) : 100;
}

}  // namespace

void LabelledText::paragraph(const std::string& text, Tone tone) {
  for (const std::string& part : wrap(text, width_of(presentation_) - indent)) {
    raw(std::string(indent, ' '));
    raw(part, tone);
    raw("\n");
  }
}

void LabelledText::line(const std::string& label, const std::string& text, Tone tone) {
  bool first = true;
  for (const std::string& part : wrap(text, width_of(presentation_) - indent - label_width)) {
    const std::string head = first ? label : "";
    raw(std::string(indent, ' '));
    raw(head + std::string(label_width - head.size(), ' '), Tone::faint);
    raw(part, tone);
    raw("\n");
    first = false;
  }
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += between;
    out += part;
  }
  return out;
}

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + ' ' + std::string(count == 1 ? one : many);
}

}  // namespace sallyport::cli
