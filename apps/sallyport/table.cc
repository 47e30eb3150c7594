#include "table.h"

#include <algorithm>
#include <limits>

#include "base/json.h"
#include "base/text.h"

namespace sallyport::cli {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t width_min = 10;  // no column is squeezed below this
constexpr std::size_t word_max = 20;   // nor below its longest word up to this, if there is room

std::string shown(std::string_view text) {
  return printable(text, std::numeric_limits<std::size_t>::max());
}

// The code point at `i`, and its length. A byte that is no UTF-8 counts as itself.
std::pair<char32_t, std::size_t> code_point(std::string_view text, std::size_t i) {
  const auto byte = static_cast<unsigned char>(text[i]);
  const std::size_t length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  if (byte < 0xc0 || i + length > text.size()) return {byte, 1};
  char32_t value = byte & (0xffU >> (length + 1));
  for (std::size_t k = 1; k < length; ++k) {
    value = (value << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
  }
  return {value, length};
}

std::size_t columns_of(char32_t c) {
  if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) || c == 0xfeff) return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
                    (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
                    (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
                    (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
  return wide ? 2 : 1;
}

std::vector<std::size_t> people_columns(const Table& table) {
  std::vector<std::size_t> shown_columns;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (!table.columns[c].data_only) shown_columns.push_back(c);
  }
  return shown_columns;
}

// What people see in a cell: nothing where a grouped value repeats within its row's group.
std::string_view people_text(const Table& table, std::size_t row, std::size_t column) {
  const std::string& text = table.rows[row][column].text;
  if (row == 0) return text;
  for (std::size_t c = 0; c <= column; ++c) {
    if (!table.columns[c].grouped) continue;
    if (table.rows[row][c].text != table.rows[row - 1][c].text) return text;
  }
  return table.columns[column].grouped ? std::string_view{} : std::string_view(text);
}

// The line above a row that begins a group, of the cells in heading columns; empty for other rows.
std::string heading_of(const Table& table, std::size_t row, bool colour) {
  bool begins = row == 0;
  std::string line;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (!table.columns[c].heading) continue;
    const Cell& cell = table.rows[row][c];
    begins = begins || cell.text != table.rows[row - 1][c].text;
    line += (line.empty() ? "" : ": ") + toned(shown(cell.text), cell.tone, colour);
  }
  return begins ? line : std::string();
}

constexpr std::string_view indent = "  ";  // of rows below a heading

std::size_t longest_word(std::string_view text) {
  std::size_t longest = 0;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(" -/,@");
    longest = std::max(longest, display_width(text.substr(0, end)));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return longest;
}

// Takes columns from the widest as long as all are wider than the room, down to their floors.
void squeeze(std::vector<std::size_t>& widths, const std::vector<std::size_t>& floors,
             std::size_t room) {
  std::size_t total = gap * (widths.size() - 1);
  for (const std::size_t width : widths) total += width;
  for (; total > room; --total) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] <= floors[i]) continue;
      if (widest == widths.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == widths.size()) return;
    --widths[widest];
  }
}

std::vector<std::size_t> fitted_widths(const Table& table, const std::vector<std::size_t>& columns,
                                       int terminal) {
  std::vector<std::size_t> widths;
  std::vector<std::size_t> words;  // floors that break no word
  std::vector<std::size_t> least;
  for (const std::size_t c : columns) {
    std::size_t width = display_width(table.columns[c].title);
    std::size_t word = std::max(width_min, width);
    for (const auto& row : table.rows) {
      width = std::max(width, display_width(shown(row[c].text)));
      word = std::max(word, std::min(longest_word(shown(row[c].text)) + 1, word_max));
    }
    widths.push_back(width);
    words.push_back(table.columns[c].wraps ? word : width);
    least.push_back(table.columns[c].wraps ? width_min : width);
  }
  if (terminal > 0 && !columns.empty()) {
    squeeze(widths, words, static_cast<std::size_t>(terminal));
    squeeze(widths, least, static_cast<std::size_t>(terminal));
  }
  return widths;
}

// One row, which may take several lines.
void append_row(std::string& out, std::string_view margin, const std::vector<Cell>& cells,
                const std::vector<std::size_t>& widths, bool colour) {
  std::vector<std::vector<std::string>> lines;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    lines.push_back(wrap(shown(cells[i].text), widths[i]));
    height = std::max(height, lines.back().size());
  }
  for (std::size_t l = 0; l < height; ++l) {
    std::string line;
    std::size_t blanks = margin.size();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string text = l < lines[i].size() ? lines[i][l] : std::string();
      if (!text.empty()) {
        line.append(blanks, ' ');
        line += toned(text, cells[i].tone, colour);
        blanks = 0;
      }
      const std::size_t width = display_width(text);
      blanks += (widths[i] > width ? widths[i] - width : 0) + gap;
    }
    if (!line.empty() || height > 1) out += line + '\n';
  }
}

std::string render_table(const Table& table, const Presentation& presentation) {
  auto columns = people_columns(table);
  const auto is_heading = [&](std::size_t c) { return table.columns[c].heading; };
  const bool headings = std::any_of(columns.begin(), columns.end(), is_heading);
  const auto is_bare = [&](std::size_t c) {
    return table.columns[c].rare &&
           std::all_of(table.rows.begin(), table.rows.end(),
                       [&](const std::vector<Cell>& row) { return row[c].text.empty(); });
  };
  columns.erase(std::remove_if(columns.begin(), columns.end(),
                               [&](std::size_t c) { return is_heading(c) || is_bare(c); }),
                columns.end());
  const std::string_view margin = headings ? indent : std::string_view();
  const int room = presentation.width == 0
                       ? 0
                       : std::max(presentation.width - static_cast<int>(margin.size()), 1);
  const auto widths = fitted_widths(table, columns, room);
  std::string out;
  std::vector<Cell> cells;
  if (!headings) {
    for (const std::size_t c : columns) cells.push_back({table.columns[c].title, Tone::strong});
    append_row(out, margin, cells, widths, presentation.colour);
  }
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    if (const std::string line = heading_of(table, r, presentation.colour); !line.empty()) {
      out += line + '\n';
    }
    cells.clear();
    for (const std::size_t c : columns) {
      cells.push_back({std::string(people_text(table, r, c)), table.rows[r][c].tone});
    }
    append_row(out, margin, cells, widths, presentation.colour);
  }
  return out;
}

std::string markdown_cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '\\') out += '\\';
    if (c == '\n' || c == '\r') {
      out += ' ';
    } else {
      out += c;
    }
  }
  return out;
}

std::string render_markdown(const Table& table) {
  const auto columns = people_columns(table);
  std::string out = "|";
  std::string rule = "|";
  for (const std::size_t c : columns) {
    out += ' ' + markdown_cell(table.columns[c].title) + " |";
    rule += " --- |";
  }
  out += '\n' + rule + '\n';
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    out += '|';
    for (const std::size_t c : columns) {
      out += ' ' + markdown_cell(people_text(table, r, c)) + " |";
    }
    out += '\n';
  }
  return out;
}

void append_csv(std::string& out, std::string_view text, bool first) {
  if (!first) out += ',';
  if (text.find_first_of("\",\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string render_csv(const Table& table) {
  std::string out;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    append_csv(out, table.columns[c].key, c == 0);
  }
  out += '\n';
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) append_csv(out, row[c].text, c == 0);
    out += '\n';
  }
  return out;
}

std::string render_json(const Table& table, bool lines) {
  json::Arena arena;
  std::vector<json::Value> objects;
  for (const auto& row : table.rows) {
    std::vector<json::Member> members;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string& text = row[c].text;
      json::Value value = json::Value::string(text);
      if (table.columns[c].number) value = text.empty() ? json::Value() : json::Value::number(text);
      members.push_back({table.columns[c].key, value, 0});
    }
    objects.push_back(arena.object(members));
  }
  if (!lines) return json::write_pretty(arena.array(objects));
  std::string out;
  for (const json::Value& object : objects) out += json::write(object) + '\n';
  return out;
}

}  // namespace

std::optional<Format> parse_format(std::string_view word) {
  if (word == "table") return Format::table;
  if (word == "json") return Format::json;
  if (word == "jsonl") return Format::jsonl;
  if (word == "markdown") return Format::markdown;
  if (word == "csv") return Format::csv;
  return std::nullopt;
}

std::string render(const Table& table, const Presentation& presentation) {
  switch (presentation.format) {
    case Format::table: return render_table(table, presentation);
    case Format::json: return render_json(table, false);
    case Format::jsonl: return render_json(table, true);
    case Format::markdown: return render_markdown(table);
    case Format::csv: return render_csv(table);
  }
  return {};
}

std::string toned(std::string_view text, Tone tone, bool colour) {
  std::string_view code;
  switch (tone) {
    case Tone::plain: break;
    case Tone::strong: code = "1"; break;
    case Tone::faint: code = "2"; break;
    case Tone::good: code = "32"; break;
    case Tone::caution: code = "33"; break;
    case Tone::bad: code = "31"; break;
  }
  if (!colour || code.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + 'm' + std::string(text) + "\x1b[0m";
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto [c, length] = code_point(text, i);
    width += columns_of(c);
    i += length;
  }
  return width;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  width = std::max<std::size_t>(width, 1);
  while (display_width(text) > width) {
    std::size_t used = 0;
    std::size_t i = 0;      // how far the line can reach
    std::size_t blank = 0;  // where its last blank stands
    std::size_t joint = 0;  // behind its last hyphen or slash
    while (i < text.size()) {
      const auto [c, length] = code_point(text, i);
      if (c == ' ' && i > 0) blank = i;
      if (used + columns_of(c) > width && i > 0) break;
      used += columns_of(c);
      i += length;
      if (c == '-' || c == '/' || c == ',' || c == '@') joint = i;
    }
    const std::size_t end = blank > 0 ? blank : joint > 0 ? joint : i;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

}  // namespace sallyport::cli
