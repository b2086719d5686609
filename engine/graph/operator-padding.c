#include "engine/graph/operator-families.h"

#include <string.h>

#include "engine/core/error.h"
#include "engine/graph/view-loop.h"
#include "engine/kernels/strided-sum.h"

/*
 * Pad. Along each axis the output has at most three parts: before the input, the input itself, and
 * after it. Their combinations are boxes, and each box is a copy, a repetition or a constant.
 */

typedef struct
{
  gint64 size;
  gint64 out;  /* first element in the output */
  gint64 in;   /* the element of the input that it is a copy of; -1: none, a constant */
  gint64 step; /* in the input: 1, -1 reflected, 0 repeated */
} Part;

typedef struct
{
  float value;
  Part parts[FL_TENSOR_MAX_RANK][3];
  int n_parts[FL_TENSOR_MAX_RANK];
} Parameters;

typedef enum
{
  CONSTANT,
  REFLECT,
  EDGE,
} Mode;

static gboolean
read_mode (const FlOperatorRequest *request, Mode *mode, GError **error)
{
  g_autofree char *text = fl_attribute_text (request, "mode");

  *mode = CONSTANT;
  if (text == NULL || strcmp (text, "constant") == 0)
    return TRUE;
  *mode = REFLECT;
  if (strcmp (text, "reflect") == 0)
    return TRUE;
  *mode = EDGE;
  if (strcmp (text, "edge") == 0)
    return TRUE;
  return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED,
                            "mode is '%s', expected constant, reflect or edge", text);
}

/* Adds what of positions first .. last - 1, counted from the input's first element, is in the
 * output. */
static void
add_part (Parameters *p, int axis, gint64 begin, gint64 n_out, gint64 first, gint64 last, gint64 in,
          gint64 step)
{
  gint64 from = MAX (first, -begin);
  gint64 to = MIN (last, n_out - begin);

  if (from >= to)
    return;
  p->parts[axis][p->n_parts[axis]++]
      = (Part){ to - from, from + begin, in < 0 ? -1 : in + (from - first) * step, step };
}

static void
divide_axis (Parameters *p, int axis, Mode mode, gint64 n_in, gint64 begin, gint64 n_out)
{
  gint64 before = MAX (begin, 0);
  gint64 after = MAX (n_out - begin - n_in, 0);
  gint64 step = mode == REFLECT ? -1 : 0;

  add_part (p, axis, begin, n_out, -before, 0,
            mode == CONSTANT  ? -1
            : mode == REFLECT ? before
                              : 0,
            step);
  add_part (p, axis, begin, n_out, 0, n_in, 0, 1);
  add_part (p, axis, begin, n_out, n_in, n_in + after,
            mode == CONSTANT  ? -1
            : mode == REFLECT ? n_in - 2
                              : n_in - 1,
            step);
}

static gboolean
prepare (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters, GError **error)
{
  const gint64 limit = G_GINT64_CONSTANT (1) << 32;
  const FlShape *x = &request->inputs[0];
  int n = 0;
  g_autofree gint64 *pads = fl_attribute_ints (request, "pads", &n);
  g_autofree Parameters *p = g_new0 (Parameters, 1);
  gsize count = 0;
  Mode mode;

  if (!read_mode (request, &mode, error))
    return FALSE;
  if (pads == NULL)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED, "its pads are not a constant");
  if (n != 2 * x->rank)
    return fl_operator_error (request, error, FL_ERROR_SHAPE, "pads has %d numbers, expected %d", n,
                              2 * x->rank);
  p->value = (float) fl_attribute_double (request, "value", 0);
  outputs[0].rank = x->rank;
  for (int i = 0; i < x->rank; i++)
    {
      gint64 begin = pads[i];
      gint64 end = pads[x->rank + i];
      gint64 size = 0;

      if (begin < -limit || begin > limit || end < -limit || end > limit)
        return fl_operator_error (request, error, FL_ERROR_RANGE,
                                  "padding of %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT
                                  " along axis %d",
                                  begin, end, i);
      size = x->size[i] + begin + end;
      if (size < 1)
        return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                  "padding of %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT
                                  " leaves nothing of axis %d, which has size %" G_GINT64_FORMAT,
                                  begin, end, i, x->size[i]);
      if (mode == REFLECT && (begin >= x->size[i] || end >= x->size[i]))
        return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                  "axis %d of size %" G_GINT64_FORMAT
                                  " cannot be reflected by %" G_GINT64_FORMAT,
                                  i, x->size[i], MAX (begin, end));
      outputs[0].size[i] = size;
      divide_axis (p, i, mode, x->size[i], begin, size);
    }
  if (!fl_shape_size (outputs[0].rank, outputs[0].size, &count))
    return fl_operator_error (request, error, FL_ERROR_SHAPE, "its output would be too large");
  *parameters = g_steal_pointer (&p);
  return TRUE;
}

/* Number of boxes, and what is wanted of box @index: its places in the output and in the input. */
static int
count_boxes (const Parameters *p, int rank)
{
  int n = 1;

  for (int i = 0; i < rank; i++)
    n *= p->n_parts[i];
  return n;
}

typedef struct
{
  FlView out;
  FlView in;
  gboolean is_constant;
  gboolean repeats;
} Box;

static Box
box_at (const Parameters *p, int index, const FlView *out, const FlView *in)
{
  Box box = { .out = *out, .in = *in };

  for (int i = 0; i < out->shape.rank; i++)
    {
      const Part *part = &p->parts[i][index % p->n_parts[i]];

      index /= p->n_parts[i];
      box.out.shape.size[i] = part->size;
      box.out.data += part->out * out->stride[i];
      box.in.shape.size[i] = part->size;
      box.in.stride[i] = part->step * in->stride[i];
      if (part->in < 0)
        box.is_constant = TRUE;
      else
        box.in.data += part->in * in->stride[i];
      if (part->step == 0 && part->size > 1)
        box.repeats = TRUE;
    }
  return box;
}

static void
forward (const FlRun *run)
{
  const Parameters *p = run->parameters;
  int n = count_boxes (p, run->inputs[0].shape.rank);

  for (int i = 0; i < n; i++)
    {
      Box box = box_at (p, i, &run->outputs[0], &run->inputs[0]);
      FlStridedLoop loop;

      if (!box.is_constant)
        {
          fl_view_copy (run->pool, &box.out, &box.in);
          continue;
        }
      fl_view_loop_init (&loop, &box.out.shape);
      fl_view_loop_add (&loop, &box.out);
      fl_strided_fill (&loop, run->pool, p->value);
    }
}

static void
backward (const FlRun *run)
{
  const Parameters *p = run->parameters;
  int n = count_boxes (p, run->inputs[0].shape.rank);

  if (run->input_gradients[0].data == NULL)
    return;
  /* One box after the other: reflected and repeated ones reach the same elements. */
  for (int i = 0; i < n; i++)
    {
      Box box = box_at (p, i, &run->output_gradients[0], &run->input_gradients[0]);
      FlStridedLoop loop;

      if (box.is_constant)
        continue;
      if (!box.repeats)
        {
          fl_view_add (run->pool, &box.in, &box.out);
          continue;
        }
      fl_view_loop_init (&loop, &box.out.shape);
      fl_view_loop_add (&loop, &box.in);
      fl_view_loop_add (&loop, &box.out);
      fl_strided_sum (&loop, run->pool, NULL, NULL, 1, true,
                      fl_scratch_doubles (run->scratch, fl_strided_sum_workspace (&loop)));
    }
}

static const FlOperatorRecord records[] = {
  {
      .type = "Pad",
      .min_inputs = 1,
      .max_inputs = 1,
      .layout = FL_LAYOUT_FOLLOW,
      .prepare = prepare,
      .forward = forward,
      .backward = backward,
  },
};

const FlOperatorRecord *
fl_padding_records (int *n)
{
  *n = G_N_ELEMENTS (records);
  return records;
}
