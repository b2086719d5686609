#include "ui/axis-ticks.h"

#include <math.h>

/* Room above the tallest bar. */
#define HEADROOM 1.04
/* Likewise, as a share of the powers of ten on the axis. */
#define LOGARITHMIC_HEADROOM 0.04
/* Less than this is taken for 0. */
#define LEAST_VALUE 1e-300

/* The largest whole k with 10^k at or below a value above 0. */
static int
power_below (double value)
{
  int power = (int) floor (log10 (value));

  /* log10() may be off by a rounding at powers of ten. */
  if (pow (10.0, power + 1) <= value)
    power++;
  else if (pow (10.0, power) > value)
    power--;
  return power;
}

void
fl_axis_ticks_init (FlAxisTicks *ticks, double largest, int most_ticks)
{
  g_return_if_fail (most_ticks >= 1);

  static const double factors[] = { 1.0, 2.0, 2.5, 5.0, 10.0 };

  if (!(largest > LEAST_VALUE) || !isfinite (largest) || largest > 1.0 / LEAST_VALUE)
    largest = 1.0;
  ticks->scale = FL_AXIS_LINEAR;
  ticks->minimum = 0.0;
  ticks->maximum = largest * HEADROOM;

  int power = (int) floor (log10 (ticks->maximum / most_ticks));
  guint chosen = 0;

  while (chosen < G_N_ELEMENTS (factors) - 1
         && floor (ticks->maximum / (factors[chosen] * pow (10.0, power))) > most_ticks)
    chosen++;
  ticks->step = factors[chosen] * pow (10.0, power);
  ticks->n_ticks = (int) floor (ticks->maximum / ticks->step);
  if (chosen == G_N_ELEMENTS (factors) - 1)
    {
      chosen = 0;
      power++;
    }

  int top = (int) floor (log10 (ticks->maximum));

  ticks->exponent = top < -3 || top > 4 ? top : 0;
  ticks->decimals = MAX (0, ticks->exponent - power + (factors[chosen] == 2.5 ? 1 : 0));
}

void
fl_axis_ticks_init_logarithmic (FlAxisTicks *ticks, double smallest, double largest, int most_ticks)
{
  g_return_if_fail (most_ticks >= 1);

  if (!(largest > LEAST_VALUE) || !isfinite (largest) || largest > 1.0 / LEAST_VALUE)
    largest = 1.0;
  if (!(smallest > LEAST_VALUE) || smallest > largest)
    smallest = largest;

  int bottom = power_below (smallest);
  int top = power_below (largest);

  bottom = MAX (bottom, top - FL_AXIS_MOST_POWERS);
  /* The only value is the power of ten itself: it would lie at the very beginning. */
  if (largest <= pow (10.0, bottom))
    bottom--;

  double powers = log10 (largest) - bottom;

  *ticks = (FlAxisTicks){ .scale = FL_AXIS_LOGARITHMIC, .first_power = bottom, .n_powers = 1 };
  ticks->minimum = pow (10.0, bottom);
  ticks->maximum = largest * pow (10.0, LOGARITHMIC_HEADROOM * MAX (powers, 1.0));
  top = power_below (ticks->maximum);
  ticks->plain = bottom >= -4 && top <= 4;
  ticks->n_ticks = (top - bottom) * 3 + 2;
  ticks->in_between = TRUE;
  while (ticks->n_ticks > 0 && fl_axis_ticks_value (ticks, ticks->n_ticks) > ticks->maximum)
    ticks->n_ticks--;
  if (ticks->n_ticks <= most_ticks)
    return;
  ticks->in_between = FALSE;
  while ((top - bottom) / ticks->n_powers > most_ticks)
    ticks->n_powers++;
  ticks->n_ticks = (top - bottom) / ticks->n_powers;
}

double
fl_axis_ticks_value (const FlAxisTicks *ticks, int index)
{
  static const double factors[] = { 1.0, 2.0, 5.0 };

  if (ticks->scale == FL_AXIS_LINEAR)
    return index * ticks->step;
  if (ticks->in_between)
    return factors[index % 3] * pow (10.0, ticks->first_power + index / 3);
  return pow (10.0, ticks->first_power + index * ticks->n_powers);
}

double
fl_axis_ticks_fraction (const FlAxisTicks *ticks, double value)
{
  if (!(value > ticks->minimum))
    return 0.0;
  if (value >= ticks->maximum)
    return 1.0;
  if (ticks->scale == FL_AXIS_LINEAR)
    return value / ticks->maximum;
  return log (value / ticks->minimum) / log (ticks->maximum / ticks->minimum);
}

static char *
power_text (const FlAxisTicks *ticks, int index)
{
  static const int digits[] = { 1, 2, 5 };

  if (ticks->plain)
    return g_strdup_printf ("%g", fl_axis_ticks_value (ticks, index));
  if (ticks->in_between)
    return g_strdup_printf ("%de%d", digits[index % 3], ticks->first_power + index / 3);
  return g_strdup_printf ("1e%d", ticks->first_power + index * ticks->n_powers);
}

char *
fl_axis_ticks_text (const FlAxisTicks *ticks, int index)
{
  if (ticks->scale == FL_AXIS_LOGARITHMIC)
    return power_text (ticks, index);
  if (index == 0)
    return g_strdup ("0");
  return g_strdup_printf ("%.*f", ticks->decimals,
                          index * ticks->step / pow (10.0, ticks->exponent));
}
