// Reads the command line and runs the command. The commands, their options and their descriptions
// are defined in command_line.cc and nowhere else.
#pragma once

#include "command_tree.h"

namespace sallyport::cli {

// Exit codes: see console.h. Standard output and error are written to.
int run_command_line(int count, const char* const* words);

CommandTree command_tree();

}  // namespace sallyport::cli
