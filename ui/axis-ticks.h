#pragma once

#include <glib.h>

/**
 * FlAxisTicks:
 * @maximum: the value at the end of the axis; the axis begins at 0
 * @step: between two ticks: 1, 2, 2.5 or 5 times a power of ten
 * @n_ticks: ticks above 0, at step, 2 step, ... n_ticks step, none above @maximum
 * @exponent: the power of ten that is set aside, so that tick texts stay short; 0 for ordinary
 * numbers
 * @decimals: digits after the point in tick texts
 *
 * An axis from 0 with round numbers.
 */
typedef struct
{
  double maximum;
  double step;
  int n_ticks;
  int exponent;
  int decimals;
} FlAxisTicks;

/**
 * fl_axis_ticks_init:
 * @largest: the largest value to be shown, at least 0; with 0 or what is not finite the axis ends
 * at 1
 * @most_ticks: at least 1
 */
void fl_axis_ticks_init (FlAxisTicks *ticks, double largest, int most_ticks);

/* Newly allocated text of tick @index, 0 .. n_ticks; the exponent is left out. */
char *fl_axis_ticks_text (const FlAxisTicks *ticks, int index);
