#include "engine/formats/picture-file.h"

#include <png.h>

static void G_GNUC_NORETURN
on_error (png_structp png, png_const_charp message)
{
  /* Writing to memory fails for lack of memory only, where GLib ends the program too. */
  g_error ("cannot write a PNG: %s", message);
}

static void
on_warning (png_structp png, png_const_charp message)
{
}

static void
write_data (png_structp png, png_bytep data, size_t length)
{
  g_byte_array_append (png_get_io_ptr (png), data, (guint) length);
}

static void
flush_data (png_structp png)
{
}

GBytes *
fl_picture_to_png (FlPicture *picture)
{
  int width = fl_picture_width (picture);
  int height = fl_picture_height (picture);
  gboolean is_grey = fl_picture_is_grey (picture);
  GByteArray *content = g_byte_array_new ();
  g_autofree guint8 *row = g_malloc (width);
  png_structp png = png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
  png_infop info = png_create_info_struct (png);

  png_set_write_fn (png, content, write_data, flush_data);
  png_set_IHDR (png, info, width, height, 8, is_grey ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
                PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info (png, info);
  for (int y = 0; y < height; y++)
    {
      const guint8 *rgb = fl_picture_pixels (picture) + (gsize) y * width * 3;

      if (is_grey)
        for (int x = 0; x < width; x++)
          row[x] = rgb[3 * x];
      png_write_row (png, is_grey ? row : rgb);
    }
  png_write_end (png, NULL);
  png_destroy_write_struct (&png, &info);
  return g_byte_array_free_to_bytes (content);
}
