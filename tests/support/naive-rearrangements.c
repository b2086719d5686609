#include "tests/support/naive-operators.h"

#include <string.h>

/* Operators that move elements. */

/* The same elements under another shape. */
static void
rename_axes (const FlNaiveCall *call, int rank, const gint64 *size)
{
  FlNaiveArray *y = fl_naive_array_new (rank, size);

  g_assert_cmpint (y->count, ==, call->inputs[0]->count);
  memcpy (y->data, call->inputs[0]->data, (gsize) y->count * sizeof (double));
  call->outputs[0] = y;
}

static void
reshape (const FlNaiveCall *call)
{
  gint64 shape[FL_NAIVE_MAX_RANK];
  int n = fl_naive_ints (call, "shape", shape);
  gint64 known = 1;

  for (int i = 0; i < n; i++)
    {
      if (shape[i] == 0)
        shape[i] = call->inputs[0]->size[i];
      if (shape[i] > 0)
        known *= shape[i];
    }
  for (int i = 0; i < n; i++)
    if (shape[i] == -1)
      shape[i] = call->inputs[0]->count / known;
  rename_axes (call, n, shape);
}

static void
flatten (const FlNaiveCall *call)
{
  const FlNaiveArray *x = call->inputs[0];
  gint64 axis = fl_naive_int (call, "axis", 1);
  gint64 size[2] = { 1, 1 };

  if (axis < 0)
    axis += x->rank;
  for (int i = 0; i < x->rank; i++)
    size[i >= axis] *= x->size[i];
  rename_axes (call, 2, size);
}

static void
squeeze (const FlNaiveCall *call)
{
  const FlNaiveArray *x = call->inputs[0];
  gint64 axes[FL_NAIVE_MAX_RANK];
  gint64 size[FL_NAIVE_MAX_RANK];
  int n = fl_naive_ints (call, "axes", axes);
  int rank = 0;

  for (int i = 0; i < x->rank; i++)
    {
      gboolean dropped = n < 0 && x->size[i] == 1;

      for (int j = 0; j < n; j++)
        dropped = dropped || axes[j] == i || axes[j] + x->rank == i;
      if (!dropped)
        size[rank++] = x->size[i];
    }
  rename_axes (call, rank, size);
}

static void
unsqueeze (const FlNaiveCall *call)
{
  const FlNaiveArray *x = call->inputs[0];
  gint64 axes[FL_NAIVE_MAX_RANK];
  gint64 size[FL_NAIVE_MAX_RANK];
  int n = fl_naive_ints (call, "axes", axes);
  int next = 0;

  for (int i = 0; i < x->rank + n; i++)
    {
      gboolean added = FALSE;

      for (int j = 0; j < n; j++)
        added = added || axes[j] == i || axes[j] + x->rank + n == i;
      size[i] = added ? 1 : x->size[next++];
    }
  rename_axes (call, x->rank + n, size);
}

static void
transpose (const FlNaiveCall *call)
{
  const FlNaiveArray *x = call->inputs[0];
  gint64 perm[FL_NAIVE_MAX_RANK];
  gint64 size[FL_NAIVE_MAX_RANK];
  gint64 to[FL_NAIVE_MAX_RANK], from[FL_NAIVE_MAX_RANK];
  FlNaiveArray *y = NULL;

  if (fl_naive_ints (call, "perm", perm) < 0)
    for (int i = 0; i < x->rank; i++)
      perm[i] = x->rank - 1 - i;
  for (int i = 0; i < x->rank; i++)
    size[i] = x->size[perm[i]];
  y = fl_naive_array_new (x->rank, size);
  for (gint64 i = 0; i < y->count; i++)
    {
      fl_naive_index (y, i, to);
      for (int j = 0; j < x->rank; j++)
        from[perm[j]] = to[j];
      y->data[i] = *fl_naive_at (x, from);
    }
  call->outputs[0] = y;
}

static void
concat (const FlNaiveCall *call)
{
  const FlNaiveArray *first = call->inputs[0];
  gint64 axis = fl_naive_int (call, "axis", 0);
  gint64 size[FL_NAIVE_MAX_RANK];
  gint64 index[FL_NAIVE_MAX_RANK];
  gint64 start = 0;

  if (axis < 0)
    axis += first->rank;
  memcpy (size, first->size, sizeof size);
  size[axis] = 0;
  for (int i = 0; i < call->n_inputs; i++)
    size[axis] += call->inputs[i]->size[axis];
  call->outputs[0] = fl_naive_array_new (first->rank, size);
  for (int i = 0; i < call->n_inputs; i++)
    {
      for (gint64 j = 0; j < call->inputs[i]->count; j++)
        {
          fl_naive_index (call->inputs[i], j, index);
          index[axis] += start;
          *fl_naive_at (call->outputs[0], index) = call->inputs[i]->data[j];
        }
      start += call->inputs[i]->size[axis];
    }
}

static void
split (const FlNaiveCall *call)
{
  const FlNaiveArray *x = call->inputs[0];
  gint64 axis = fl_naive_int (call, "axis", 0);
  gint64 sizes[64];
  gint64 index[FL_NAIVE_MAX_RANK];
  gint64 start = 0;

  if (axis < 0)
    axis += x->rank;
  if (fl_naive_ints (call, "split", sizes) < 0)
    {
      gint64 share = (x->size[axis] + call->n_outputs - 1) / call->n_outputs;

      for (int i = 0; i < call->n_outputs; i++)
        sizes[i] = MIN (share, x->size[axis] - i * share);
    }
  for (int i = 0; i < call->n_outputs; i++)
    {
      gint64 size[FL_NAIVE_MAX_RANK];

      memcpy (size, x->size, sizeof size);
      size[axis] = sizes[i];
      call->outputs[i] = fl_naive_array_new (x->rank, size);
      for (gint64 j = 0; j < call->outputs[i]->count; j++)
        {
          fl_naive_index (call->outputs[i], j, index);
          index[axis] += start;
          call->outputs[i]->data[j] = *fl_naive_at (x, index);
        }
      start += sizes[i];
    }
}

/* The elements of an axis that x[start:end:step] of numpy takes, one by one. */
static int
slice_elements (gint64 size, gint64 start, gint64 end, gint64 step, gint64 *elements)
{
  int n = 0;

  if (start < 0)
    start += size;
  if (end < 0)
    end += size;
  if (step > 0)
    {
      for (gint64 i = MAX (start, 0); i < MIN (end, size); i += step)
        elements[n++] = i;
    }
  else
    for (gint64 i = MIN (start, size - 1); i > MAX (end, -1); i += step)
      elements[n++] = i;
  return n;
}

static void
slice (const FlNaiveCall *call)
{
  const FlNaiveArray *x = call->inputs[0];
  gint64 starts[FL_NAIVE_MAX_RANK], ends[FL_NAIVE_MAX_RANK];
  gint64 axes[FL_NAIVE_MAX_RANK] = { 0, 1, 2, 3, 4, 5, 6, 7 };
  gint64 steps[FL_NAIVE_MAX_RANK] = { 1, 1, 1, 1, 1, 1, 1, 1 };
  gint64 size[FL_NAIVE_MAX_RANK];
  gint64 index[FL_NAIVE_MAX_RANK];
  gint64 elements[FL_NAIVE_MAX_RANK][256];
  int n = fl_naive_ints (call, "starts", starts);

  fl_naive_ints (call, "ends", ends);
  fl_naive_ints (call, "axes", axes);
  fl_naive_ints (call, "steps", steps);
  for (int i = 0; i < x->rank; i++)
    size[i] = slice_elements (x->size[i], 0, x->size[i], 1, elements[i]);
  for (int i = 0; i < n; i++)
    {
      gint64 axis = axes[i] < 0 ? axes[i] + x->rank : axes[i];

      size[axis] = slice_elements (x->size[axis], starts[i], ends[i], steps[i], elements[axis]);
    }
  call->outputs[0] = fl_naive_array_new (x->rank, size);
  for (gint64 i = 0; i < call->outputs[0]->count; i++)
    {
      fl_naive_index (call->outputs[0], i, index);
      for (int j = 0; j < x->rank; j++)
        index[j] = elements[j][index[j]];
      call->outputs[0]->data[i] = *fl_naive_at (x, index);
    }
}

static void
pad (const FlNaiveCall *call)
{
  const FlNaiveArray *x = call->inputs[0];
  g_autofree char *mode = fl_naive_text (call, "mode");
  double value = fl_naive_double (call, "value", 0);
  gint64 pads[2 * FL_NAIVE_MAX_RANK];
  gint64 size[FL_NAIVE_MAX_RANK];
  gint64 index[FL_NAIVE_MAX_RANK];

  fl_naive_ints (call, "pads", pads);
  for (int i = 0; i < x->rank; i++)
    size[i] = x->size[i] + pads[i] + pads[x->rank + i];
  call->outputs[0] = fl_naive_array_new (x->rank, size);
  for (gint64 i = 0; i < call->outputs[0]->count; i++)
    {
      gboolean outside = FALSE;

      fl_naive_index (call->outputs[0], i, index);
      for (int j = 0; j < x->rank; j++)
        {
          gint64 last = x->size[j] - 1;

          index[j] -= pads[j];
          if (strcmp (mode, "reflect") == 0 && index[j] < 0)
            index[j] = -index[j];
          else if (strcmp (mode, "reflect") == 0 && index[j] > last)
            index[j] = 2 * last - index[j];
          else if (strcmp (mode, "edge") == 0)
            index[j] = CLAMP (index[j], 0, last);
          outside = outside || index[j] < 0 || index[j] > last;
        }
      call->outputs[0]->data[i] = outside ? value : *fl_naive_at (x, index);
    }
}

gboolean
fl_naive_compute_rearrangement (const FlNaiveCall *call)
{
  static const struct
  {
    const char *type;
    void (*compute) (const FlNaiveCall *call);
  } operators[] = {
    { "Reshape", reshape },     { "Flatten", flatten }, { "Squeeze", squeeze },
    { "Unsqueeze", unsqueeze }, { "Concat", concat },   { "Transpose", transpose },
    { "Split", split },         { "Slice", slice },     { "Pad", pad },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (operators); i++)
    if (strcmp (call->type, operators[i].type) == 0)
      {
        operators[i].compute (call);
        return TRUE;
      }
  return FALSE;
}
