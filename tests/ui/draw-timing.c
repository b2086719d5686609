/*
 * Prints how long charts take to draw: draw-timing [FOLDER]. With a folder it also writes what was
 * drawn there as PNG files. Not part of the suites: it measures the machine, too.
 */

#include "tests/ui/chart-fixture.h"

#include <glib/gprintf.h>

#define N_RUNS 21

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
measure (const char *name, FlChartFixture *fixture, double width, double height, double scale,
         gboolean dark, const char *folder)
{
  FlChartStyle style;
  PangoContext *context = fl_chart_fixture_style (&style, dark, scale);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) (width * scale),
                                                         (int) (height * scale));
  double milliseconds[N_RUNS];

  cairo_surface_set_device_scale (surface, scale, scale);
  for (int run = 0; run < N_RUNS; run++)
    {
      cairo_t *cr = cairo_create (surface);
      double ground = dark ? 0.19 : 1.0;
      gint64 start;

      cairo_set_source_rgb (cr, ground, ground, ground);
      cairo_paint (cr);
      start = g_get_monotonic_time ();
      fl_profile_chart_draw (cr, width, height, &fixture->data, &style);
      milliseconds[run] = (double) (g_get_monotonic_time () - start) / 1000.0;
      cairo_destroy (cr);
    }
  qsort (milliseconds, N_RUNS, sizeof (double), compare_doubles);
  g_printf ("%s,%d,%.0fx%.0f,%.0f,%.2f,%.2f\n", name, fixture->catalogue->n_filters, width, height,
            scale, milliseconds[0], milliseconds[N_RUNS / 2]);
  if (folder != NULL)
    {
      g_autofree char *file
          = g_strdup_printf ("%s-%.0f-%.0f%s.png", name, width, scale, dark ? "-dark" : "");
      g_autofree char *path = g_build_filename (folder, file, NULL);

      cairo_surface_write_to_png (surface, path);
    }
  cairo_surface_destroy (surface);
  g_object_unref (context);
}

int
main (int argc, char **argv)
{
  const char *folder = argc > 1 ? argv[1] : NULL;
  FlChartFixture small, large, wild;

  fl_chart_fixture_init_small (&small, 1);
  fl_chart_fixture_init_large (&large, 2);
  fl_chart_fixture_init_random (&wild, 40, 3);
  for (int f = 0; f < 5; f++)
    small.off[small.profile->order[f]] = 1;
  for (int f = 0; f < 500; f++)
    large.off[large.profile->order[f]] = 1;
  g_printf ("chart,filters,size,scale,min_ms,median_ms\n");
  measure ("bundled", &small, 900.0, 260.0, 1.0, FALSE, folder);
  measure ("bundled", &small, 900.0, 260.0, 2.0, TRUE, folder);
  measure ("resnet50", &large, 900.0, 260.0, 1.0, FALSE, folder);
  measure ("resnet50", &large, 1400.0, 300.0, 1.0, TRUE, folder);
  measure ("resnet50", &large, 1400.0, 300.0, 2.0, FALSE, folder);
  large.data.axis = FL_AXIS_LOGARITHMIC;
  measure ("resnet50-logarithmic", &large, 1400.0, 300.0, 2.0, FALSE, folder);
  large.data.order = FL_PROFILE_CHART_FILTER_ORDER;
  measure ("resnet50-filter-order", &large, 1400.0, 300.0, 2.0, TRUE, folder);
  measure ("wild", &wild, 700.0, 220.0, 1.0, FALSE, folder);
  fl_chart_fixture_clear (&small);
  fl_chart_fixture_clear (&large);
  fl_chart_fixture_clear (&wild);
  return 0;
}
