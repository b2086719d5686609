#include "app/command-line.h"

int
main (int argc, char **argv)
{
  return fl_command_line_run (argc, argv);
}
