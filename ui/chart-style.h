#pragma once

#include <gtk/gtk.h>

/**
 * FlChartStyle:
 * @text: (borrowed): font, language and resolution of all text
 * @scale: device pixels in a unit of length, at least 1: bars are aligned to device pixels
 * @dark: whether the background is dark
 * @foreground: colour of text and lines
 *
 * How charts look.
 */
typedef struct
{
  PangoContext *text;
  double scale;
  gboolean dark;
  GdkRGBA foreground;
} FlChartStyle;

/* The style that goes with a widget; valid until the widget's font or colours change. */
void fl_chart_style_init_from_widget (FlChartStyle *style, GtkWidget *widget);

/**
 * fl_chart_style_layer_colour:
 *
 * The colour of a layer: a cycle that stays apart for the colour-blind (after Okabe and Ito 2008),
 * with a contrast of at least 3 to 1 against the background.
 */
void fl_chart_style_layer_colour (const FlChartStyle *style, int layer, GdkRGBA *colour);

/* A layout of small text in the style's font; @bold for what should stand out. */
PangoLayout *fl_chart_style_small_text (const FlChartStyle *style, const char *text, gboolean bold);
