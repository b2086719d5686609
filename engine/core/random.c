#include "engine/core/random.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

struct _FlRandom
{
  gsl_rng *generator; /* owned */
};

FlRandom *
fl_random_new (guint32 seed)
{
  FlRandom *random = g_new0 (FlRandom, 1);

  random->generator = gsl_rng_alloc (gsl_rng_mt19937);
  if (random->generator == NULL)
    g_error ("out of memory for a random generator");
  gsl_rng_set (random->generator, seed);
  return random;
}

void
fl_random_free (FlRandom *random)
{
  gsl_rng_free (random->generator);
  g_free (random);
}

double
fl_random_uniform (FlRandom *random)
{
  return gsl_rng_uniform (random->generator);
}

double
fl_random_normal (FlRandom *random)
{
  return gsl_ran_ugaussian (random->generator);
}

guint
fl_random_below (FlRandom *random, guint n)
{
  g_return_val_if_fail (n > 0, 0);
  return (guint) gsl_rng_uniform_int (random->generator, n);
}

void
fl_random_choose (FlRandom *random, guint k, guint n, guint *chosen)
{
  g_autofree guint *all = NULL;

  g_return_if_fail (k <= n);
  all = g_new (guint, n);
  for (guint i = 0; i < n; i++)
    all[i] = i;
  for (guint i = 0; i < k; i++)
    {
      guint other = i + fl_random_below (random, n - i);

      chosen[i] = all[other];
      all[other] = all[i];
    }
}
