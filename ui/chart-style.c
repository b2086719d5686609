#include "ui/chart-style.h"

/* Charts set their text a little smaller than the interface does. */
#define SMALL_TEXT 0.86

/* Okabe and Ito's colours in an order in which neighbours differ, each darkened or lightened where
 * it was too close to the background, with three more between them. */
static const guint32 light_cycle[] = {
  0x0072b2, 0x008f68, 0x2f96d6, 0xc2628f, 0xc07f00, 0x5c6bc0, 0xd55e00, 0x7b4f9d, 0x857000,
};
static const guint32 dark_cycle[] = {
  0x4aa3df, 0x26bd90, 0x86cdf6, 0xe08fbc, 0xe9a820, 0x8c9bea, 0xf07a2b, 0xb58cd6, 0xc9ae3a,
};

G_STATIC_ASSERT (G_N_ELEMENTS (light_cycle) == G_N_ELEMENTS (dark_cycle));

void
fl_chart_style_init_from_widget (FlChartStyle *style, GtkWidget *widget)
{
  style->text = gtk_widget_get_pango_context (widget);
  style->scale = gtk_widget_get_scale_factor (widget);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &style->foreground);
  /* Whatever the theme is called: light text stands on a dark ground. */
  style->dark = style->foreground.red + style->foreground.green + style->foreground.blue > 1.5f;
}

void
fl_chart_style_layer_colour (const FlChartStyle *style, int layer, GdkRGBA *colour)
{
  guint32 rgb = (style->dark ? dark_cycle : light_cycle)[layer % G_N_ELEMENTS (light_cycle)];

  colour->red = (float) ((rgb >> 16) & 0xff) / 255.0f;
  colour->green = (float) ((rgb >> 8) & 0xff) / 255.0f;
  colour->blue = (float) (rgb & 0xff) / 255.0f;
  colour->alpha = 1.0f;
}

PangoLayout *
fl_chart_style_small_text (const FlChartStyle *style, const char *text, gboolean bold)
{
  PangoLayout *layout = pango_layout_new (style->text);
  PangoFontDescription *font
      = pango_font_description_copy (pango_context_get_font_description (style->text));
  double size = pango_font_description_get_size (font) * SMALL_TEXT;

  if (pango_font_description_get_size_is_absolute (font))
    pango_font_description_set_absolute_size (font, size);
  else
    pango_font_description_set_size (font, (int) size);
  if (bold)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, text, -1);
  return layout;
}
