#include "command_line.h"

int main(int count, char** words) { return sallyport::agent::run_command_line(count, words); }
