#pragma once

#include <glib.h>

/**
 * FlRandom:
 *
 * An explicit random generator (the Mersenne twister of GSL, gsl_rng_mt19937): the same seed gives
 * the same numbers everywhere. There is no global one.
 */
typedef struct _FlRandom FlRandom;

FlRandom *fl_random_new (guint32 seed);
void fl_random_free (FlRandom *random);

/* Uniform in [0, 1). */
double fl_random_uniform (FlRandom *random);

/* Normal with mean 0 and standard deviation 1. */
double fl_random_normal (FlRandom *random);

/* Uniform in 0 .. n - 1, n at least 1. */
guint fl_random_below (FlRandom *random, guint n);

/**
 * fl_random_choose:
 * @k: at most @n
 * @chosen: (out caller-allocates) (array length=k): different numbers from 0 .. n - 1, in random
 * order
 */
void fl_random_choose (FlRandom *random, guint k, guint n, guint *chosen);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlRandom, fl_random_free)
