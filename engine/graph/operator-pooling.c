#include "engine/graph/operator-families.h"

#include "engine/core/error.h"
#include "engine/graph/window-attributes.h"
#include "engine/kernels/pooling.h"

/* MaxPool and AveragePool over height and width. */

static gboolean
prepare (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters, GError **error)
{
  const FlShape *x = &request->inputs[0];
  int n = 0;
  g_autofree gint64 *kernel = fl_attribute_ints (request, "kernel_shape", &n);
  FlWindowAxis axes[2];
  FlPooling *p = NULL;

  if (x->rank != 4 || x->size[0] != 1)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED,
                              "input of rank %d, expected one picture of rank 4", x->rank);
  if (request->n_outputs != 1)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED,
                              "%d outputs, expected 1 (without indices)", request->n_outputs);
  if (n != 2)
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "kernel_shape has %d numbers, expected 2", n);
  if (!fl_window_axes (request, kernel, axes, error))
    return FALSE;
  for (int i = 0; i < 2; i++)
    {
      int reach = (axes[i].kernel - 1) * axes[i].dilation + 1;

      /* Otherwise a window could lie in the padding alone. */
      if (axes[i].pad_begin >= reach || axes[i].pad_end >= reach)
        return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                  "padding of %d and %d, expected less than the window's %d",
                                  axes[i].pad_begin, axes[i].pad_end, reach);
    }
  outputs[0] = (FlShape){ .rank = 4, .size = { 1, x->size[1], axes[0].out, axes[1].out } };
  p = g_new0 (FlPooling, 1);
  *p = (FlPooling){
    .channels = (int) x->size[1],
    .in_height = axes[0].in,
    .in_width = axes[1].in,
    .out_height = axes[0].out,
    .out_width = axes[1].out,
    .kernel_height = axes[0].kernel,
    .kernel_width = axes[1].kernel,
    .stride_height = axes[0].stride,
    .stride_width = axes[1].stride,
    .dilation_height = axes[0].dilation,
    .dilation_width = axes[1].dilation,
    .pad_top = axes[0].pad_begin,
    .pad_left = axes[1].pad_begin,
    .pad_bottom = axes[0].pad_end,
    .pad_right = axes[1].pad_end,
    .count_pads = fl_attribute_int (request, "count_include_pad", 0) != 0,
  };
  *parameters = p;
  return TRUE;
}

static void
max_forward (const FlRun *run)
{
  fl_max_pool (run->parameters, run->pool, run->inputs[0].data, run->outputs[0].data);
}

static void
max_backward (const FlRun *run)
{
  if (run->input_gradients[0].data != NULL)
    fl_max_pool_gradient (run->parameters, run->pool, run->inputs[0].data,
                          run->output_gradients[0].data, run->input_gradients[0].data);
}

static void
mean_forward (const FlRun *run)
{
  fl_mean_pool (run->parameters, run->pool, run->inputs[0].data, run->outputs[0].data);
}

static void
mean_backward (const FlRun *run)
{
  if (run->input_gradients[0].data != NULL)
    fl_mean_pool_gradient (run->parameters, run->pool, run->output_gradients[0].data,
                           run->input_gradients[0].data);
}

static const FlOperatorRecord records[] = {
  {
      .type = "MaxPool",
      .min_inputs = 1,
      .max_inputs = 1,
      .layout = FL_LAYOUT_CHANNELS_LAST,
      .prepare = prepare,
      .forward = max_forward,
      .backward = max_backward,
  },
  {
      .type = "AveragePool",
      .min_inputs = 1,
      .max_inputs = 1,
      .layout = FL_LAYOUT_CHANNELS_LAST,
      .prepare = prepare,
      .forward = mean_forward,
      .backward = mean_backward,
  },
};

const FlOperatorRecord *
fl_pooling_records (int *n)
{
  *n = G_N_ELEMENTS (records);
  return records;
}
