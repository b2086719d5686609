#include "engine/core/error.h"
#include "engine/formats/sample-index.h"
#include "tests/support/test-data.h"

#include <glib/gstdio.h>
#include <string.h>

static GPtrArray *
load (const char *text, char **folder, GError **error)
{
  g_autofree char *path = NULL;
  GPtrArray *samples;

  *folder = g_dir_make_tmp ("faultline-XXXXXX", NULL);
  path = g_build_filename (*folder, "index.csv", NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  samples = fl_sample_index_load (path, error);
  g_unlink (path);
  g_rmdir (*folder);
  return samples;
}

static void
test_load (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (GPtrArray) samples = load ("file,label,predicted,note,index\n"
                                        "boot.png,9,5,\"a boot, taken for a sandal\",23\n"
                                        "more/shirt.png,6,,,\n",
                                        &folder, &error);
  const FlSample *boot;
  const FlSample *shirt;

  g_assert_no_error (error);
  g_assert_cmpint (samples->len, ==, 2);
  boot = g_ptr_array_index (samples, 0);
  expected = g_build_filename (folder, "boot.png", NULL);
  g_assert_cmpstr (boot->path, ==, expected);
  g_assert_cmpint (boot->label, ==, 9);
  g_assert_cmpint (boot->predicted, ==, 5);
  g_assert_cmpint (boot->index, ==, 23);
  g_assert_cmpstr (boot->note, ==, "a boot, taken for a sandal");
  shirt = g_ptr_array_index (samples, 1);
  g_assert_true (g_path_is_absolute (shirt->path));
  g_assert_true (g_str_has_suffix (shirt->path, "more/shirt.png"));
  g_assert_cmpint (shirt->predicted, ==, -1);
  g_assert_cmpint (shirt->index, ==, -1);
  g_assert_cmpstr (shirt->note, ==, "");
}

static void
test_few_columns (void)
{
  g_autofree char *folder = NULL;
  g_autoptr (GPtrArray) samples = load ("label,file\n,a.png\n", &folder, NULL);
  const FlSample *sample = g_ptr_array_index (samples, 0);

  g_assert_cmpint (sample->label, ==, -1);
  g_assert_cmpint (sample->predicted, ==, -1);
}

static void
test_refusals (void)
{
  static const struct
  {
    const char *text;
    int code;
  } cases[] = {
    { "", FL_ERROR_MALFORMED },
    { "file,predicted\na,1\n", FL_ERROR_MALFORMED },
    { "label,note\n1,a\n", FL_ERROR_MALFORMED },
    { "file,label\n,1\n", FL_ERROR_MALFORMED },
    { "file,label\na,one\n", FL_ERROR_RANGE },
    { "file,label\na,-1\n", FL_ERROR_RANGE },
    { "file,label\na\n", FL_ERROR_MALFORMED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *folder = NULL;

      g_assert_null (load (cases[i].text, &folder, &error));
      g_assert_error (error, FL_ERROR, cases[i].code);
      g_assert_true (fl_test_error_is_clear (error));
      g_assert_nonnull (strstr (error->message, "index.csv"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/sample-index/load", test_load);
  g_test_add_func ("/formats/sample-index/few-columns", test_few_columns);
  g_test_add_func ("/formats/sample-index/refusals", test_refusals);
  return g_test_run ();
}
