#include "engine/graph/operator-convolution.h"

#include "engine/core/error.h"
#include "engine/graph/operator-families.h"
#include "engine/graph/window-attributes.h"
#include "engine/kernels/convolution.h"

typedef struct
{
  FlConvolution sizes;
  const FlConvolutionKernel *kernel; /* borrowed: static */
} Parameters;

static gboolean
check_sizes (const FlOperatorRequest *request, gint64 groups, GError **error)
{
  const FlShape *x = &request->inputs[0];
  const FlShape *w = &request->inputs[1];

  if (x->rank != 4 || w->rank != 4)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED,
                              "input of rank %d and weight of rank %d, expected 4 and 4 (only "
                              "two-dimensional convolutions)",
                              x->rank, w->rank);
  if (request->constants[1] == NULL)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED,
                              "its weight is computed from the input, expected a constant");
  if (x->size[0] != 1)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED,
                              "batch of %" G_GINT64_FORMAT ", expected 1", x->size[0]);
  if (groups < 1 || w->size[0] % groups != 0 || w->size[0] < 1)
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "%" G_GINT64_FORMAT " filters in %" G_GINT64_FORMAT " groups",
                              w->size[0], groups);
  if (x->size[1] / groups != w->size[1] || x->size[1] % groups != 0 || w->size[1] < 1)
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "weight has %" G_GINT64_FORMAT " input channels in %" G_GINT64_FORMAT
                              " groups, its input has %" G_GINT64_FORMAT,
                              w->size[1], groups, x->size[1]);
  if (request->inputs[2].rank >= 0
      && (request->inputs[2].rank != 1 || request->inputs[2].size[0] != w->size[0]
          || request->constants[2] == NULL))
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "bias must be a constant of %" G_GINT64_FORMAT " numbers",
                              w->size[0]);
  return TRUE;
}

static gboolean
prepare (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters, GError **error)
{
  const FlShape *x = &request->inputs[0];
  const FlShape *w = &request->inputs[1];
  gint64 groups = fl_attribute_int (request, "group", 1);
  int n_kernel = 0;
  g_autofree gint64 *kernel = fl_attribute_ints (request, "kernel_shape", &n_kernel);
  g_autofree Parameters *p = NULL;
  FlWindowAxis axes[2];

  if (!check_sizes (request, groups, error))
    return FALSE;
  if (kernel != NULL && (n_kernel != 2 || kernel[0] != w->size[2] || kernel[1] != w->size[3]))
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "kernel_shape differs from its weight's %" G_GINT64_FORMAT
                              "x%" G_GINT64_FORMAT,
                              w->size[2], w->size[3]);
  if (!fl_window_axes (request, w->size + 2, axes, error))
    return FALSE;
  p = g_new0 (Parameters, 1);
  p->sizes = (FlConvolution){
    .in_channels = (int) x->size[1],
    .in_height = axes[0].in,
    .in_width = axes[1].in,
    .out_channels = (int) w->size[0],
    .out_height = axes[0].out,
    .out_width = axes[1].out,
    .groups = (int) groups,
    .kernel_height = axes[0].kernel,
    .kernel_width = axes[1].kernel,
    .stride_height = axes[0].stride,
    .stride_width = axes[1].stride,
    .dilation_height = axes[0].dilation,
    .dilation_width = axes[1].dilation,
    .pad_top = axes[0].pad_begin,
    .pad_left = axes[1].pad_begin,
  };
  p->kernel = fl_convolution_kernel_choose (&p->sizes);
  outputs[0].rank = 4;
  outputs[0].size[0] = 1;
  outputs[0].size[1] = w->size[0];
  outputs[0].size[2] = axes[0].out;
  outputs[0].size[3] = axes[1].out;
  *parameters = g_steal_pointer (&p);
  return TRUE;
}

static gint64
multiply_adds (gconstpointer parameters)
{
  const FlConvolution *c = &((const Parameters *) parameters)->sizes;

  return (gint64) c->out_channels * c->out_height * c->out_width * fl_convolution_filter_size (c);
}

static gsize
packed_size (gconstpointer parameters)
{
  const Parameters *p = parameters;

  return p->kernel->packed_size (&p->sizes);
}

static void
pack_filter (gconstpointer parameters, int channel, const float *weights, float *packed)
{
  const Parameters *p = parameters;

  p->kernel->pack_filter (&p->sizes, channel, weights, packed);
}

static void
pack (gconstpointer parameters, const float *weight, float *packed)
{
  const Parameters *p = parameters;
  gsize size = (gsize) fl_convolution_filter_size (&p->sizes);

  for (int i = 0; i < p->sizes.out_channels; i++)
    p->kernel->pack_filter (&p->sizes, i, weight + i * size, packed);
}

static void
forward (const FlRun *run)
{
  const Parameters *p = run->parameters;
  gsize scratch = p->kernel->forward_scratch (&p->sizes, fl_pool_n_workers (run->pool));

  p->kernel->forward (&p->sizes, run->inputs[0].data, run->packed_weight, run->inputs[2].data,
                      run->outputs[0].data, run->pool, fl_scratch_floats (run->scratch, scratch));
}

static void
bias_gradient (const FlConvolution *c, const float *dy, float *gradient, FlScratch *scratch)
{
  double *sums = fl_scratch_doubles (scratch, (gsize) c->out_channels);
  gsize n_pixels = (gsize) c->out_height * c->out_width;

  for (int o = 0; o < c->out_channels; o++)
    sums[o] = 0;
  for (gsize i = 0; i < n_pixels; i++)
    for (int o = 0; o < c->out_channels; o++)
      sums[o] += dy[i * c->out_channels + o];
  for (int o = 0; o < c->out_channels; o++)
    gradient[o] += (float) sums[o];
}

static void
backward (const FlRun *run)
{
  const Parameters *p = run->parameters;
  const FlConvolution *c = &p->sizes;
  const float *dy = run->output_gradients[0].data;
  int n_workers = fl_pool_n_workers (run->pool);

  if (run->input_gradients[1].data != NULL || run->filter_sums != NULL)
    p->kernel->weight_gradient (
        c, run->inputs[0].data, dy, run->input_gradients[1].data, run->filter_sums, run->pool,
        fl_scratch_floats (run->scratch, p->kernel->weight_gradient_scratch (c, n_workers)));
  if (run->input_gradients[2].data != NULL)
    bias_gradient (c, dy, run->input_gradients[2].data, run->scratch);
  if (run->input_gradients[0].data != NULL)
    p->kernel->input_gradient (
        c, dy, run->packed_weight, run->input_gradients[0].data, run->pool,
        fl_scratch_floats (run->scratch, p->kernel->input_gradient_scratch (c, n_workers)));
}

void
fl_convolution_stride (gconstpointer parameters, int *height, int *width)
{
  const Parameters *p = parameters;

  *height = p->sizes.stride_height;
  *width = p->sizes.stride_width;
}

static const FlOperatorRecord records[] = {
  {
      .type = "Conv",
      .min_inputs = 2,
      .max_inputs = 3,
      .layout = FL_LAYOUT_CHANNELS_LAST,
      .prepare = prepare,
      .forward = forward,
      .backward = backward,
      .multiply_adds = multiply_adds,
      .packed_size = packed_size,
      .pack = pack,
      .pack_filter = pack_filter,
  },
};

const FlOperatorRecord *
fl_convolution_records (int *n)
{
  *n = G_N_ELEMENTS (records);
  return records;
}
