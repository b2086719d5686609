#include "ui/profile-chart-layout.h"

#include "ui/layer-labels.h"

#include <math.h>

#define WIDEST_GAP 8.0
/* Share of the width that may go to gaps, and to the fixed part of the layers' widths. */
#define GAP_SHARE 0.12
#define FIXED_SHARE 0.35
#define FIXED_WIDTH 14.0
#define MARGIN 6.0
#define TICK_LENGTH 4.0
#define TICK_DISTANCE 34.0

static void
text_size (const FlChartStyle *style, const char *text, double *width, double *height)
{
  g_autoptr (PangoLayout) layout = fl_chart_style_small_text (style, text, FALSE);
  PangoRectangle box;

  pango_layout_get_extents (layout, NULL, &box);
  if (width != NULL)
    *width = (double) box.width / PANGO_SCALE;
  if (height != NULL)
    *height = (double) box.height / PANGO_SCALE;
}

static double
snap (const FlProfileChartLayout *layout, double x)
{
  return round (x * layout->scale) / layout->scale;
}

static int
device_width (const FlProfileChartLayout *layout, int layer)
{
  return (int) lround (layout->layer_width[layer] * layout->scale);
}

static int
n_filters_of (const FlProfileChartLayout *layout, int layer)
{
  return layout->filters->first_filter[layer + 1] - layout->filters->first_filter[layer];
}

/* The profile's order is by saliency already: dealing it out to the layers sorts each of them. */
static void
order_filters (FlProfileChartLayout *layout, FlProfileChartOrder order)
{
  const FlProfile *profile = layout->profile;
  const FlFilterCatalogue *filters = layout->filters;
  g_autofree int *next = g_memdup2 (filters->first_filter, (filters->n_layers + 1) * sizeof (int));

  for (int i = 0; i < filters->n_filters; i++)
    {
      int filter = order == FL_PROFILE_CHART_SORTED ? profile->order[i] : i;
      int place = next[filters->layer[filter]]++;

      layout->order[place] = filter;
      layout->position[filter] = place;
    }
}

static void
init_ticks (FlProfileChartLayout *layout, FlAxisScale scale, int most_ticks)
{
  const int *first_filter = layout->filters->first_filter;
  double largest = 0.0, smallest = G_MAXDOUBLE;

  for (int i = first_filter[layout->first_layer]; i < first_filter[layout->end_layer]; i++)
    {
      double value = layout->profile->saliency[i];

      largest = MAX (largest, value);
      if (value > 0.0 && value < smallest)
        smallest = value;
    }
  if (scale == FL_AXIS_LINEAR)
    {
      fl_axis_ticks_init (&layout->ticks, largest, most_ticks);
      return;
    }
  fl_axis_ticks_init_logarithmic (&layout->ticks, smallest, largest, most_ticks);
  for (int i = first_filter[layout->first_layer]; i < first_filter[layout->end_layer]; i++)
    if (layout->profile->saliency[i] < layout->ticks.minimum)
      layout->n_floored++;
}

static void
place_layers (FlProfileChartLayout *layout)
{
  const FlFilterCatalogue *filters = layout->filters;
  int n = layout->end_layer - layout->first_layer;
  int n_filters
      = filters->first_filter[layout->end_layer] - filters->first_filter[layout->first_layer];
  double width = MAX (layout->right - layout->left, 0.0);
  double gap = n > 1 ? CLAMP (GAP_SHARE * width / (n - 1), 0.0, WIDEST_GAP) : 0.0;

  gap = gap >= 1.0 ? floor (gap) : 0.0;

  double room = width - gap * MAX (n - 1, 0);
  double fixed = n > 0 ? MIN (FIXED_WIDTH, FIXED_SHARE * room / n) : 0.0;
  double share = n_filters > 0 ? (room - fixed * n) / n_filters : 0.0;
  double x = layout->left;

  for (int l = layout->first_layer; l < layout->end_layer; l++)
    {
      double end = x + fixed + share * n_filters_of (layout, l);

      layout->layer_x[l] = snap (layout, x);
      layout->layer_width[l] = snap (layout, end) - layout->layer_x[l];
      x = end + gap;
    }
}

FlProfileChartLayout *
fl_profile_chart_layout_new (double width, double height, const FlProfileChartData *data,
                             const FlChartStyle *style)
{
  g_return_val_if_fail (data->filters->n_filters == data->profile->n_filters, NULL);

  FlProfileChartLayout *layout = g_new0 (FlProfileChartLayout, 1);
  const FlFilterCatalogue *filters = data->filters;
  const FlProfile *profile = data->profile;
  double text_height;

  text_size (style, "0123456789", NULL, &text_height);
  layout->filters = fl_filter_catalogue_ref ((FlFilterCatalogue *) filters);
  layout->profile = fl_profile_ref ((FlProfile *) profile);
  layout->first_layer = data->n_layers > 0 ? CLAMP (data->first_layer, 0, filters->n_layers) : 0;
  layout->end_layer = data->n_layers > 0
                          ? MIN (layout->first_layer + data->n_layers, filters->n_layers)
                          : filters->n_layers;
  layout->scale = style->scale;
  layout->width = width;
  layout->height = height;
  layout->order = g_new0 (int, filters->n_filters + 1);
  layout->position = g_new0 (int, filters->n_filters + 1);
  layout->layer_x = g_new0 (double, filters->n_layers + 1);
  layout->layer_width = g_new0 (double, filters->n_layers + 1);
  layout->label_height = ceil (text_height) + 2.0;
  order_filters (layout, data->order);

  /* Across, assuming two rows of names for the number of ticks; then the rows that there are. */
  double guess = height - 3.0 * layout->label_height - 2.0 * MARGIN;
  double widest = 0.0;

  init_ticks (layout, data->axis, MAX (1, (int) (guess / TICK_DISTANCE)));
  for (int i = 0; i <= layout->ticks.n_ticks; i++)
    {
      g_autofree char *text = fl_axis_ticks_text (&layout->ticks, i);
      double tick_width;

      text_size (style, text, &tick_width, NULL);
      widest = MAX (widest, tick_width);
    }
  layout->left = snap (layout, MIN (ceil (widest) + MARGIN + TICK_LENGTH, width));
  layout->right = MAX (snap (layout, width - 2.0), layout->left);
  place_layers (layout);

  int n_rows;

  layout->labels
      = fl_layer_labels_new (layout->end_layer - layout->first_layer,
                             (const char *const *) filters->layer_names + layout->first_layer,
                             layout->layer_x + layout->first_layer,
                             layout->layer_width + layout->first_layer, style, &n_rows);
  for (guint i = 0; i < layout->labels->len; i++)
    {
      FlLayerLabel *label = layout->labels->pdata[i];

      label->first_layer += layout->first_layer;
      label->last_layer += layout->first_layer;
    }
  layout->top = snap (layout, MIN (layout->label_height + MARGIN, height));
  layout->bottom = snap (layout, height - n_rows * layout->label_height - MARGIN);
  layout->bottom = MAX (layout->bottom, layout->top);
  layout->label_top = layout->bottom + MARGIN - 1.0;
  return layout;
}

void
fl_profile_chart_layout_free (FlProfileChartLayout *layout)
{
  fl_filter_catalogue_unref (layout->filters);
  fl_profile_unref (layout->profile);
  g_free (layout->order);
  g_free (layout->position);
  g_free (layout->layer_x);
  g_free (layout->layer_width);
  g_ptr_array_unref (layout->labels);
  g_free (layout);
}

int
fl_profile_chart_layout_n_columns (const FlProfileChartLayout *layout, int layer)
{
  return MIN (n_filters_of (layout, layer), device_width (layout, layer));
}

/* Device pixel p of a layer of n filters and w pixels shows the filters floor (p n / w) up to, but
 * not including, floor ((p + 1) n / w); with fewer filters than pixels filter i begins at the first
 * pixel p with floor (p n / w) = i. All in whole numbers, so that finding is exactly the inverse of
 * drawing. */
void
fl_profile_chart_layout_column (const FlProfileChartLayout *layout, int layer, int column,
                                int *first, int *last, double *x, double *width)
{
  gint64 n = n_filters_of (layout, layer);
  gint64 w = device_width (layout, layer);
  int base = layout->filters->first_filter[layer];
  gint64 begin = column, end = column + 1;

  g_return_if_fail (column >= 0 && column < MIN (n, w));

  if (n <= w)
    {
      *first = *last = base + column;
      begin = (column * w + n - 1) / n;
      end = ((column + 1) * w + n - 1) / n;
    }
  else
    {
      *first = base + (int) (begin * n / w);
      *last = base + (int) (end * n / w) - 1;
    }
  *x = layout->layer_x[layer] + (double) begin / layout->scale;
  *width = (double) (end - begin) / layout->scale;
}

int
fl_profile_chart_layout_find (const FlProfileChartLayout *layout, double x, double y)
{
  if (y < layout->top || y >= layout->label_top)
    return -1;
  for (int l = layout->first_layer; l < layout->end_layer; l++)
    {
      gint64 n = n_filters_of (layout, l);
      gint64 w = device_width (layout, l);
      gint64 pixel = (gint64) floor ((x - layout->layer_x[l]) * layout->scale);

      if (pixel >= 0 && pixel < w)
        {
          int base = layout->filters->first_filter[l];
          int first = base + (int) (pixel * n / w);
          int last = base + (int) ((pixel + 1) * n / w) - 1;

          return fl_profile_chart_layout_tallest (layout, first, MAX (first, last), NULL);
        }
    }
  return -1;
}

int
fl_profile_chart_layout_tallest (const FlProfileChartLayout *layout, int first, int last,
                                 const guint8 *off)
{
  int tallest = -1;

  for (int i = first; i <= last; i++)
    {
      int filter = layout->order[i];

      if ((off == NULL || !off[filter])
          && (tallest < 0
              || layout->profile->saliency[filter] > layout->profile->saliency[tallest]))
        tallest = filter;
    }
  return tallest;
}

int
fl_profile_chart_layout_find_layer (const FlProfileChartLayout *layout, double x)
{
  if (x < layout->left || x >= layout->right)
    return -1;
  for (int l = layout->end_layer - 1; l >= layout->first_layer; l--)
    if (x >= layout->layer_x[l])
      return l;
  return -1;
}

gboolean
fl_profile_chart_layout_find_name (const FlProfileChartLayout *layout, double x, double y,
                                   int *first, int *last)
{
  int layer = fl_profile_chart_layout_find_layer (layout, x);
  int row = (int) floor ((y - layout->label_top) / layout->label_height);

  if (layer < 0 || row < 0)
    return FALSE;
  *first = *last = layer;
  for (guint i = 0; i < layout->labels->len; i++)
    {
      const FlLayerLabel *label = layout->labels->pdata[i];

      if (label->row == row && layer >= label->first_layer && layer <= label->last_layer)
        {
          *first = label->first_layer;
          *last = label->last_layer;
        }
    }
  return TRUE;
}

int
fl_profile_chart_layout_move (const FlProfileChartLayout *layout, int filter, guint key)
{
  const int *first_filter = layout->filters->first_filter;
  gboolean single = layout->end_layer - layout->first_layer == 1;
  int n_layers = layout->filters->n_layers;
  int begin = first_filter[layout->first_layer];
  int end = first_filter[layout->end_layer];

  if (filter >= 0 && (layout->position[filter] < begin || layout->position[filter] >= end))
    filter = -1;

  int place = filter < 0 ? begin : layout->position[filter];
  int layer = filter < 0 ? layout->first_layer : layout->filters->layer[filter];
  /* The first key chooses the first filter. */
  int step = filter < 0 ? 0 : 1;

  if (begin >= end)
    return -1;
  /* The chart is drawn from left to right in every language, so the arrows follow the screen. */
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      place -= step;
      break;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      place += step;
      break;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      place = first_filter[MAX (layer - step, 0)];
      break;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      place = first_filter[MIN (layer + step, (single ? n_layers : layout->end_layer) - 1)];
      break;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      place = begin;
      break;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      place = end - 1;
      break;
    default:
      return -1;
    }
  return layout->order[single ? CLAMP (place, 0, first_filter[n_layers] - 1)
                              : CLAMP (place, begin, end - 1)];
}

void
fl_profile_chart_layout_locate (const FlProfileChartLayout *layout, int filter, double *x,
                                double *width)
{
  int layer = layout->filters->layer[filter];
  gint64 n = n_filters_of (layout, layer);
  gint64 w = device_width (layout, layer);
  gint64 slot = layout->position[filter] - layout->filters->first_filter[layer];
  int first, last;

  if (w == 0)
    {
      *x = layout->layer_x[layer];
      *width = 0.0;
      return;
    }
  fl_profile_chart_layout_column (layout, layer,
                                  (int) (n <= w ? slot : ((slot + 1) * w + n - 1) / n - 1), &first,
                                  &last, x, width);
}

double
fl_profile_chart_layout_length (const FlProfileChartLayout *layout, double value)
{
  double height = layout->bottom - layout->top;

  return fl_axis_ticks_fraction (&layout->ticks, value) * height;
}
