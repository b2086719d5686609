/* Charts in files: each format is drawn and read back. */

#include <glib/gstdio.h>
#include <string.h>

#include "app/chart-export.h"
#include "tests/ui/chart-fixture.h"

#define WIDTH 640
#define HEIGHT 320

static void
save (const char *path, FlChartFormat format, int scale)
{
  g_autoptr (GError) error = NULL;
  FlChartFixture fixture;

  fl_chart_fixture_init_small (&fixture, 3);
  g_assert_true (fl_chart_export_save (path, &fixture.data, "A < B & C", WIDTH, HEIGHT, scale,
                                       format, &error));
  g_assert_no_error (error);
  fl_chart_fixture_clear (&fixture);
}

/* How many pixels are neither white nor grey: bars. */
static int
count_coloured (cairo_surface_t *picture)
{
  int n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (picture); y++)
    for (int x = 0; x < cairo_image_surface_get_width (picture); x++)
      {
        const guchar *p = cairo_image_surface_get_data (picture)
                          + (gsize) y * cairo_image_surface_get_stride (picture) + 4 * x;

        n += p[0] != p[1] || p[1] != p[2];
      }
  return n;
}

static void
test_png (gconstpointer folder)
{
  int coloured[3] = { 0 };

  for (int scale = 1; scale <= 2; scale++)
    {
      g_autofree char *path = g_build_filename (folder, "chart.png", NULL);
      cairo_surface_t *picture;

      save (path, FL_CHART_PNG, scale);
      picture = cairo_image_surface_create_from_png (path);
      g_assert_cmpint (cairo_surface_status (picture), ==, CAIRO_STATUS_SUCCESS);
      g_assert_cmpint (cairo_image_surface_get_width (picture), ==, WIDTH * scale);
      g_assert_cmpint (cairo_image_surface_get_height (picture), ==, HEIGHT * scale);
      coloured[scale] = count_coloured (picture);
      cairo_surface_destroy (picture);
      g_remove (path);
    }
  g_assert_cmpint (coloured[1], >, 1000);
  g_assert_cmpint (coloured[2], >, 3 * coloured[1]);
}

static void
on_element (GMarkupParseContext *context, const char *name, const char **names, const char **values,
            gpointer n_elements, GError **error)
{
  if (*(int *) n_elements == 0)
    g_assert_cmpstr (name, ==, "svg");
  ++*(int *) n_elements;
}

static void
test_svg (gconstpointer folder)
{
  static const GMarkupParser parser = { .start_element = on_element };
  g_autofree char *path = g_build_filename (folder, "chart.svg", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  int n_elements = 0;

  save (path, FL_CHART_SVG, 1);
  g_assert_true (g_file_get_contents (path, &text, &length, &error));

  g_autoptr (GMarkupParseContext) context
      = g_markup_parse_context_new (&parser, 0, &n_elements, NULL);

  g_assert_true (g_markup_parse_context_parse (context, text, (gssize) length, &error));
  g_assert_true (g_markup_parse_context_end_parse (context, &error));
  /* 336 bars, and text. */
  g_assert_cmpint (n_elements, >, 336);
  g_assert_nonnull (strstr (text, "640"));
  g_remove (path);
}

static void
test_pdf (gconstpointer folder)
{
  g_autofree char *path = g_build_filename (folder, "chart.pdf", NULL);
  g_autofree char *text = NULL;
  gsize length;

  save (path, FL_CHART_PDF, 1);
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_assert_cmpint ((int) length, >, 1000);
  g_assert_cmpint (memcmp (text, "%PDF-", 5), ==, 0);
  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  g_assert_cmpint (memcmp (text + length - 5, "%%EOF", 5), ==, 0);
  g_remove (path);
}

static void
test_formats (void)
{
  FlChartFormat format = FL_CHART_PNG;

  g_assert_true (fl_chart_format_from_path ("/a.b/c.SVG", &format));
  g_assert_cmpint (format, ==, FL_CHART_SVG);
  g_assert_true (fl_chart_format_from_path ("x.pdf", &format));
  g_assert_cmpint (format, ==, FL_CHART_PDF);
  g_assert_false (fl_chart_format_from_path ("x.jpg", &format));
  g_assert_false (fl_chart_format_from_path ("png", &format));
}

/* Where the file cannot be written nothing is left behind. */
static void
test_failure (gconstpointer folder)
{
  g_autofree char *path = g_build_filename (folder, "missing", "chart.pdf", NULL);
  g_autoptr (GError) error = NULL;
  FlChartFixture fixture;

  fl_chart_fixture_init_small (&fixture, 3);
  g_assert_false (
      fl_chart_export_save (path, &fixture.data, NULL, WIDTH, HEIGHT, 1, FL_CHART_PDF, &error));
  g_assert_nonnull (error);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  fl_chart_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("faultline-chart-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_test_add_data_func ("/app/chart-export/png", folder, test_png);
  g_test_add_data_func ("/app/chart-export/svg", folder, test_svg);
  g_test_add_data_func ("/app/chart-export/pdf", folder, test_pdf);
  g_test_add_data_func ("/app/chart-export/failure", folder, test_failure);
  g_test_add_func ("/app/chart-export/formats", test_formats);
  result = g_test_run ();
  g_rmdir (folder);
  return result;
}
