// What --help shows, and what is said of a command line that is none. Beside command_line.cc the
// one file that sees CLI11: it takes seconds to compile.
#pragma once

#include <memory>
#include <string>

namespace CLI {
class App;
class Error;
class Formatter;
}  // namespace CLI

namespace sallyport::cli {

// Fits the terminal, and 100 columns where there is none or a wider one.
std::shared_ptr<CLI::Formatter> help_formatter();

// What was wrong about the words given to `app`: who speaks, lower case, and what to write instead.
std::string usage_problem(const CLI::App& app, const CLI::Error& error);

// "`whatiff` is no command; did you mean `whatif`?", or all commands where none was said.
std::string no_such_command(const CLI::App& app, const std::string& written);

}  // namespace sallyport::cli
