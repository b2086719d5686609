#include "engine/kernels/strided-sum.h"

#include <assert.h>
#include <string.h>

/* Terms of one tile, at least. */
#define TILE_TERMS 16384
#define MAX_TILES 16

/* A double takes the place of this many floats: partial sums are an operand of the loop. */
#define FLOATS_IN_DOUBLE ((int64_t) (sizeof (double) / sizeof (float)))

static int64_t
count_sums (const FlStridedLoop *loop)
{
  int64_t count = 1;

  for (int i = 0; i < loop->n_axes; i++)
    if (loop->stride[0][i] != 0)
      count *= loop->size[i];
  return count;
}

static int64_t
count_tiles (int64_t n_terms, int64_t n_sums)
{
  int64_t tiles = n_terms / TILE_TERMS;
  int64_t terms_of_sum = n_terms / n_sums;

  if (tiles > MAX_TILES)
    tiles = MAX_TILES;
  if (tiles > terms_of_sum)
    tiles = terms_of_sum;
  return tiles > 1 ? tiles : 1;
}

size_t
fl_strided_sum_workspace (const FlStridedLoop *loop)
{
  int64_t n_terms = fl_strided_loop_count (loop);
  int64_t n_sums = count_sums (loop);

  return n_terms == 0 ? 1 : (size_t) (n_sums * count_tiles (n_terms, n_sums));
}

typedef struct
{
  const FlStridedLoop *loop;
  FlRowFunc term;
  const void *parameters;
  double *partial;
  int64_t partial_stride[FL_LOOP_MAX_AXES];
  int64_t n_terms;
  int64_t n_sums;
  int64_t n_tiles;
  double scale;
  bool add;
} Sum;

/* Four running sums, so that additions need not wait for one another. */
static double
sum_terms (int64_t n, const float *terms)
{
  double sums[4] = { 0, 0, 0, 0 };
  int64_t i = 0;

  for (; i + 4 <= n; i += 4)
    for (int j = 0; j < 4; j++)
      sums[j] += terms[i + j];
  for (; i < n; i++)
    sums[0] += terms[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

static void
add_row (const void *parameters, int64_t n, float *const *operands, const int64_t *strides)
{
  const Sum *sum = parameters;
  float buffers[FL_LOOP_MAX_OPERANDS][FL_ROW_PIECE];
  const float *in[FL_LOOP_MAX_OPERANDS];
  double *restrict partial = (double *) operands[0];

  for (int64_t start = 0; start < n; start += FL_ROW_PIECE)
    {
      int64_t piece = n - start < FL_ROW_PIECE ? n - start : FL_ROW_PIECE;
      const float *terms = NULL;

      for (int j = 1; j < sum->loop->n_operands; j++)
        in[j - 1]
            = fl_strided_row (operands[j] + start * strides[j], strides[j], piece, buffers[j]);
      terms = in[0];
      if (sum->term != NULL)
        {
          sum->term (sum->parameters, piece, buffers[0], in);
          terms = buffers[0];
        }
      if (strides[0] == 0)
        partial[0] += sum_terms (piece, terms);
      else
        for (int64_t i = 0; i < piece; i++)
          partial[start + i] += terms[i];
    }
}

static void
sum_tile (void *data, int task, int worker)
{
  const Sum *sum = data;
  FlStridedLoop loop = *sum->loop;
  double *partial = sum->partial + task * sum->n_sums;
  int64_t tile = (sum->n_terms + sum->n_tiles - 1) / sum->n_tiles;
  int64_t start = task * tile;
  int64_t end = start + tile < sum->n_terms ? start + tile : sum->n_terms;

  (void) worker;
  memset (partial, 0, (size_t) sum->n_sums * sizeof *partial);
  loop.data[0] = (float *) partial;
  for (int i = 0; i < loop.n_axes; i++)
    loop.stride[0][i] = FLOATS_IN_DOUBLE * sum->partial_stride[i];
  fl_strided_loop_range (&loop, start, end, add_row, sum);
}

static void
combine_row (const void *parameters, int64_t n, float *const *operands, const int64_t *strides)
{
  const Sum *sum = parameters;
  const double *partial = (const double *) operands[1];

  for (int64_t i = 0; i < n; i++)
    {
      float *to = operands[0] + i * strides[0];
      double total = 0;

      for (int64_t j = 0; j < sum->n_tiles; j++)
        total += partial[j * sum->n_sums + i * (strides[1] / FLOATS_IN_DOUBLE)];
      *to = (sum->add ? *to : 0) + (float) (total * sum->scale);
    }
}

void
fl_strided_sum (FlStridedLoop *loop, FlPool *pool, FlRowFunc term, const void *parameters,
                double scale, bool add, double *workspace)
{
  Sum sum = { .loop = loop,
              .term = term,
              .parameters = parameters,
              .partial = workspace,
              .scale = scale,
              .add = add };
  FlStridedLoop sums;
  int64_t dense = 1;

  assert (loop->n_operands >= 2);
  fl_strided_loop_simplify (loop, 1);
  sum.n_terms = fl_strided_loop_count (loop);
  if (sum.n_terms == 0)
    return;
  sum.n_sums = count_sums (loop);
  sum.n_tiles = count_tiles (sum.n_terms, sum.n_sums);
  sums.n_axes = 0;
  sums.n_operands = 2;
  sums.data[0] = loop->data[0];
  sums.data[1] = (float *) workspace;
  for (int i = loop->n_axes - 1; i >= 0; i--)
    {
      sum.partial_stride[i] = 0;
      if (loop->stride[0][i] == 0)
        continue;
      sum.partial_stride[i] = dense;
      sums.size[sums.n_axes] = loop->size[i];
      sums.stride[0][sums.n_axes] = loop->stride[0][i];
      sums.stride[1][sums.n_axes] = FLOATS_IN_DOUBLE * dense;
      sums.n_axes++;
      dense *= loop->size[i];
    }
  if (sum.n_tiles > 1)
    fl_pool_run (pool, (int) sum.n_tiles, sum_tile, &sum);
  else
    sum_tile (&sum, 0, 0);
  fl_strided_loop_run (&sums, pool, sum.n_tiles, combine_row, &sum);
}
