#include "engine/core/error.h"
#include "engine/formats/picture-decoder.h"

#include <png.h>
#include <string.h>

/* Deflate makes at most 258 bytes of 2 bits. */
#define MAX_COMPRESSION 1032

/*
 * libpng leaves its functions by longjmp. Everything that must survive that stands in a PngReader
 * which belongs to the caller of the function with the setjmp, so that no local variable is ever in
 * doubt.
 */
typedef struct
{
  const guint8 *data; /* borrowed */
  gsize size;
  gsize offset;
  const char *name; /* borrowed */

  png_structp png;
  png_infop info;
  FlPicture *picture; /* owned */
  guint8 *samples;    /* owned: RGBA, one row or the whole picture */
  guint32 row;
  gboolean reads_rows;
  char reason[160];
} PngReader;

static void G_GNUC_NORETURN
on_error (png_structp png, png_const_charp message)
{
  PngReader *reader = png_get_error_ptr (png);

  g_strlcpy (reader->reason, message, sizeof reader->reason);
  png_longjmp (png, 1);
}

static void
on_warning (png_structp png, png_const_charp message)
{
}

static void
read_data (png_structp png, png_bytep to, size_t length)
{
  PngReader *reader = png_get_io_ptr (png);

  if (length > reader->size - reader->offset)
    {
      reader->offset = reader->size;
      png_error (png, "the file ends too early");
    }
  memcpy (to, reader->data + reader->offset, length);
  reader->offset += length;
}

static void
blend_row (guint8 *rgb, const guint8 *rgba, guint32 width)
{
  for (guint32 x = 0; x < width; x++)
    {
      guint alpha = rgba[4 * x + 3];

      for (int c = 0; c < 3; c++)
        rgb[3 * x + c] = (guint8) ((rgba[4 * x + c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}

static gboolean
read_header (PngReader *reader)
{
  if (setjmp (png_jmpbuf (reader->png)))
    return FALSE;

  png_set_read_fn (reader->png, reader, read_data);
  png_set_user_limits (reader->png, FL_PICTURE_MAX_SIDE, FL_PICTURE_MAX_SIDE);
  png_read_info (reader->png, reader->info);
  return TRUE;
}

static gboolean
read_pixels (PngReader *reader)
{
  png_structp png = reader->png;
  png_infop info = reader->info;
  guint32 width = png_get_image_width (png, info);
  guint32 height = png_get_image_height (png, info);
  guint8 *pixels = fl_picture_pixels_writable (reader->picture);
  gboolean has_alpha;
  int n_passes;

  if (setjmp (png_jmpbuf (png)))
    return FALSE;

  /* Palette to RGB, fewer than 8 bits to 8, transparent colour to alpha; then 16 bits to 8. */
  png_set_expand (png);
  png_set_scale_16 (png);
  png_set_gray_to_rgb (png);
  n_passes = png_set_interlace_handling (png);
  png_read_update_info (png, info);
  has_alpha = png_get_channels (png, info) == 4;
  if (png_get_rowbytes (png, info) != (gsize) width * (has_alpha ? 4 : 3))
    png_error (png, "its rows have an unexpected size");

  if (has_alpha)
    {
      reader->samples = g_try_malloc0_n ((gsize) width * (n_passes > 1 ? height : 1), 4);
      if (reader->samples == NULL)
        png_error (png, "no memory for its pixels");
    }
  reader->reads_rows = TRUE;
  for (int pass = 0; pass < n_passes; pass++)
    for (reader->row = 0; reader->row < height; reader->row++)
      {
        guint8 *rgb = pixels + (gsize) reader->row * width * 3;

        if (!has_alpha)
          png_read_row (png, rgb, NULL);
        else
          {
            guint8 *rgba = reader->samples + (n_passes > 1 ? (gsize) reader->row * width * 4 : 0);

            png_read_row (png, rgba, NULL);
            if (pass == n_passes - 1)
              blend_row (rgb, rgba, width);
          }
      }
  reader->reads_rows = FALSE;
  png_read_end (png, NULL);
  return TRUE;
}

static void
set_error (const PngReader *reader, GError **error)
{
  char reason[sizeof reader->reason];

  /* libpng names a damaged chunk by its bytes, which need not be text. */
  g_strlcpy (reason, reader->reason, sizeof reason);
  for (char *c = reason; *c != '\0'; c++)
    if (!g_ascii_isprint (*c))
      *c = '?';
  if (reader->reads_rows)
    g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                 "PNG '%s': row %u (byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT "): %s",
                 reader->name, reader->row, reader->offset, reader->size, reason);
  else
    g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                 "PNG '%s': byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ": %s", reader->name,
                 reader->offset, reader->size, reason);
}

static FlPicture *
decode (PngReader *reader, GError **error)
{
  guint32 width, height;
  gboolean is_grey;

  if (!read_header (reader))
    {
      set_error (reader, error);
      return NULL;
    }
  width = png_get_image_width (reader->png, reader->info);
  height = png_get_image_height (reader->png, reader->info);
  is_grey = (png_get_color_type (reader->png, reader->info) & PNG_COLOR_MASK_COLOR) == 0;
  if (!fl_picture_check_size (reader->name, width, height, error))
    return NULL;
  /* What can only be cut short is not given memory first. */
  if ((guint64) width * height * png_get_channels (reader->png, reader->info)
          * png_get_bit_depth (reader->png, reader->info) / 8
      > (guint64) reader->size * MAX_COMPRESSION)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                   "PNG '%s': %" G_GSIZE_FORMAT " bytes, too few for %ux%u pixels", reader->name,
                   reader->size, width, height);
      return NULL;
    }
  reader->picture = fl_picture_try_new ((int) width, (int) height);
  if (reader->picture == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_LIMIT, "PNG '%s': no memory for its pixels",
                   reader->name);
      return NULL;
    }
  if (!read_pixels (reader))
    {
      set_error (reader, error);
      return NULL;
    }
  fl_picture_set_grey (reader->picture, is_grey);
  return g_steal_pointer (&reader->picture);
}

FlPicture *
fl_png_decode (GBytes *bytes, const char *name, GError **error)
{
  PngReader reader = { .name = name };
  FlPicture *result = NULL;

  reader.data = g_bytes_get_data (bytes, &reader.size);
  /* The header's place is fixed; looked at first, so that a limit is told from a damaged file. */
  if (reader.size >= 24 && memcmp (reader.data + 12, "IHDR", 4) == 0)
    {
      guint32 width, height;

      memcpy (&width, reader.data + 16, 4);
      memcpy (&height, reader.data + 20, 4);
      if (!fl_picture_check_size (name, GUINT32_FROM_BE (width), GUINT32_FROM_BE (height), error))
        return NULL;
    }

  reader.png = png_create_read_struct (PNG_LIBPNG_VER_STRING, &reader, on_error, on_warning);
  if (reader.png != NULL)
    reader.info = png_create_info_struct (reader.png);
  if (reader.info != NULL)
    result = decode (&reader, error);
  else
    g_set_error (error, FL_ERROR, FL_ERROR_LIMIT, "PNG '%s': no memory to read it", name);

  png_destroy_read_struct (&reader.png, &reader.info, NULL);
  g_clear_pointer (&reader.picture, fl_picture_unref);
  g_free (reader.samples);
  return result;
}
