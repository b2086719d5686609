#include "tests/support/naive-operators.h"

#include <math.h>
#include <string.h>

/* Products of matrices, means, softmax, normalisation. */

static double
matrix_element (const FlNaiveArray *m, gboolean transpose, gint64 i, gint64 j)
{
  return transpose ? *fl_naive_at (m, (gint64[]){ j, i }) : *fl_naive_at (m, (gint64[]){ i, j });
}

static void
gemm (const FlNaiveCall *call)
{
  const FlNaiveArray *a = call->inputs[0];
  const FlNaiveArray *b = call->inputs[1];
  const FlNaiveArray *c = call->n_inputs > 2 ? call->inputs[2] : NULL;
  gboolean transpose_a = fl_naive_int (call, "transA", 0) != 0;
  gboolean transpose_b = fl_naive_int (call, "transB", 0) != 0;
  double alpha = fl_naive_double (call, "alpha", 1);
  double beta = fl_naive_double (call, "beta", 1);
  gint64 m = a->size[transpose_a ? 1 : 0];
  gint64 k = a->size[transpose_a ? 0 : 1];
  gint64 n = b->size[transpose_b ? 0 : 1];
  FlNaiveArray *y = fl_naive_array_new (2, (gint64[]){ m, n });

  for (gint64 i = 0; i < m; i++)
    for (gint64 j = 0; j < n; j++)
      {
        double sum = 0;

        for (gint64 l = 0; l < k; l++)
          sum += matrix_element (a, transpose_a, i, l) * matrix_element (b, transpose_b, l, j);
        sum *= alpha;
        if (c != NULL)
          sum += beta * *fl_naive_at_broadcast (c, 2, (gint64[]){ i, j });
        *fl_naive_at (y, (gint64[]){ i, j }) = sum;
      }
  call->outputs[0] = y;
}

/* Vectors become matrices of one row or one column, the product is made, and the ones go away
 * again. */
static void
matmul (const FlNaiveCall *call)
{
  FlNaiveArray a = *call->inputs[0];
  FlNaiveArray b = *call->inputs[1];
  gboolean row = a.rank == 1;
  gboolean column = b.rank == 1;
  gint64 size[FL_NAIVE_MAX_RANK];
  gint64 index[FL_NAIVE_MAX_RANK];
  int rank = 0;
  FlNaiveArray *y = NULL;

  if (row)
    {
      a.rank = 2;
      a.size[1] = a.size[0];
      a.size[0] = 1;
    }
  if (column)
    {
      b.rank = 2;
      b.size[1] = 1;
    }
  rank = MAX (a.rank, b.rank);
  for (int i = 0; i < rank - 2; i++)
    {
      gint64 p = i < rank - a.rank ? 1 : a.size[i - (rank - a.rank)];
      gint64 q = i < rank - b.rank ? 1 : b.size[i - (rank - b.rank)];

      size[i] = MAX (p, q);
    }
  size[rank - 2] = a.size[a.rank - 2];
  size[rank - 1] = b.size[b.rank - 1];
  y = fl_naive_array_new (rank, size);
  for (gint64 place = 0; place < y->count; place++)
    {
      gint64 at_a[FL_NAIVE_MAX_RANK], at_b[FL_NAIVE_MAX_RANK];

      fl_naive_index (y, place, index);
      memcpy (at_a, index, sizeof index);
      memcpy (at_b, index, sizeof index);
      for (gint64 k = 0; k < a.size[a.rank - 1]; k++)
        {
          at_a[rank - 1] = k;
          at_b[rank - 2] = k;
          y->data[place]
              += *fl_naive_at_broadcast (&a, rank, at_a) * *fl_naive_at_broadcast (&b, rank, at_b);
        }
    }
  if (column)
    y->rank--;
  if (row)
    {
      /* The row's axis stands before the last, or last where the column's is gone. */
      int axis = column ? y->rank - 1 : y->rank - 2;

      for (int i = axis; i < y->rank - 1; i++)
        y->size[i] = y->size[i + 1];
      y->rank--;
    }
  call->outputs[0] = y;
}

static void
mean (const FlNaiveCall *call, gboolean global)
{
  const FlNaiveArray *x = call->inputs[0];
  gboolean reduced[FL_NAIVE_MAX_RANK] = { FALSE };
  gint64 axes[FL_NAIVE_MAX_RANK];
  gint64 kept_size[FL_NAIVE_MAX_RANK];
  gint64 index[FL_NAIVE_MAX_RANK];
  int n = global ? 0 : fl_naive_ints (call, "axes", axes);
  gint64 n_terms = 1;
  FlNaiveArray *y = NULL;

  for (int i = 0; i < x->rank; i++)
    reduced[i] = global ? i >= 2 : n <= 0;
  for (int i = 0; i < n; i++)
    reduced[axes[i] < 0 ? axes[i] + x->rank : axes[i]] = TRUE;
  for (int i = 0; i < x->rank; i++)
    {
      kept_size[i] = reduced[i] ? 1 : x->size[i];
      n_terms *= reduced[i] ? x->size[i] : 1;
    }
  y = fl_naive_array_new (x->rank, kept_size);
  for (gint64 i = 0; i < x->count; i++)
    {
      fl_naive_index (x, i, index);
      *fl_naive_at_broadcast (y, x->rank, index) += x->data[i] / (double) n_terms;
    }
  if (!global && fl_naive_int (call, "keepdims", 1) == 0)
    {
      y->rank = 0;
      for (int i = 0; i < x->rank; i++)
        if (!reduced[i])
          y->size[y->rank++] = x->size[i];
    }
  call->outputs[0] = y;
}

static void
softmax (const FlNaiveCall *call, gboolean logarithm)
{
  const FlNaiveArray *x = call->inputs[0];
  gint64 axis = fl_naive_int (call, "axis", -1);
  FlNaiveArray *y = fl_naive_array_new (x->rank, x->size);
  gint64 index[FL_NAIVE_MAX_RANK];

  if (axis < 0)
    axis += x->rank;
  for (gint64 i = 0; i < x->count; i++)
    {
      double sum = 0;

      /* 1 / sum of exp (other - own) cannot overflow harmfully and needs no maximum. */
      fl_naive_index (x, i, index);
      for (index[axis] = 0; index[axis] < x->size[axis]; index[axis]++)
        sum += exp (*fl_naive_at (x, index) - x->data[i]);
      y->data[i] = logarithm ? -log (sum) : 1 / sum;
    }
  call->outputs[0] = y;
}

static void
normalise (const FlNaiveCall *call)
{
  const FlNaiveArray *x = call->inputs[0];
  double epsilon = fl_naive_double (call, "epsilon", 1e-5);
  FlNaiveArray *y = fl_naive_array_new (x->rank, x->size);
  gint64 index[FL_NAIVE_MAX_RANK];

  for (gint64 i = 0; i < x->count; i++)
    {
      fl_naive_index (x, i, index);
      y->data[i] = (x->data[i] - call->inputs[3]->data[index[1]])
                       / sqrt (call->inputs[4]->data[index[1]] + epsilon)
                       * call->inputs[1]->data[index[1]]
                   + call->inputs[2]->data[index[1]];
    }
  call->outputs[0] = y;
}

gboolean
fl_naive_compute_sum (const FlNaiveCall *call)
{
  if (strcmp (call->type, "Gemm") == 0)
    gemm (call);
  else if (strcmp (call->type, "MatMul") == 0)
    matmul (call);
  else if (strcmp (call->type, "ReduceMean") == 0)
    mean (call, FALSE);
  else if (strcmp (call->type, "GlobalAveragePool") == 0)
    mean (call, TRUE);
  else if (strcmp (call->type, "Softmax") == 0)
    softmax (call, FALSE);
  else if (strcmp (call->type, "LogSoftmax") == 0)
    softmax (call, TRUE);
  else if (strcmp (call->type, "BatchNormalization") == 0)
    normalise (call);
  else
    return FALSE;
  return TRUE;
}
