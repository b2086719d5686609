#include <glib.h>
#include <string.h>

#include "engine/core/random.h"
#include "engine/kernels/strided-loop.h"
#include "engine/kernels/strided-sum.h"

/* Sums of at most a few ten thousand small integers are exact, in float as in double. */

#define MAX_AXES 5
#define BLOCK 200000

/* A nest of loops drawn by chance. */
typedef struct
{
  int n_axes;
  int64_t size[MAX_AXES];
  int64_t stride[3][MAX_AXES];
  int64_t offset[3];
} Nest;

/* Dense strides with the axes in some order; some axes backwards, some repeated. */
static void
draw_operand (FlRandom *random, Nest *nest, int operand, gboolean may_repeat)
{
  guint order[MAX_AXES] = { 0, 1, 2, 3, 4 };
  int64_t stride = 1;

  if (fl_random_below (random, 2) == 0)
    fl_random_choose (random, (guint) nest->n_axes, (guint) nest->n_axes, order);
  nest->offset[operand] = 0;
  for (int i = nest->n_axes - 1; i >= 0; i--)
    {
      nest->stride[operand][order[i]] = stride;
      stride *= nest->size[order[i]];
    }
  for (int i = 0; i < nest->n_axes; i++)
    {
      guint kind = fl_random_below (random, 6);

      if (kind == 0)
        {
          nest->offset[operand] += (nest->size[i] - 1) * nest->stride[operand][i];
          nest->stride[operand][i] = -nest->stride[operand][i];
        }
      else if (kind == 1 && may_repeat)
        nest->stride[operand][i] = 0;
    }
}

static Nest
draw_nest (FlRandom *random, gboolean sum)
{
  static const int64_t sizes[] = { 1, 2, 3, 5, 7, 16, 33, 300 };
  Nest nest = { .n_axes = (int) fl_random_below (random, MAX_AXES + 1) };
  int64_t count = 1;

  for (int i = 0; i < nest.n_axes; i++)
    {
      nest.size[i] = sizes[fl_random_below (random, G_N_ELEMENTS (sizes))];
      if (count * nest.size[i] > BLOCK)
        nest.size[i] = 1;
      count *= nest.size[i];
    }
  draw_operand (random, &nest, 0, sum);
  draw_operand (random, &nest, 1, TRUE);
  draw_operand (random, &nest, 2, TRUE);
  return nest;
}

static void
set_loop (FlStridedLoop *loop, const Nest *nest, float *const *blocks)
{
  fl_strided_loop_init (loop, nest->n_axes, nest->size);
  for (int i = 0; i < 3; i++)
    fl_strided_loop_add (loop, blocks[i] + nest->offset[i], nest->stride[i]);
}

static void
product (const void *parameters, int64_t n, float *restrict out, const float *const *in)
{
  for (int64_t i = 0; i < n; i++)
    out[i] = in[0][i] * in[1][i];
}

/* The same one element at a time. */
static void
naive (const Nest *nest, float *const *blocks, gboolean add)
{
  int64_t count = 1;

  for (int i = 0; i < nest->n_axes; i++)
    count *= nest->size[i];
  for (int64_t i = 0; i < count; i++)
    {
      int64_t rest = i;
      int64_t place[3];
      float value = 0;

      memcpy (place, nest->offset, sizeof place);
      for (int axis = nest->n_axes - 1; axis >= 0; axis--)
        {
          for (int j = 0; j < 3; j++)
            place[j] += rest % nest->size[axis] * nest->stride[j][axis];
          rest /= nest->size[axis];
        }
      value = blocks[1][place[1]] * blocks[2][place[2]];
      blocks[0][place[0]] = add ? blocks[0][place[0]] + value : value;
    }
}

static void
compare (gboolean sum, gboolean add)
{
  g_autoptr (FlRandom) random = fl_random_new (5);
  FlPool *pool = fl_pool_new (3);
  g_autofree float *expected = g_new (float, BLOCK);
  g_autofree float *met = g_new (float, BLOCK);
  g_autofree float *a = g_new (float, BLOCK);
  g_autofree float *b = g_new (float, BLOCK);

  for (int i = 0; i < BLOCK; i++)
    {
      a[i] = (float) fl_random_below (random, 7) - 3;
      b[i] = (float) fl_random_below (random, 7) - 3;
    }
  for (int round = 0; round < 200; round++)
    {
      Nest nest = draw_nest (random, sum);
      FlStridedLoop loop;

      for (int i = 0; i < BLOCK; i++)
        met[i] = expected[i] = (float) (i % 5);
      naive (&nest, (float *[]){ expected, a, b }, add);
      set_loop (&loop, &nest, (float *[]){ met, a, b });
      if (sum)
        {
          g_autofree double *workspace = g_new (double, fl_strided_sum_workspace (&loop));

          fl_strided_sum (&loop, pool, product, NULL, 1, add, workspace);
        }
      else
        fl_strided_loop_run_rows (&loop, pool, 1, add, product, NULL);
      g_assert_cmpmem (met, BLOCK * sizeof (float), expected, BLOCK * sizeof (float));
    }
  fl_pool_free (pool);
}

static void
test_rows (void)
{
  compare (FALSE, FALSE);
}

static void
test_rows_added (void)
{
  compare (FALSE, TRUE);
}

static void
test_sums (void)
{
  compare (TRUE, TRUE);
}

/* A dense nest of any rank is one flat row. */
static void
test_merges (void)
{
  FlStridedLoop loop;
  float data[2 * 3 * 4 * 5] = { 0 };

  fl_strided_loop_init (&loop, 4, (int64_t[]){ 2, 3, 4, 5 });
  fl_strided_loop_add (&loop, data, (int64_t[]){ 60, 1, 15, 3 });
  fl_strided_loop_add (&loop, data, (int64_t[]){ 60, 1, 15, 3 });
  fl_strided_loop_simplify (&loop, 0);
  g_assert_cmpint (loop.n_axes, ==, 1);
  g_assert_cmpint (loop.size[0], ==, 120);
  g_assert_cmpint (loop.stride[0][0], ==, 1);
}

/* Ten million terms that a float sum would lose. */
static void
test_sum_is_exact (void)
{
  const int64_t n = 10000000;
  g_autofree float *terms = g_new (float, n);
  FlPool *pool = fl_pool_new (2);
  FlStridedLoop loop;
  double workspace[16];
  float result = -1;

  for (int64_t i = 0; i < n; i++)
    terms[i] = 0.1F;
  fl_strided_loop_init (&loop, 1, &n);
  fl_strided_loop_add (&loop, &result, (int64_t[]){ 0 });
  fl_strided_loop_add (&loop, terms, (int64_t[]){ 1 });
  g_assert_cmpuint (fl_strided_sum_workspace (&loop), <=, G_N_ELEMENTS (workspace));
  fl_strided_sum (&loop, pool, NULL, NULL, 1.0 / (double) n, false, workspace);
  g_assert_cmpfloat (result, ==, 0.1F);
  fl_pool_free (pool);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernels/strided-loop/rows", test_rows);
  g_test_add_func ("/kernels/strided-loop/rows-added", test_rows_added);
  g_test_add_func ("/kernels/strided-loop/sums", test_sums);
  g_test_add_func ("/kernels/strided-loop/merges", test_merges);
  g_test_add_func ("/kernels/strided-loop/sum-is-exact", test_sum_is_exact);
  return g_test_run ();
}
