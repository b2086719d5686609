#include "ui/axis-ticks.h"

#include <math.h>

/* Room above the tallest bar. */
#define HEADROOM 1.04

void
fl_axis_ticks_init (FlAxisTicks *ticks, double largest, int most_ticks)
{
  g_return_if_fail (most_ticks >= 1);

  static const double factors[] = { 1.0, 2.0, 2.5, 5.0, 10.0 };

  if (!(largest > 1e-300) || !isfinite (largest) || largest > 1e300)
    largest = 1.0;
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

char *
fl_axis_ticks_text (const FlAxisTicks *ticks, int index)
{
  if (index == 0)
    return g_strdup ("0");
  return g_strdup_printf ("%.*f", ticks->decimals,
                          index * ticks->step / pow (10.0, ticks->exponent));
}
