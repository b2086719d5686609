#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/core/random.h"
#include "engine/kernels/matrix.h"

/* Rounding of k float32 multiply-adds of numbers around 1 grows as sqrt (k); ten times that is a
 * fault. */
#define TOLERANCE(k) (1e-6 * sqrt (k))

static float *
random_floats (FlRandom *random, int n)
{
  float *floats = g_new (float, n);

  for (int i = 0; i < n; i++)
    floats[i] = (float) fl_random_normal (random);
  return floats;
}

static void
check_product (FlPool **pools, gboolean ta, gboolean tb, int m, int n, int k, float beta)
{
  g_autoptr (FlRandom) random = fl_random_new (40);
  int lda = (ta ? m : k) + 3;
  int ldb = (tb ? k : n) + 1;
  int ldc = n + 2;
  g_autofree float *a = random_floats (random, (ta ? k : m) * lda);
  g_autofree float *b = random_floats (random, (tb ? n : k) * ldb);
  g_autofree float *start = random_floats (random, m * ldc);
  g_autofree float *first = NULL;

  for (int p = 0; pools[p] != NULL; p++)
    {
      g_autofree float *c = g_memdup2 (start, sizeof (float) * (gsize) (m * ldc));

      fl_matrix_multiply (pools[p], ta, tb, m, n, k, .5F, a, lda, b, ldb, beta, c, ldc);
      for (int i = 0; i < m; i++)
        for (int j = 0; j < ldc; j++)
          {
            double expected = start[i * ldc + j];

            if (j < n)
              {
                double sum = 0;

                for (int l = 0; l < k; l++)
                  sum += (double) a[ta ? l * lda + i : i * lda + l]
                         * b[tb ? j * ldb + l : l * ldb + j];
                expected = .5 * sum + beta * expected;
                g_assert_cmpfloat_with_epsilon (c[i * ldc + j], expected, TOLERANCE (k));
              }
            else
              g_assert_cmpfloat (c[i * ldc + j], ==, expected);
          }
      if (first == NULL)
        first = g_steal_pointer (&c);
      else
        g_assert_cmpmem (first, sizeof (float) * (gsize) (m * ldc), c,
                         sizeof (float) * (gsize) (m * ldc));
    }
}

/* Against the definition, over sizes around the tiles; the same bytes at 1, 2 and 5 threads. */
static void
test_product (void)
{
  FlPool *pools[] = { fl_pool_new (1), fl_pool_new (2), fl_pool_new (5), NULL };
  const int sizes[][3]
      = { { 1, 1, 1 }, { 1, 300, 70 }, { 65, 3, 9 }, { 130, 257, 31 }, { 64, 256, 100 } };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (int t = 0; t < 8; t++)
      check_product (pools, (t & 1) != 0, (t & 2) != 0, sizes[s][0], sizes[s][1], sizes[s][2],
                     (t & 4) != 0 ? 1 : 0);
  for (int p = 0; pools[p] != NULL; p++)
    fl_pool_free (pools[p]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernels/matrix/product", test_product);
  return g_test_run ();
}
