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
