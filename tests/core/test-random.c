#include <math.h>

#include "engine/core/random.h"

/* Five standard errors of the estimates below, from N = 20,000 draws. */
#define N_DRAWS 20000
#define FIVE_STANDARD_ERRORS (5 / sqrt (N_DRAWS))

static void
test_same_seed_same_numbers (void)
{
  g_autoptr (FlRandom) a = fl_random_new (40);
  g_autoptr (FlRandom) b = fl_random_new (40);
  g_autoptr (FlRandom) other = fl_random_new (41);
  int equal = 0;

  for (int i = 0; i < 100; i++)
    {
      double value = fl_random_uniform (a);

      g_assert_cmpfloat (value, ==, fl_random_uniform (b));
      equal += value == fl_random_uniform (other);
    }
  g_assert_cmpint (equal, <, 3);
}

static void
test_moments (void)
{
  g_autoptr (FlRandom) random = fl_random_new (1);
  double mean = 0;
  double square = 0;

  for (int i = 0; i < N_DRAWS; i++)
    {
      double value = fl_random_normal (random);

      mean += value / N_DRAWS;
      square += value * value / N_DRAWS;
    }
  g_assert_cmpfloat (fabs (mean), <, FIVE_STANDARD_ERRORS);
  g_assert_cmpfloat (fabs (square - 1), <, sqrt (2) * FIVE_STANDARD_ERRORS);
}

static void
test_choice (void)
{
  g_autoptr (FlRandom) random = fl_random_new (7);

  for (int round = 0; round < 200; round++)
    {
      guint chosen[10];
      gboolean seen[20] = { FALSE };

      fl_random_choose (random, G_N_ELEMENTS (chosen), G_N_ELEMENTS (seen), chosen);
      for (gsize i = 0; i < G_N_ELEMENTS (chosen); i++)
        {
          g_assert_cmpuint (chosen[i], <, G_N_ELEMENTS (seen));
          g_assert_false (seen[chosen[i]]);
          seen[chosen[i]] = TRUE;
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/random/same-seed-same-numbers", test_same_seed_same_numbers);
  g_test_add_func ("/core/random/moments", test_moments);
  g_test_add_func ("/core/random/choice", test_choice);
  return g_test_run ();
}
