#include "engine/graph/operator-families.h"

#include "engine/core/error.h"
#include "engine/graph/view-loop.h"
#include "engine/kernels/element-wise.h"
#include "engine/kernels/strided-sum.h"

/* Means over some of the axes. */

typedef struct
{
  gboolean reduced[FL_TENSOR_MAX_RANK];
  gboolean keep_axes;
  gint64 n_terms;
} Parameters;

static void
set_output (const FlShape *x, Parameters *p, FlShape *output)
{
  output->rank = 0;
  p->n_terms = 1;
  for (int i = 0; i < x->rank; i++)
    {
      if (p->reduced[i])
        p->n_terms *= x->size[i];
      if (!p->reduced[i])
        output->size[output->rank++] = x->size[i];
      else if (p->keep_axes)
        output->size[output->rank++] = 1;
    }
}

static gboolean
prepare_mean (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
              GError **error)
{
  const FlShape *x = &request->inputs[0];
  int n = 0;
  g_autofree gint64 *axes = fl_attribute_ints (request, "axes", &n);
  g_autofree Parameters *p = g_new0 (Parameters, 1);

  p->keep_axes = fl_attribute_int (request, "keepdims", 1) != 0;
  for (int i = 0; i < n; i++)
    {
      int axis = 0;

      if (!fl_axis_from_attribute (request, axes[i], x->rank, &axis, error))
        return FALSE;
      if (p->reduced[axis])
        return fl_operator_error (request, error, FL_ERROR_RANGE, "axis %d is named twice", axis);
      p->reduced[axis] = TRUE;
    }
  for (int i = 0; n == 0 && i < x->rank; i++)
    p->reduced[i] = TRUE;
  set_output (x, p, &outputs[0]);
  *parameters = g_steal_pointer (&p);
  return TRUE;
}

static gboolean
prepare_global (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
                GError **error)
{
  const FlShape *x = &request->inputs[0];
  Parameters *p = NULL;

  if (x->rank < 3)
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "input of rank %d, expected at least 3", x->rank);
  p = g_new0 (Parameters, 1);
  p->keep_axes = TRUE;
  for (int i = 2; i < x->rank; i++)
    p->reduced[i] = TRUE;
  set_output (x, p, &outputs[0]);
  *parameters = p;
  return TRUE;
}

/* Adds @view, which has the shape of the output, to a loop over the input: repeated where reduced.
 */
static void
add_reduced (const FlRun *run, FlStridedLoop *loop, const FlView *view)
{
  const Parameters *p = run->parameters;
  int64_t stride[FL_LOOP_MAX_AXES] = { 0 };
  int axis = 0;

  for (int i = 0; i < run->inputs[0].shape.rank; i++)
    if (!p->reduced[i])
      stride[i] = view->stride[axis++];
    else if (p->keep_axes)
      axis++;
  fl_strided_loop_add (loop, view->data, stride);
}

static void
forward (const FlRun *run)
{
  const Parameters *p = run->parameters;
  FlStridedLoop loop;

  fl_view_loop_init (&loop, &run->inputs[0].shape);
  add_reduced (run, &loop, &run->outputs[0]);
  fl_view_loop_add (&loop, &run->inputs[0]);
  fl_strided_sum (&loop, run->pool, NULL, NULL, 1.0 / (double) p->n_terms, false,
                  fl_scratch_doubles (run->scratch, fl_strided_sum_workspace (&loop)));
}

static void
backward (const FlRun *run)
{
  const Parameters *p = run->parameters;
  FlElementParameters scale = { .a = (float) (1.0 / (double) p->n_terms) };
  FlStridedLoop loop;

  if (run->input_gradients[0].data == NULL)
    return;
  fl_view_loop_init (&loop, &run->inputs[0].shape);
  fl_view_loop_add (&loop, &run->input_gradients[0]);
  add_reduced (run, &loop, &run->output_gradients[0]);
  fl_strided_loop_run_rows (&loop, run->pool, 1, true, fl_row_scale, &scale);
}

static const FlOperatorRecord records[] = {
  {
      .type = "ReduceMean",
      .min_inputs = 1,
      .max_inputs = 1,
      .layout = FL_LAYOUT_FOLLOW,
      .prepare = prepare_mean,
      .forward = forward,
      .backward = backward,
  },
  {
      .type = "GlobalAveragePool",
      .min_inputs = 1,
      .max_inputs = 1,
      .layout = FL_LAYOUT_FOLLOW,
      .prepare = prepare_global,
      .forward = forward,
      .backward = backward,
  },
};

const FlOperatorRecord *
fl_reduction_records (int *n)
{
  *n = G_N_ELEMENTS (records);
  return records;
}
