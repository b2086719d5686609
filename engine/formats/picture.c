#include "engine/formats/picture.h"

#include "engine/core/error.h"
#include "engine/formats/picture-decoder.h"

#include <string.h>

struct _FlPicture
{
  gatomicrefcount references;
  int width;
  int height;
  gboolean is_grey;
  guint8 *pixels; /* owned */
};

FlPicture *
fl_picture_try_new (int width, int height)
{
  FlPicture *picture;
  guint8 *pixels = g_try_malloc0_n ((gsize) width * (gsize) height, 3);

  if (pixels == NULL)
    return NULL;
  picture = g_new0 (FlPicture, 1);
  g_atomic_ref_count_init (&picture->references);
  picture->width = width;
  picture->height = height;
  picture->pixels = pixels;
  return picture;
}

gboolean
fl_picture_check_size (const char *name, guint64 width, guint64 height, GError **error)
{
  if (width == 0 || height == 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                   "picture '%s': %" G_GUINT64_FORMAT "x%" G_GUINT64_FORMAT
                   " pixels, expected at least one",
                   name, width, height);
      return FALSE;
    }
  if (width > FL_PICTURE_MAX_SIDE || height > FL_PICTURE_MAX_SIDE
      || width * height > FL_PICTURE_MAX_PIXELS)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_LIMIT,
                   "picture '%s': %" G_GUINT64_FORMAT "x%" G_GUINT64_FORMAT
                   " pixels, expected at most %d a side and %d megapixels",
                   name, width, height, FL_PICTURE_MAX_SIDE, FL_PICTURE_MAX_PIXELS / 1000000);
      return FALSE;
    }
  return TRUE;
}

FlPicture *
fl_picture_new (int width, int height, const guint8 *rgb, gsize stride)
{
  FlPicture *picture;
  gsize row;

  g_return_val_if_fail (width >= 1 && width <= FL_PICTURE_MAX_SIDE, NULL);
  g_return_val_if_fail (height >= 1 && height <= FL_PICTURE_MAX_SIDE, NULL);
  g_return_val_if_fail ((gint64) width * height <= FL_PICTURE_MAX_PIXELS, NULL);
  row = (gsize) width * 3;
  g_return_val_if_fail (rgb == NULL || stride >= row, NULL);

  picture = fl_picture_try_new (width, height);
  if (picture == NULL)
    g_error ("no memory for a picture of %dx%d pixels", width, height);
  if (rgb != NULL)
    for (int y = 0; y < height; y++)
      memcpy (picture->pixels + (gsize) y * row, rgb + (gsize) y * stride, row);
  return picture;
}

FlPicture *
fl_picture_ref (FlPicture *picture)
{
  g_atomic_ref_count_inc (&picture->references);
  return picture;
}

void
fl_picture_unref (FlPicture *picture)
{
  if (!g_atomic_ref_count_dec (&picture->references))
    return;
  g_free (picture->pixels);
  g_free (picture);
}

int
fl_picture_width (const FlPicture *picture)
{
  return picture->width;
}

int
fl_picture_height (const FlPicture *picture)
{
  return picture->height;
}

gboolean
fl_picture_is_grey (const FlPicture *picture)
{
  return picture->is_grey;
}

const guint8 *
fl_picture_pixels (const FlPicture *picture)
{
  return picture->pixels;
}

guint8 *
fl_picture_pixels_writable (FlPicture *picture)
{
  return picture->pixels;
}

void
fl_picture_set_grey (FlPicture *picture, gboolean is_grey)
{
  picture->is_grey = is_grey;
}
