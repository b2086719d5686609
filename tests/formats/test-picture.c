#include "engine/core/error.h"
#include "engine/formats/picture-file.h"
#include "tests/support/test-data.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

static void
test_new (void)
{
  const guint8 padded[] = { 1, 2, 3, 4, 5, 6, 99, 99, 7, 8, 9, 10, 11, 12, 99, 99 };
  const guint8 pixels[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
  g_autoptr (FlPicture) picture = fl_picture_new (2, 2, padded, 8);
  g_autoptr (FlPicture) black = fl_picture_new (1, 2, NULL, 0);

  g_assert_cmpmem (fl_picture_pixels (picture), 12, pixels, 12);
  g_assert_false (fl_picture_is_grey (picture));
  g_assert_cmpmem (fl_picture_pixels (black), 6, "\0\0\0\0\0\0", 6);
}

/* The name says one thing, the content another: the content is believed. */
static void
test_told_apart_by_content (void)
{
  g_autoptr (GBytes) jpeg = fl_test_data_bytes ("pictures/photo-444.jpg");
  g_autoptr (GError) error = NULL;
  g_autoptr (FlPicture) picture = fl_picture_load_bytes (jpeg, "photo.png", &error);

  g_assert_no_error (error);
  g_assert_cmpint (fl_picture_width (picture), ==, 61);
}

static void
test_not_a_picture (void)
{
  static const char *const contents[] = { "", "GIF89a", "\x89PNG", "\xff\xd8" };

  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (contents[i], strlen (contents[i]));
      g_autoptr (GError) error = NULL;

      g_assert_null (fl_picture_load_bytes (bytes, "a\nb\xff", &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_MALFORMED);
      g_assert_true (fl_test_error_is_clear (error));
    }
}

static void
test_missing_file (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fl_picture_load ("/nowhere/line\nbreak.png", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_true (fl_test_error_is_clear (error));
  g_clear_error (&error);
  g_assert_null (fl_picture_load ("/", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
}

static void
test_save_and_load (void)
{
  static const char *const names[] = { "pictures/photo.png", "pictures/photo-grey.png" };
  g_autofree char *folder = g_dir_make_tmp ("faultline-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "saved", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *original_path = fl_test_data_path (names[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (FlPicture) original = fl_picture_load (original_path, &error);
      g_autoptr (FlPicture) again = NULL;
      gsize size = 61 * 47 * 3;

      g_assert_no_error (error);
      g_assert_cmpint (fl_picture_is_grey (original), ==, i == 1);
      g_assert_true (fl_picture_save_png (original, path, &error));
      again = fl_picture_load (path, &error);
      g_assert_no_error (error);
      g_assert_cmpint (fl_picture_is_grey (again), ==, i == 1);
      g_assert_cmpmem (fl_picture_pixels (again), size, fl_picture_pixels (original), size);
    }
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_save_fails (void)
{
  g_autoptr (FlPicture) picture = fl_picture_new (1, 1, NULL, 0);
  g_autoptr (GError) error = NULL;

  g_assert_false (fl_picture_save_png (picture, "/nowhere/at/all.png", &error));
  g_assert_true (fl_test_error_is_clear (error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/picture/new", test_new);
  g_test_add_func ("/formats/picture/told-apart-by-content", test_told_apart_by_content);
  g_test_add_func ("/formats/picture/not-a-picture", test_not_a_picture);
  g_test_add_func ("/formats/picture/missing-file", test_missing_file);
  g_test_add_func ("/formats/picture/save-and-load", test_save_and_load);
  g_test_add_func ("/formats/picture/save-fails", test_save_fails);
  return g_test_run ();
}
