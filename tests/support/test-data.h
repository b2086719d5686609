#pragma once

#include <glib.h>

/**
 * fl_test_data_path:
 * @name: a path below the folder of test data, "pictures/palette.png"
 *
 * The folder is that of the environment variable FAULTLINE_TEST_DATA where it is set, else
 * tests/data of the source tree that was compiled.
 *
 * Returns: (transfer full): the file's path; the file need not exist
 */
char *fl_test_data_path (const char *name);

/**
 * fl_test_data_bytes:
 *
 * Returns: (transfer full): the file's content; a file that cannot be read ends the test
 */
GBytes *fl_test_data_bytes (const char *name);

/**
 * fl_test_error_is_clear:
 *
 * Returns: whether @error is set and has a message of one line that is not empty
 */
gboolean fl_test_error_is_clear (const GError *error);
