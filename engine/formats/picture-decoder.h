#pragma once

/* what picture-file.c and the decoders share; nobody else needs it. */

#include "engine/formats/picture.h"

/* @name is one line of valid UTF-8 in all of these. */
FlPicture *fl_png_decode (GBytes *bytes, const char *name, GError **error);
FlPicture *fl_jpeg_decode (GBytes *bytes, const char *name, GError **error);

/**
 * fl_exif_orientation:
 * @data: the content of a JPEG APP1 segment
 *
 * Returns: 1 .. 8 as in the EXIF standard, tag 0x0112; 1 where there is none or it makes no sense
 */
int fl_exif_orientation (const guint8 *data, gsize size);

/* A black picture, or %NULL where there is no memory for it: a file may ask for anything. */
FlPicture *fl_picture_try_new (int width, int height);

/* %FL_ERROR_LIMIT where @width x @height is beyond the largest picture. */
gboolean fl_picture_check_size (const char *name, guint64 width, guint64 height, GError **error);
