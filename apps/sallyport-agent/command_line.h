// The agent's commands.
#pragma once

namespace sallyport::agent {

// Exit codes: 0 done, and of `status` compliant; 1 not compliant; 2 could not be done, unknown.
int run_command_line(int count, const char* const* words);

}  // namespace sallyport::agent
