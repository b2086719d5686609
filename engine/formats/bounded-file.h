#pragma once

#include <gio/gio.h>

/**
 * fl_bounded_file_read:
 * @path: a file; what never ends (a device) is cut off at @limit
 * @limit: bytes
 *
 * Returns: (transfer full): the whole content, or %NULL with the error of GIO, or %FL_ERROR_LIMIT
 *   where the file holds more than @limit bytes
 */
GBytes *fl_bounded_file_read (const char *path, gsize limit, GError **error);

/**
 * fl_bounded_file_write:
 *
 * Replaces the file at @path by @bytes: it holds the old content or the new one, never a part.
 */
gboolean fl_bounded_file_write (const char *path, GBytes *bytes, GError **error);

/* A path as it stands in messages: valid UTF-8 in one line. Newly allocated. */
char *fl_bounded_file_display_name (const char *path);
