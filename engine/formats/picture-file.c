#include "engine/formats/picture-file.h"

#include "engine/core/error.h"
#include "engine/formats/bounded-file.h"
#include "engine/formats/picture-decoder.h"

#include <string.h>

/* A 16-bit RGBA picture of the largest size, uncompressed, is 2.4 GB; no sensible file is near. */
#define MAX_FILE_SIZE (1u << 30)

FlPicture *
fl_picture_load_bytes (GBytes *bytes, const char *name, GError **error)
{
  static const guint8 png_magic[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  static const guint8 jpeg_magic[] = { 0xff, 0xd8, 0xff };
  g_autofree char *shown = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_return_val_if_fail (name != NULL, NULL);

  shown = fl_bounded_file_display_name (name);
  if (size >= sizeof png_magic && memcmp (data, png_magic, sizeof png_magic) == 0)
    return fl_png_decode (bytes, shown, error);
  if (size >= sizeof jpeg_magic && memcmp (data, jpeg_magic, sizeof jpeg_magic) == 0)
    return fl_jpeg_decode (bytes, shown, error);
  if (size == 0)
    g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                 "picture '%s': the file is empty, expected a PNG or JPEG picture", shown);
  else
    g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                 "picture '%s': neither a PNG nor a JPEG picture (its first byte is 0x%02x)", shown,
                 data[0]);
  return NULL;
}

FlPicture *
fl_picture_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  bytes = fl_bounded_file_read (path, MAX_FILE_SIZE, error);
  return bytes != NULL ? fl_picture_load_bytes (bytes, path, error) : NULL;
}

gboolean
fl_picture_save_png (FlPicture *picture, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = fl_picture_to_png (picture);

  return fl_bounded_file_write (path, bytes, error);
}
