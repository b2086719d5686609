#pragma once

#include <glib.h>

typedef enum
{
  FL_AXIS_LINEAR,
  FL_AXIS_LOGARITHMIC,
} FlAxisScale;

/**
 * FlAxisTicks:
 * @scale: linear: from 0; logarithmic: from @minimum
 * @minimum: the value at the beginning of the axis, for a logarithmic one a power of ten
 * @maximum: the value at the end of the axis
 * @step: between two ticks: 1, 2, 2.5 or 5 times a power of ten
 * @n_ticks: ticks above @minimum, none above @maximum; of a linear axis at step, 2 step, ...
 * n_ticks step
 * @exponent: the power of ten that is set aside, so that tick texts stay short; 0 for ordinary
 * numbers
 * @decimals: digits after the point in tick texts
 *
 * An axis with round numbers. A logarithmic one has ticks at every power of ten or, where that is
 * too many, every second, third, ..., or, where that is few, at 1, 2 and 5 times each; @step,
 * @exponent and @decimals belong to a linear one.
 */
typedef struct
{
  FlAxisScale scale;
  double minimum;
  double maximum;
  double step;
  int n_ticks;
  int exponent;
  int decimals;
  int first_power;     /* log10 of minimum */
  int n_powers;        /* from one tick to the next */
  gboolean in_between; /* ticks at 2 and 5, too; then n_powers is 1 */
  gboolean plain;      /* "0.01" rather than "1e-2" */
} FlAxisTicks;

/**
 * fl_axis_ticks_init:
 * @largest: the largest value to be shown, at least 0; with 0 or what is not finite the axis ends
 * at 1
 * @most_ticks: at least 1
 */
void fl_axis_ticks_init (FlAxisTicks *ticks, double largest, int most_ticks);

/**
 * fl_axis_ticks_init_logarithmic:
 * @smallest: the smallest value above 0 to be shown; the axis begins at the power of ten at or
 * below it, but at most FL_AXIS_MOST_POWERS powers of ten below the one that holds @largest
 * @largest: the largest value to be shown
 * @most_ticks: at least 1
 *
 * With a value that is not finite or not above 0 the axis ends at 1.
 */
void fl_axis_ticks_init_logarithmic (FlAxisTicks *ticks, double smallest, double largest,
                                     int most_ticks);

#define FL_AXIS_MOST_POWERS 6

/* The value of tick @index, 0 .. n_ticks. */
double fl_axis_ticks_value (const FlAxisTicks *ticks, int index);

/* Newly allocated text of tick @index, 0 .. n_ticks; the exponent is left out. */
char *fl_axis_ticks_text (const FlAxisTicks *ticks, int index);

/* How far along the axis a value lies: 0 at the beginning and for all below, 1 at the end. */
double fl_axis_ticks_fraction (const FlAxisTicks *ticks, double value);
