#include "engine/core/error.h"
#include "engine/formats/picture-file.h"
#include "tests/support/test-data.h"

#include <stdlib.h>
#include <string.h>

/* Decoders may round the inverse cosine transform and the colour conversion differently;
 * libjpeg-turbo itself differs by nothing. */
#define TOLERANCE 2

static FlPicture *
load (const char *name)
{
  g_autofree char *path = fl_test_data_path (name);
  g_autoptr (GError) error = NULL;
  FlPicture *picture = fl_picture_load (path, &error);

  g_assert_no_error (error);
  return picture;
}

static void
assert_alike (FlPicture *met, FlPicture *expected, int tolerance)
{
  gsize size = (gsize) fl_picture_width (expected) * (gsize) fl_picture_height (expected) * 3;

  g_assert_cmpint (fl_picture_width (met), ==, fl_picture_width (expected));
  g_assert_cmpint (fl_picture_height (met), ==, fl_picture_height (expected));
  for (gsize i = 0; i < size; i++)
    g_assert_cmpint (abs (fl_picture_pixels (met)[i] - fl_picture_pixels (expected)[i]), <=,
                     tolerance);
}

static void
test_as_pillow (void)
{
  static const char *const kinds[] = { "444", "420", "progressive", "cmyk", "grey" };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *name = g_strdup_printf ("pictures/photo-%s.jpg", kinds[i]);
      g_autofree char *decoded = g_strdup_printf ("pictures/photo-%s-decoded.png", kinds[i]);
      g_autoptr (FlPicture) picture = load (name);
      g_autoptr (FlPicture) expected = load (decoded);

      g_assert_cmpint (fl_picture_is_grey (picture), ==, g_str_equal (kinds[i], "grey"));
      assert_alike (picture, expected, TOLERANCE);
    }
}

/* One picture stored in eight ways: all come out upright. */
static void
test_orientation (void)
{
  g_autoptr (FlPicture) expected = load ("pictures/orientation-1-decoded.png");
  const int turned_tolerance = 12; /* turned before it was compressed: other losses */

  for (int i = 1; i <= 8; i++)
    {
      g_autofree char *name = g_strdup_printf ("pictures/orientation-%d.jpg", i);
      g_autoptr (FlPicture) picture = load (name);

      assert_alike (picture, expected, i == 1 ? TOLERANCE : turned_tolerance);
      if (i == 6 || i == 7)
        {
          g_autofree char *decoded = g_strdup_printf ("pictures/orientation-%d-decoded.png", i);
          g_autoptr (FlPicture) exact = load (decoded);

          assert_alike (picture, exact, TOLERANCE);
        }
    }
}

static void
test_every_truncation (void)
{
  static const char *const names[] = { "pictures/photo-420.jpg", "pictures/photo-progressive.jpg" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GBytes) bytes = fl_test_data_bytes (names[i]);

      for (gsize size = 0; size < g_bytes_get_size (bytes); size++)
        {
          g_autoptr (GBytes) part = g_bytes_new (g_bytes_get_data (bytes, NULL), size);
          g_autoptr (GError) error = NULL;
          g_autoptr (FlPicture) picture = fl_picture_load_bytes (part, "cut.jpg", &error);

          g_assert_null (picture);
          g_assert_error (error, FL_ERROR, FL_ERROR_MALFORMED);
          g_assert_true (fl_test_error_is_clear (error));
          g_assert_nonnull (strstr (error->message, "cut.jpg"));
        }
    }
}

/* The place of the first marker @kind, 0xc0 for a baseline frame. */
static gsize
find_marker (const guint8 *data, gsize size, guint8 kind)
{
  for (gsize i = 0; i + 1 < size; i++)
    if (data[i] == 0xff && data[i + 1] == kind)
      return i;
  g_assert_not_reached ();
}

static void
assert_changed_byte_gives (gsize offset, const guint8 *bytes, gsize n, int code)
{
  g_autoptr (GBytes) original = fl_test_data_bytes ("pictures/photo-420.jpg");
  gsize size;
  const guint8 *data = g_bytes_get_data (original, &size);
  g_autofree guint8 *copy = g_memdup2 (data, size);
  g_autoptr (GBytes) changed = NULL;
  g_autoptr (GError) error = NULL;

  memcpy (copy + find_marker (data, size, 0xc0) + offset, bytes, n);
  changed = g_bytes_new (copy, size);
  g_assert_null (fl_picture_load_bytes (changed, "changed.jpg", &error));
  g_assert_error (error, FL_ERROR, code);
  g_assert_true (fl_test_error_is_clear (error));
}

static void
test_refusals (void)
{
  static const guint8 lossless[] = { 0xff, 0xc3 };
  static const guint8 high_precision[] = { 12 };
  static const guint8 too_wide[] = { 0, 47, 0x75, 0x31 }; /* 30001 */
  static const guint8 no_pixels[] = { 0, 47, 0, 0 };

  assert_changed_byte_gives (0, lossless, sizeof lossless, FL_ERROR_UNSUPPORTED);
  assert_changed_byte_gives (4, high_precision, sizeof high_precision, FL_ERROR_UNSUPPORTED);
  assert_changed_byte_gives (5, too_wide, sizeof too_wide, FL_ERROR_LIMIT);
  assert_changed_byte_gives (5, no_pixels, sizeof no_pixels, FL_ERROR_MALFORMED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/jpeg-reader/as-pillow", test_as_pillow);
  g_test_add_func ("/formats/jpeg-reader/orientation", test_orientation);
  g_test_add_func ("/formats/jpeg-reader/every-truncation", test_every_truncation);
  g_test_add_func ("/formats/jpeg-reader/refusals", test_refusals);
  return g_test_run ();
}
