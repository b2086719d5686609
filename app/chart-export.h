#pragma once

#include "ui/profile-chart-layout.h"

typedef enum
{
  FL_CHART_PNG,
  FL_CHART_SVG,
  FL_CHART_PDF,
} FlChartFormat;

/**
 * fl_chart_format_from_path:
 *
 * Returns: whether the name ends in .png, .svg or .pdf, in upper or lower case
 */
gboolean fl_chart_format_from_path (const char *path, FlChartFormat *format);

/**
 * fl_chart_export_render:
 * @title: (nullable): a line above the chart
 * @width: of the whole, in pixels at 96 to an inch; at least 1
 * @height: likewise
 * @scale: for PNG the pixels of the picture in each of these; at least 1
 *
 * Draws a chart on white, as it looks in a light window.
 *
 * Returns: (transfer full): the content of a file; %NULL with %G_IO_ERROR_FAILED where it cannot be
 * drawn
 */
GBytes *fl_chart_export_render (const FlProfileChartData *data, const char *title, int width,
                                int height, int scale, FlChartFormat format, GError **error);

/* Draws a chart for a file and writes it there; a file of that name is replaced when the new one is
 * complete. */
gboolean
fl_chart_export_save (const char *path, const FlProfileChartData *data, const char *title,
                      int width, int height, int scale, FlChartFormat format, GError **error);
