#pragma once

#include <glib.h>

/**
 * fl_command_line_wanted:
 *
 * Returns: whether the arguments ask for the command line (a sub-command, an option such as --help,
 * or a word that is neither a command nor a file), rather than name what the window is to open
 */
gboolean fl_command_line_wanted (int argc, char **argv);

/**
 * fl_command_line_run:
 *
 * Does what the arguments ask for, without any display.
 *
 * Returns: the exit status: 0 done, 1 failed with one line on standard error that names the cause,
 * 2 wrong usage
 */
int fl_command_line_run (int argc, char **argv);
