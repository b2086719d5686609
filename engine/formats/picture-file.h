#pragma once

#include "engine/formats/picture.h"

/**
 * fl_picture_load:
 * @path: a PNG or JPEG file, told apart by content, not by name
 *
 * PNG: every colour type and bit depth, interlaced or not; 16 bits are rounded to 8 and colour
 * profiles and gamma are left alone. JPEG: grey, YCbCr, RGB, CMYK and YCCK (inverted, as Adobe
 * writes them), baseline, progressive and arithmetic.
 *
 * Returns: (transfer full): the picture, or %NULL with %FL_ERROR_MALFORMED (corrupt or cut short,
 *   with the place), %FL_ERROR_UNSUPPORTED, %FL_ERROR_LIMIT or the error of GIO
 */
FlPicture *fl_picture_load (const char *path, GError **error);

/**
 * fl_picture_load_bytes:
 * @bytes: a file's content
 * @name: how messages name it
 */
FlPicture *fl_picture_load_bytes (GBytes *bytes, const char *name, GError **error);

/**
 * fl_picture_save_png:
 *
 * Writes 8-bit RGB, or 8-bit grey for a grey picture.
 */
gboolean fl_picture_save_png (FlPicture *picture, const char *path, GError **error);

/* The same as bytes, transfer full; cannot fail but for lack of memory. */
GBytes *fl_picture_to_png (FlPicture *picture);
