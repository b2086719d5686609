#include <glib.h>
#include <math.h>

#include "engine/kernels/elementary.h"

/* Units in the last place of float32; the functions promise 1.2 and 2. */
#define EXP_TOLERANCE 1.2
#define OTHER_TOLERANCE 2.0

#define N_POINTS 200000

static double
worst_error (float (*function) (float), double (*exact) (double), double low, double high)
{
  double worst = 0;

  for (int i = 0; i <= N_POINTS; i++)
    {
      float x = (float) (low + (high - low) * i / N_POINTS);
      double expected = exact (x);
      double unit = expected == 0 ? 1e-45 : ldexp (1, MAX (ilogb (expected), -126) - 23);

      worst = fmax (worst, fabs (function (x) - expected) / unit);
    }
  return worst;
}

static double
exact_sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

static void
test_accuracy (void)
{
  g_assert_cmpfloat (worst_error (fl_exp, exp, -87, 88.7), <=, EXP_TOLERANCE);
  g_assert_cmpfloat (worst_error (fl_exp, exp, -1, 1), <=, EXP_TOLERANCE);
  g_assert_cmpfloat (worst_error (fl_tanh, tanh, -12, 12), <=, OTHER_TOLERANCE);
  g_assert_cmpfloat (worst_error (fl_tanh, tanh, -0.7, 0.7), <=, OTHER_TOLERANCE);
  g_assert_cmpfloat (worst_error (fl_erf, erf, -6, 6), <=, OTHER_TOLERANCE);
  g_assert_cmpfloat (worst_error (fl_erf, erf, -1.1, 1.1), <=, OTHER_TOLERANCE);
  g_assert_cmpfloat (worst_error (fl_sigmoid, exact_sigmoid, -80, 30), <=, 2 * OTHER_TOLERANCE);
}

static void
test_far_out (void)
{
  g_assert_cmpfloat (fl_exp (INFINITY), ==, INFINITY);
  g_assert_cmpfloat (fl_exp (-INFINITY), ==, 0);
  g_assert_cmpfloat (fl_exp (89), ==, INFINITY);
  g_assert_cmpfloat (fl_exp (-103), >, 0);
  g_assert_cmpfloat (fl_exp (0), ==, 1);
  g_assert_cmpfloat (fl_sigmoid (INFINITY), ==, 1);
  g_assert_cmpfloat (fl_sigmoid (-INFINITY), ==, 0);
  g_assert_cmpfloat (fl_tanh (-INFINITY), ==, -1);
  g_assert_cmpfloat (fl_erf (INFINITY), ==, 1);
  g_assert_true (isnan (fl_exp (NAN)));
  g_assert_true (isnan (fl_sigmoid (NAN)));
  g_assert_true (isnan (fl_tanh (NAN)));
  g_assert_true (isnan (fl_erf (NAN)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernels/elementary/accuracy", test_accuracy);
  g_test_add_func ("/kernels/elementary/far-out", test_far_out);
  return g_test_run ();
}
