#pragma once

#include <glib.h>

/* The largest picture that is read. */
#define FL_PICTURE_MAX_SIDE 30000
#define FL_PICTURE_MAX_PIXELS 300000000

/**
 * FlPicture:
 *
 * A decoded picture: 8 bits a channel, red, green and blue interleaved, rows from top to bottom
 * without padding; transparency has been laid over white and the camera's orientation applied.
 * Reference counted; shared pictures are read only by convention: only the code that has just
 * created one writes to it.
 */
typedef struct _FlPicture FlPicture;

/**
 * fl_picture_new:
 * @width: 1 .. FL_PICTURE_MAX_SIDE; both together at most FL_PICTURE_MAX_PIXELS pixels
 * @rgb: (nullable): the pixels, copied; %NULL for black
 * @stride: bytes from one row of @rgb to the next, at least 3 * @width
 *
 * Returns: (transfer full): a picture
 */
FlPicture *fl_picture_new (int width, int height, const guint8 *rgb, gsize stride);

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

FlPicture *fl_picture_ref (FlPicture *picture);
void fl_picture_unref (FlPicture *picture);

int fl_picture_width (const FlPicture *picture);
int fl_picture_height (const FlPicture *picture);

/* Whether the source held grey only, so that red, green and blue are the same everywhere. */
gboolean fl_picture_is_grey (const FlPicture *picture);

/* Borrowed, width * height * 3 bytes. */
const guint8 *fl_picture_pixels (const FlPicture *picture);

/* The same, to be written: only right after fl_picture_new(). */
guint8 *fl_picture_pixels_writable (FlPicture *picture);

/* Marks a picture that has just been created; its channels must be the same everywhere. */
void fl_picture_set_grey (FlPicture *picture, gboolean is_grey);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlPicture, fl_picture_unref)
