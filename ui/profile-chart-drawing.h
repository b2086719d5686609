#pragma once

#include "ui/profile-chart-layout.h"

/**
 * fl_profile_chart_draw:
 *
 * Draws the profile of a network, or of a range of its layers: layers side by side, their filters
 * coloured by layer, over an axis with round numbers. Where a column of pixels holds
 * several filters its bar is the tallest of them. Bars of filters that are off are hollow; in a
 * shared column the solid part ends at the tallest filter that is on.
 *
 * A function of its arguments alone, for the screen, for files and for tests.
 */
void fl_profile_chart_draw (cairo_t *cr, double width, double height,
                            const FlProfileChartData *data, const FlChartStyle *style);

/* The same where the layout of the same data, size and style is known. */
void fl_profile_chart_draw_layout (cairo_t *cr, const FlProfileChartLayout *layout,
                                   const FlProfileChartData *data, const FlChartStyle *style);

/**
 * fl_profile_chart_draw_marks:
 * @hovered: a filter, or -1
 * @selected: a filter, or -1
 *
 * Draws over a chart what follows the pointer and the keyboard.
 */
void fl_profile_chart_draw_marks (cairo_t *cr, const FlProfileChartLayout *layout,
                                  const FlProfileChartData *data, const FlChartStyle *style,
                                  int hovered, int selected);

/* Draws a band over the layers from @first to @last, which are being chosen. */
void fl_profile_chart_draw_band (cairo_t *cr, const FlProfileChartLayout *layout,
                                 const FlChartStyle *style, int first, int last);
