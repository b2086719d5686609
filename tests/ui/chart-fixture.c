#include "tests/ui/chart-fixture.h"

#include "engine/core/random.h"

#include <math.h>

/* Read by LeakSanitizer: fontconfig keeps its caches until the process ends. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:libfontconfig\n";
}

static void
init (FlChartFixture *fixture, int n_layers, char **names, const int *sizes, FlRandom *random)
{
  fixture->catalogue = fl_filter_catalogue_new (n_layers, (const char *const *) names, sizes);

  int n = fixture->catalogue->n_filters;
  g_autofree double *saliency = g_new0 (double, n + 1);

  for (int f = 0; f < n; f++)
    saliency[f] = exp (1.2 * fl_random_normal (random) - 3.0);
  fixture->profile = fl_profile_new (n, saliency, 3, 2.5);
  fixture->off = g_new0 (guint8, n + 1);
  fixture->data = (FlProfileChartData){ fixture->catalogue, fixture->profile, fixture->off,
                                        "mean |∂L/∂w| of each filter" };
}

void
fl_chart_fixture_init_small (FlChartFixture *fixture, guint32 seed)
{
  static const char *const names[] = { "stem",         "stage1.conv1", "stage1.conv2",
                                       "stage2.conv1", "stage2.conv2", "stage2.shortcut",
                                       "stage3.conv1", "stage3.conv2", "stage3.shortcut" };
  static const int sizes[] = { 16, 16, 16, 32, 32, 32, 64, 64, 64 };
  g_autoptr (FlRandom) random = fl_random_new (seed);

  init (fixture, G_N_ELEMENTS (sizes), (char **) names, sizes, random);
}

void
fl_chart_fixture_init_large (FlChartFixture *fixture, guint32 seed)
{
  static const int blocks[] = { 3, 4, 6, 3 };
  g_autoptr (FlRandom) random = fl_random_new (seed);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (int));
  int size = 64;

  g_ptr_array_add (names, g_strdup ("conv1"));
  g_array_append_val (sizes, size);
  for (int stage = 0; stage < 4; stage++)
    for (int block = 0; block < blocks[stage]; block++)
      for (int conv = 1; conv <= (block == 0 ? 4 : 3); conv++)
        {
          size = (64 << stage) * (conv >= 3 ? 4 : 1);
          g_array_append_val (sizes, size);
          g_ptr_array_add (
              names, conv == 4 ? g_strdup_printf ("layer%d.%d.downsample.0", stage + 1, block)
                               : g_strdup_printf ("layer%d.%d.conv%d", stage + 1, block, conv));
        }
  init (fixture, (int) names->len, (char **) names->pdata, (const int *) (gpointer) sizes->data,
        random);
}

void
fl_chart_fixture_init_random (FlChartFixture *fixture, int most_layers, guint32 seed)
{
  static const char *const words[]
      = { "conv", "features", "layer", "a", "Mixed_7c", "branch3x3dbl_2b", "0", "downsample" };
  g_autoptr (FlRandom) random = fl_random_new (seed);
  int n = 1 + (int) fl_random_below (random, most_layers);
  g_auto (GStrv) names = g_new0 (char *, n + 1);
  g_autofree int *sizes = g_new0 (int, n);

  for (int l = 0; l < n; l++)
    {
      GString *name = g_string_new (NULL);
      int depth = 1 + (int) fl_random_below (random, 4);

      for (int d = 0; d < depth; d++)
        g_string_append_printf (name, "%s%s%d", d > 0 ? "." : "",
                                words[fl_random_below (random, G_N_ELEMENTS (words))],
                                (int) fl_random_below (random, 3));
      names[l] = g_string_free (name, FALSE);
      sizes[l] = 1 + (int) fl_random_below (random, fl_random_below (random, 2) ? 20 : 2000);
    }
  init (fixture, n, names, sizes, random);
}

void
fl_chart_fixture_clear (FlChartFixture *fixture)
{
  g_clear_pointer (&fixture->catalogue, fl_filter_catalogue_unref);
  g_clear_pointer (&fixture->profile, fl_profile_unref);
  g_clear_pointer (&fixture->off, g_free);
}

PangoContext *
fl_chart_fixture_style (FlChartStyle *style, gboolean dark, double scale)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  PangoFontDescription *font = pango_font_description_from_string ("Sans 11");
  float light = dark ? 0.95f : 0.15f;

  pango_context_set_font_description (context, font);
  pango_font_description_free (font);
  *style = (FlChartStyle){ context, scale, dark, { light, light, light, 1.0f } };
  return context;
}
