#include "engine/graph/operator-families.h"

#include <math.h>

#include "engine/core/error.h"
#include "engine/graph/view-loop.h"
#include "engine/kernels/arithmetic.h"
#include "engine/kernels/strided-sum.h"

/* BatchNormalization of trained networks: y = (x - mean) / sqrt (var + epsilon) * scale + B. */

typedef struct
{
  double epsilon;
} Parameters;

enum
{
  X,
  SCALE,
  B,
  MEAN,
  VARIANCE,
};

static gboolean
prepare (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters, GError **error)
{
  static const char *const names[] = { "input", "scale", "bias", "mean", "variance" };
  const FlShape *x = &request->inputs[X];
  double epsilon = fl_attribute_double (request, "epsilon", 1e-5);
  Parameters *p = NULL;

  if (x->rank < 2)
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "input of rank %d, expected at least 2", x->rank);
  for (int i = SCALE; i <= VARIANCE; i++)
    if (request->inputs[i].rank != 1 || request->inputs[i].size[0] != x->size[1])
      {
        g_autofree char *text = fl_shape_text (&request->inputs[i]);

        return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                  "%s is %s, its input has %" G_GINT64_FORMAT " channels", names[i],
                                  text, x->size[1]);
      }
  if (request->constants[MEAN] == NULL || request->constants[VARIANCE] == NULL)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED,
                              "its mean and variance are computed, expected constants");
  if (fl_attribute_int (request, "training_mode", 0) != 0 || request->n_outputs > 1)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED,
                              "in training mode, expected inference");
  if (!isfinite (epsilon) || epsilon < 0)
    return fl_operator_error (request, error, FL_ERROR_RANGE, "epsilon is %g", epsilon);
  outputs[0] = *x;
  p = g_new0 (Parameters, 1);
  p->epsilon = epsilon;
  *parameters = p;
  return TRUE;
}

static float
channel (const FlRun *run, int input, gint64 i)
{
  return run->inputs[input].data[i * run->inputs[input].stride[0]];
}

static double
channel_inverse_deviation (const FlRun *run, gint64 i)
{
  const Parameters *p = run->parameters;

  return 1.0 / sqrt ((double) channel (run, VARIANCE, i) + p->epsilon);
}

/* Adds an operand that has one number a channel. */
static void
add_channels (FlStridedLoop *loop, const float *data, gint64 stride)
{
  int64_t strides[FL_LOOP_MAX_AXES] = { 0 };

  strides[1] = stride;
  fl_strided_loop_add (loop, data, strides);
}

static void
forward (const FlRun *run)
{
  gint64 n = run->inputs[X].shape.size[1];
  float *factor = fl_scratch_floats (run->scratch, (gsize) n);
  float *offset = fl_scratch_floats (run->scratch, (gsize) n);
  FlStridedLoop loop;

  /* Factor and offset are rounded once, the offset with the unrounded factor. */
  for (gint64 i = 0; i < n; i++)
    {
      double a = channel (run, SCALE, i) * channel_inverse_deviation (run, i);

      factor[i] = (float) a;
      offset[i] = (float) (channel (run, B, i) - channel (run, MEAN, i) * a);
    }
  fl_view_loop_init (&loop, &run->outputs[0].shape);
  fl_view_loop_add (&loop, &run->outputs[0]);
  fl_view_loop_add (&loop, &run->inputs[X]);
  add_channels (&loop, factor, 1);
  add_channels (&loop, offset, 1);
  fl_strided_loop_run_rows (&loop, run->pool, 1, false, fl_row_affine, NULL);
}

static void
add_input_gradient (const FlRun *run)
{
  gint64 n = run->inputs[X].shape.size[1];
  float *factor = fl_scratch_floats (run->scratch, (gsize) n);
  FlStridedLoop loop;

  for (gint64 i = 0; i < n; i++)
    factor[i] = (float) (channel (run, SCALE, i) * channel_inverse_deviation (run, i));
  fl_view_loop_init (&loop, &run->outputs[0].shape);
  fl_view_loop_add (&loop, &run->input_gradients[X]);
  fl_view_loop_add (&loop, &run->output_gradients[0]);
  add_channels (&loop, factor, 1);
  fl_strided_loop_run_rows (&loop, run->pool, 1, true, fl_arithmetic_mul.forward, NULL);
}

static void
add_channel_gradient (const FlRun *run, int input)
{
  const FlView *gradient = &run->input_gradients[input];
  gint64 n = run->inputs[X].shape.size[1];
  float *inverse = fl_scratch_floats (run->scratch, (gsize) n);
  FlStridedLoop loop;

  for (gint64 i = 0; i < n; i++)
    inverse[i] = (float) channel_inverse_deviation (run, i);
  fl_view_loop_init (&loop, &run->outputs[0].shape);
  add_channels (&loop, gradient->data, gradient->stride[0]);
  fl_view_loop_add (&loop, &run->output_gradients[0]);
  if (input == SCALE)
    {
      fl_view_loop_add (&loop, &run->inputs[X]);
      add_channels (&loop, run->inputs[MEAN].data, run->inputs[MEAN].stride[0]);
      add_channels (&loop, inverse, 1);
    }
  fl_strided_sum (&loop, run->pool, input == SCALE ? fl_row_standardised : NULL, NULL, 1, true,
                  fl_scratch_doubles (run->scratch, fl_strided_sum_workspace (&loop)));
}

static void
backward (const FlRun *run)
{
  if (run->input_gradients[X].data != NULL)
    add_input_gradient (run);
  if (run->input_gradients[SCALE].data != NULL)
    add_channel_gradient (run, SCALE);
  if (run->input_gradients[B].data != NULL)
    add_channel_gradient (run, B);
}

static const FlOperatorRecord records[] = {
  {
      .type = "BatchNormalization",
      .min_inputs = 5,
      .max_inputs = 5,
      .layout = FL_LAYOUT_FOLLOW,
      .statistics = 1 << MEAN | 1 << VARIANCE,
      .prepare = prepare,
      .forward = forward,
      .backward = backward,
  },
};

const FlOperatorRecord *
fl_normalization_records (int *n)
{
  *n = G_N_ELEMENTS (records);
  return records;
}
