#include "ui/profile-chart-drawing.h"

#include "ui/layer-labels.h"

#include <math.h>

#define GRID_ALPHA 0.13
#define TEXT_ALPHA 0.75
/* Bars of filters that are off: the inside, and the outline of bars that are wide enough for one.
 */
#define OFF_ALPHA 0.32
#define OFF_OUTLINE_ALPHA 0.75

/* Bars of at least this many device pixels give up one of them to a gap, or get an outline. */
#define SEPARABLE 3.0

static void
set_colour (cairo_t *cr, const GdkRGBA *colour, double alpha)
{
  cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue, colour->alpha * alpha);
}

static void
fill_box (cairo_t *cr, double x, double y, double width, double height)
{
  cairo_rectangle (cr, x, y, width, height);
  cairo_fill (cr);
}

/* @align: 0 for the left edge at x, 0.5 for the centre, 1 for the right edge. */
static void
show_text (cairo_t *cr, PangoLayout *text, double x, double middle, double align)
{
  PangoRectangle box;

  pango_layout_get_extents (text, NULL, &box);
  cairo_move_to (cr, x - align * box.width / PANGO_SCALE, middle - 0.5 * box.height / PANGO_SCALE);
  pango_cairo_show_layout (cr, text);
}

static char *
axis_title (const FlProfileChartLayout *layout, const char *quantity)
{
  if (layout->ticks.scale == FL_AXIS_LOGARITHMIC)
    {
      g_autofree char *floor = fl_axis_ticks_text (&layout->ticks, 0);

      if (layout->n_floored > 0)
        return g_strdup_printf ("%s, logarithmic; at the floor: 0 and all below %s (%d)", quantity,
                                floor, layout->n_floored);
      return g_strdup_printf ("%s, logarithmic", quantity);
    }
  if (layout->ticks.exponent != 0)
    return g_strdup_printf ("%s, in units of 1e%d", quantity, layout->ticks.exponent);
  return g_strdup (quantity);
}

static void
draw_axis (cairo_t *cr, const FlProfileChartLayout *layout, const char *quantity,
           const FlChartStyle *style)
{
  double pixel = 1.0 / layout->scale;

  for (int i = 0; i <= layout->ticks.n_ticks; i++)
    {
      g_autofree char *number = fl_axis_ticks_text (&layout->ticks, i);
      g_autoptr (PangoLayout) text = fl_chart_style_small_text (style, number, FALSE);
      double length
          = fl_profile_chart_layout_length (layout, fl_axis_ticks_value (&layout->ticks, i));
      double y = layout->bottom - round (length * layout->scale) / layout->scale;

      set_colour (cr, &style->foreground, GRID_ALPHA);
      fill_box (cr, layout->left, y, layout->right - layout->left, MAX (pixel, 1.0));
      set_colour (cr, &style->foreground, TEXT_ALPHA);
      show_text (cr, text, layout->left - 5.0, y, 1.0);
    }
  if (quantity != NULL && layout->top > 0.0)
    {
      g_autofree char *title = axis_title (layout, quantity);
      g_autoptr (PangoLayout) text = fl_chart_style_small_text (style, title, FALSE);

      pango_layout_set_width (text, (int) (layout->width * PANGO_SCALE));
      pango_layout_set_ellipsize (text, PANGO_ELLIPSIZE_END);
      set_colour (cr, &style->foreground, TEXT_ALPHA);
      cairo_move_to (cr, 0.0, 0.0);
      pango_cairo_show_layout (cr, text);
    }
}

static void
draw_bar (cairo_t *cr, const FlProfileChartLayout *layout, const GdkRGBA *colour, double x,
          double width, double length, double solid)
{
  double pixel = 1.0 / layout->scale;

  if (width >= SEPARABLE * pixel)
    width -= pixel;
  if (solid < length)
    {
      set_colour (cr, colour, OFF_ALPHA);
      fill_box (cr, x, layout->bottom - length, width, length - solid);
      if (width >= SEPARABLE * pixel && solid == 0.0 && length >= 2.0 * pixel)
        {
          set_colour (cr, colour, OFF_OUTLINE_ALPHA);
          fill_box (cr, x, layout->bottom - length, width, pixel);
          fill_box (cr, x, layout->bottom - length + pixel, pixel, length - pixel);
          fill_box (cr, x + width - pixel, layout->bottom - length + pixel, pixel, length - pixel);
        }
    }
  if (solid > 0.0)
    {
      set_colour (cr, colour, 1.0);
      fill_box (cr, x, layout->bottom - solid, width, solid);
    }
}

static void
draw_layer (cairo_t *cr, const FlProfileChartLayout *layout, const FlProfileChartData *data,
            const FlChartStyle *style, int layer)
{
  int n_columns = fl_profile_chart_layout_n_columns (layout, layer);
  double pixel = 1.0 / layout->scale;
  GdkRGBA colour;

  fl_chart_style_layer_colour (style, layer, &colour);
  for (int c = 0; c < n_columns; c++)
    {
      int first, last;
      double x, width, largest, on = 0.0;
      int tallest;

      fl_profile_chart_layout_column (layout, layer, c, &first, &last, &x, &width);
      largest
          = data->profile->saliency[fl_profile_chart_layout_tallest (layout, first, last, NULL)];
      tallest = fl_profile_chart_layout_tallest (layout, first, last, data->off);
      if (tallest >= 0)
        on = data->profile->saliency[tallest];

      double length = fl_profile_chart_layout_length (layout, largest);
      double solid = fl_profile_chart_layout_length (layout, on);

      /* On whole pixels, and what is not 0 can be seen. */
      length = largest > 0.0 ? MAX (round (length * layout->scale) * pixel, pixel) : 0.0;
      solid = on > 0.0 ? MAX (round (solid * layout->scale) * pixel, pixel) : 0.0;
      draw_bar (cr, layout, &colour, x, width, length, solid);
    }
  set_colour (cr, &colour, 1.0);
  fill_box (cr, layout->layer_x[layer], layout->bottom, layout->layer_width[layer], 2.0);
}

static void
draw_label (cairo_t *cr, const FlProfileChartLayout *layout, const FlChartStyle *style,
            const FlLayerLabel *label)
{
  g_autoptr (PangoLayout) text = fl_chart_style_small_text (style, label->text, FALSE);
  double top = layout->label_top + label->row * layout->label_height;

  pango_layout_set_width (text, (int) ceil (label->width * PANGO_SCALE) + 1);
  pango_layout_set_ellipsize (text, PANGO_ELLIPSIZE_END);
  set_colour (cr, &style->foreground, TEXT_ALPHA);
  cairo_move_to (cr, label->x, top);
  pango_cairo_show_layout (cr, text);
  if (label->first_layer < label->last_layer)
    {
      double left = layout->layer_x[label->first_layer];
      double right = layout->layer_x[label->last_layer] + layout->layer_width[label->last_layer];

      set_colour (cr, &style->foreground, 2.0 * GRID_ALPHA);
      fill_box (cr, left, floor (top), right - left, 1.0);
    }
}

void
fl_profile_chart_draw_layout (cairo_t *cr, const FlProfileChartLayout *layout,
                              const FlProfileChartData *data, const FlChartStyle *style)
{
  cairo_save (cr);
  cairo_rectangle (cr, 0.0, 0.0, layout->width, layout->height);
  cairo_clip (cr);
  /* Everything that is filled lies on device pixels: smoothing would cost time and change nothing.
   */
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  draw_axis (cr, layout, data->quantity, style);
  for (int l = layout->first_layer; l < layout->end_layer; l++)
    draw_layer (cr, layout, data, style, l);
  for (guint i = 0; i < layout->labels->len; i++)
    draw_label (cr, layout, style, layout->labels->pdata[i]);
  cairo_restore (cr);
}

void
fl_profile_chart_draw (cairo_t *cr, double width, double height, const FlProfileChartData *data,
                       const FlChartStyle *style)
{
  g_autoptr (FlProfileChartLayout) layout
      = fl_profile_chart_layout_new (width, height, data, style);

  fl_profile_chart_draw_layout (cr, layout, data, style);
}

static gboolean
shows (const FlProfileChartLayout *layout, int filter)
{
  int layer = layout->filters->layer[filter];

  return layer >= layout->first_layer && layer < layout->end_layer;
}

void
fl_profile_chart_draw_marks (cairo_t *cr, const FlProfileChartLayout *layout,
                             const FlProfileChartData *data, const FlChartStyle *style, int hovered,
                             int selected)
{
  double x, width;

  cairo_save (cr);
  if (hovered >= 0 && shows (layout, hovered))
    {
      fl_profile_chart_layout_locate (layout, hovered, &x, &width);
      set_colour (cr, &style->foreground, 0.12);
      fill_box (cr, x - 1.0, layout->top, width + 2.0, layout->bottom - layout->top);
    }
  if (selected >= 0 && shows (layout, selected))
    {
      double length = fl_profile_chart_layout_length (layout, data->profile->saliency[selected]);
      double middle;

      fl_profile_chart_layout_locate (layout, selected, &x, &width);
      middle = x + width / 2.0;
      set_colour (cr, &style->foreground, 0.9);
      cairo_set_line_width (cr, 1.0);
      cairo_rectangle (cr, x - 1.5, layout->bottom - length - 1.5, MAX (width, 1.0) + 2.0,
                       length + 3.0);
      cairo_stroke (cr);
      /* A pointer from above, because a bar of one pixel's width is easily lost. */
      double tip = layout->bottom - length - 4.0;

      cairo_move_to (cr, middle, tip);
      cairo_line_to (cr, middle - 4.0, tip - 6.0);
      cairo_line_to (cr, middle + 4.0, tip - 6.0);
      cairo_close_path (cr);
      cairo_fill (cr);
    }
  cairo_restore (cr);
}

void
fl_profile_chart_draw_band (cairo_t *cr, const FlProfileChartLayout *layout,
                            const FlChartStyle *style, int first, int last)
{
  double left = layout->layer_x[first] - 1.0;
  double right = layout->layer_x[last] + layout->layer_width[last] + 1.0;

  cairo_save (cr);
  set_colour (cr, &style->foreground, 0.1);
  fill_box (cr, left, layout->top, right - left, layout->bottom - layout->top);
  set_colour (cr, &style->foreground, 0.6);
  fill_box (cr, left, layout->top, 1.0, layout->bottom - layout->top);
  fill_box (cr, right - 1.0, layout->top, 1.0, layout->bottom - layout->top);
  cairo_restore (cr);
}
