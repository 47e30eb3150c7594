#include "command_line.h"

int main(int count, char** words) { return sallyport::cli::run_command_line(count, words); }
