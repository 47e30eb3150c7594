// Paragraphs for people: a faint label in a column of its own, and text that fits the terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "table.h"

namespace sallyport::cli {

class LabelledText {
 public:
  explicit LabelledText(const Presentation& presentation) : presentation_(presentation) {}

  // Without a column for labels.
  void paragraph(const std::string& text, Tone tone = Tone::plain);
  void line(const std::string& label, const std::string& text, Tone tone = Tone::plain);
  void raw(const std::string& text) { out_ += text; }
  void raw(const std::string& text, Tone tone) { out_ += toned(text, tone, presentation_.colour); }
  std::string take() { return std::move(out_); }

 private:
  Presentation presentation_;
  std::string out_;
};

std::string joined(const std::vector<std::string>& parts, std::string_view between);
std::string capitalised(std::string text);  // its first letter
std::string count_of(std::size_t count, std::string_view one, std::string_view many);

}  // namespace sallyport::cli
