#include "engine/core/error.h"
#include "engine/core/random.h"
#include "engine/formats/picture-file.h"
#include "tests/support/test-data.h"

#include <png.h>
#include <string.h>

/* Odd sizes, so that rows of less than 8 bits a pixel end inside a byte and every pass of Adam7
   ends early. */
#define WIDTH 21
#define HEIGHT 13
#define MAX_CHANNELS 4
#define N_TRANSPARENT 3 /* palette entries with an alpha of their own */

/* Samples of a picture as a PNG file holds them. */
typedef struct
{
  int colour_type;
  int depth;
  int interlace;
  gboolean has_transparency; /* a tRNS chunk */
  int n_channels;
  guint samples[HEIGHT][WIDTH][MAX_CHANNELS];
  png_color palette[256];
  guint8 alpha[N_TRANSPARENT];
  guint key[3]; /* the transparent colour */
} Pattern;

static int
count_channels (int colour_type)
{
  switch (colour_type)
    {
    case PNG_COLOR_TYPE_GRAY_ALPHA:
      return 2;
    case PNG_COLOR_TYPE_RGB:
      return 3;
    case PNG_COLOR_TYPE_RGB_ALPHA:
      return 4;
    default:
      return 1;
    }
}

static void
pattern_init (Pattern *pattern, int colour_type, int depth, int interlace,
              gboolean has_transparency, FlRandom *random)
{
  guint n_values = 1u << depth;

  memset (pattern, 0, sizeof *pattern);
  pattern->colour_type = colour_type;
  pattern->depth = depth;
  pattern->interlace = interlace;
  pattern->has_transparency = has_transparency;
  pattern->n_channels = count_channels (colour_type);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      for (int c = 0; c < pattern->n_channels; c++)
        pattern->samples[y][x][c] = fl_random_below (random, n_values);
  for (int i = 0; i < 256; i++)
    pattern->palette[i] = (png_color){ (png_byte) fl_random_below (random, 256),
                                       (png_byte) fl_random_below (random, 256),
                                       (png_byte) fl_random_below (random, 256) };
  for (int i = 0; i < N_TRANSPARENT; i++)
    pattern->alpha[i] = (guint8) (i == 0 ? 0 : fl_random_below (random, 256));
  /* A colour that occurs. */
  for (int c = 0; c < 3; c++)
    pattern->key[c] = pattern->samples[3][4][MIN (c, pattern->n_channels - 1)];
}

static void
append (png_structp png, png_bytep data, size_t length)
{
  g_byte_array_append (png_get_io_ptr (png), data, (guint) length);
}

static void
flush (png_structp png)
{
}

/* One row, packed as in the file. */
static void
pack_row (const Pattern *pattern, int y, guint8 *row)
{
  int bit = 0;

  memset (row, 0, WIDTH * MAX_CHANNELS * 2);
  for (int x = 0; x < WIDTH; x++)
    for (int c = 0; c < pattern->n_channels; c++, bit += pattern->depth)
      {
        guint sample = pattern->samples[y][x][c];

        if (pattern->depth == 16)
          {
            row[bit / 8] = (guint8) (sample >> 8);
            row[bit / 8 + 1] = (guint8) sample;
          }
        else
          row[bit / 8] |= (guint8) (sample << (8 - pattern->depth - bit % 8));
      }
}

static GBytes *
pattern_write (Pattern *pattern)
{
  GByteArray *content = g_byte_array_new ();
  png_structp png = png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct (png);
  guint8 rows[HEIGHT][WIDTH * MAX_CHANNELS * 2];
  guint8 *pointers[HEIGHT];

  png_set_write_fn (png, content, append, flush);
  png_set_IHDR (png, info, WIDTH, HEIGHT, pattern->depth, pattern->colour_type, pattern->interlace,
                PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (pattern->colour_type == PNG_COLOR_TYPE_PALETTE)
    png_set_PLTE (png, info, pattern->palette, 1 << pattern->depth);
  if (pattern->has_transparency)
    {
      png_color_16 key = { .red = (png_uint_16) pattern->key[0],
                           .green = (png_uint_16) pattern->key[1],
                           .blue = (png_uint_16) pattern->key[2],
                           .gray = (png_uint_16) pattern->key[0] };

      if (pattern->colour_type == PNG_COLOR_TYPE_PALETTE)
        png_set_tRNS (png, info, pattern->alpha, MIN (N_TRANSPARENT, 1 << pattern->depth), NULL);
      else
        png_set_tRNS (png, info, NULL, 0, &key);
    }
  for (int y = 0; y < HEIGHT; y++)
    {
      pack_row (pattern, y, rows[y]);
      pointers[y] = rows[y];
    }
  png_write_info (png, info);
  png_write_image (png, pointers);
  png_write_end (png, NULL);
  png_destroy_write_struct (&png, &info);
  return g_byte_array_free_to_bytes (content);
}

/* A sample of @depth bits in 8, to the nearest. */
static guint
to_8_bits (guint sample, int depth)
{
  guint largest = (1u << depth) - 1;

  return (sample * 255 + largest / 2) / largest;
}

/* What a pixel looks like on white, straight from the standard. */
static void
pattern_pixel (const Pattern *pattern, int x, int y, guint rgb[3])
{
  const guint *sample = pattern->samples[y][x];
  guint alpha = 255;

  if (pattern->colour_type == PNG_COLOR_TYPE_PALETTE)
    {
      png_color colour = pattern->palette[sample[0]];

      rgb[0] = colour.red;
      rgb[1] = colour.green;
      rgb[2] = colour.blue;
      if (pattern->has_transparency && sample[0] < N_TRANSPARENT)
        alpha = pattern->alpha[sample[0]];
    }
  else
    {
      gboolean has_colour = (pattern->colour_type & PNG_COLOR_MASK_COLOR) != 0;
      gboolean is_key = pattern->has_transparency;

      for (int c = 0; c < 3; c++)
        {
          rgb[c] = to_8_bits (sample[has_colour ? c : 0], pattern->depth);
          is_key = is_key && sample[has_colour ? c : 0] == pattern->key[has_colour ? c : 0];
        }
      if (is_key)
        alpha = 0;
      if ((pattern->colour_type & PNG_COLOR_MASK_ALPHA) != 0)
        alpha = to_8_bits (sample[pattern->n_channels - 1], pattern->depth);
    }
  for (int c = 0; c < 3; c++)
    rgb[c] = (guint) ((rgb[c] * alpha + 255. * (255 - alpha)) / 255. + 0.5);
}

static void
check_pattern (Pattern *pattern)
{
  g_autoptr (GBytes) bytes = pattern_write (pattern);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlPicture) picture = fl_picture_load_bytes (bytes, "pattern", &error);

  g_assert_no_error (error);
  g_assert_cmpint (fl_picture_width (picture), ==, WIDTH);
  g_assert_cmpint (fl_picture_height (picture), ==, HEIGHT);
  g_assert_cmpint (fl_picture_is_grey (picture), ==,
                   (pattern->colour_type & PNG_COLOR_MASK_COLOR) == 0);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        const guint8 *met = fl_picture_pixels (picture) + (y * WIDTH + x) * 3;
        guint expected[3];

        pattern_pixel (pattern, x, y, expected);
        for (int c = 0; c < 3; c++)
          if (met[c] != expected[c])
            g_error (
                "colour type %d, depth %d, interlace %d, tRNS %d: pixel (%d, %d) channel %d is %d, "
                "expected %u",
                pattern->colour_type, pattern->depth, pattern->interlace, pattern->has_transparency,
                x, y, c, met[c], expected[c]);
      }
}

static void
test_every_kind (void)
{
  static const struct
  {
    int colour_type;
    int depths[5];
    gboolean may_have_transparency;
  } kinds[] = {
    { PNG_COLOR_TYPE_GRAY, { 1, 2, 4, 8, 16 }, TRUE },
    { PNG_COLOR_TYPE_PALETTE, { 1, 2, 4, 8 }, TRUE },
    { PNG_COLOR_TYPE_GRAY_ALPHA, { 8, 16 }, FALSE },
    { PNG_COLOR_TYPE_RGB, { 8, 16 }, TRUE },
    { PNG_COLOR_TYPE_RGB_ALPHA, { 8, 16 }, FALSE },
  };
  g_autoptr (FlRandom) random = fl_random_new (5);
  Pattern pattern;

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (int d = 0; d < 5 && kinds[i].depths[d] != 0; d++)
      for (int transparency = 0; transparency <= kinds[i].may_have_transparency; transparency++)
        for (int interlace = PNG_INTERLACE_NONE; interlace <= PNG_INTERLACE_ADAM7; interlace++)
          {
            pattern_init (&pattern, kinds[i].colour_type, kinds[i].depths[d], interlace,
                          transparency != 0, random);
            check_pattern (&pattern);
          }
}

/* Wherever a file ends too early, it says so. */
static void
test_every_truncation (void)
{
  g_autoptr (FlRandom) random = fl_random_new (6);
  Pattern pattern;

  for (int interlace = PNG_INTERLACE_NONE; interlace <= PNG_INTERLACE_ADAM7; interlace++)
    {
      g_autoptr (GBytes) bytes = NULL;

      pattern_init (&pattern, PNG_COLOR_TYPE_RGB_ALPHA, 8, interlace, FALSE, random);
      bytes = pattern_write (&pattern);
      for (gsize size = 0; size < g_bytes_get_size (bytes); size++)
        {
          g_autoptr (GBytes) part = g_bytes_new (g_bytes_get_data (bytes, NULL), size);
          g_autoptr (GError) error = NULL;
          g_autoptr (FlPicture) picture = fl_picture_load_bytes (part, "cut.png", &error);

          g_assert_null (picture);
          g_assert_error (error, FL_ERROR, FL_ERROR_MALFORMED);
          g_assert_true (fl_test_error_is_clear (error));
          g_assert_nonnull (strstr (error->message, "cut.png"));
        }
    }
}

static void
test_damage (void)
{
  g_autoptr (GBytes) bytes = fl_test_data_bytes ("pictures/photo.png");
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree guint8 *copy = g_memdup2 (data, size);
  g_autoptr (GBytes) damaged = NULL;
  g_autoptr (GError) error = NULL;

  copy[size / 2] ^= 0x10;
  damaged = g_bytes_new (copy, size);
  g_assert_null (fl_picture_load_bytes (damaged, "damaged.png", &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_MALFORMED);
  g_assert_true (g_str_has_prefix (error->message, "PNG 'damaged.png': row "));
  g_assert_true (fl_test_error_is_clear (error));
}

static void
test_limit (void)
{
  static const struct
  {
    guint32 width;
    guint32 height;
    int code;
  } sizes[] = {
    { 30001, 1, FL_ERROR_LIMIT },     { 1, 30001, FL_ERROR_LIMIT },
    { 20000, 15001, FL_ERROR_LIMIT }, { 0xffffffff, 0xffffffff, FL_ERROR_LIMIT },
    { 0, 5, FL_ERROR_MALFORMED },
  };
  g_autoptr (GBytes) bytes = fl_test_data_bytes ("pictures/photo.png");
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, size);
      g_autoptr (GBytes) changed = NULL;
      g_autoptr (GError) error = NULL;
      guint32 width = GUINT32_TO_BE (sizes[i].width);
      guint32 height = GUINT32_TO_BE (sizes[i].height);

      memcpy (copy + 16, &width, 4);
      memcpy (copy + 20, &height, 4);
      changed = g_bytes_new (copy, size);
      g_assert_null (fl_picture_load_bytes (changed, "large.png", &error));
      g_assert_error (error, FL_ERROR, sizes[i].code);
      g_assert_true (fl_test_error_is_clear (error));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/png-reader/every-kind", test_every_kind);
  g_test_add_func ("/formats/png-reader/every-truncation", test_every_truncation);
  g_test_add_func ("/formats/png-reader/damage", test_damage);
  g_test_add_func ("/formats/png-reader/limit", test_limit);
  return g_test_run ();
}
