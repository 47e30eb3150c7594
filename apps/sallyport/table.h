// A table, in the forms people and programs read.
//
// `table` fits the terminal: columns that may wrap give way, widest first. `markdown` and `csv`
// (RFC 4180, LF) hold the same cells; `json` is an array of objects by column key, `jsonl` one
// object a line. No colour but in `table`, and none there unless asked for. Control characters of
// names never reach a terminal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::cli {

enum class Format : std::uint8_t { table, json, jsonl, markdown, csv };
std::optional<Format> parse_format(std::string_view word);

struct Presentation {
  Format format = Format::table;
  bool colour = false;
  int width = 0;  // columns of the terminal; 0: unlimited
};

enum class Tone : std::uint8_t { plain, strong, faint, good, caution, bad };

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
};

struct Column {
  std::string title;
  std::string key;         // member name in JSON
  bool wraps = false;      // may be made narrower
  bool grouped = false;    // for people: a value equal to the one above is left blank
  bool data_only = false;  // not for people: ids
  bool heading = false;    // for people: a line of its own above the rows that share it
  bool number = false;     // in JSON a number, or null
  bool rare = false;       // on a terminal: left out where no row has anything in it
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // as many cells as columns
};

std::string render(const Table& table, const Presentation& presentation);

// For people: the text in a tone, where colour is wanted.
std::string toned(std::string_view text, Tone tone, bool colour);
// Lines of at most `width` columns, broken at blanks, else behind a hyphen or slash, else anywhere.
std::vector<std::string> wrap(std::string_view text, std::size_t width);
std::size_t display_width(std::string_view text);

}  // namespace sallyport::cli
