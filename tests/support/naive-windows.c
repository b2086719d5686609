#include "tests/support/naive-operators.h"

#include <math.h>
#include <string.h>

/* Conv, MaxPool and AveragePool of two dimensions. */

typedef struct
{
  gint64 kernel[2];
  gint64 stride[2];
  gint64 dilation[2];
  gint64 begin[2];
  gint64 end[2];
  gint64 out[2];
} Window;

static Window
read_window (const FlNaiveCall *call, const FlNaiveArray *x, const gint64 *kernel)
{
  Window w = { .stride = { 1, 1 }, .dilation = { 1, 1 } };
  gint64 pads[4] = { 0, 0, 0, 0 };
  g_autofree char *auto_pad = fl_naive_text (call, "auto_pad");
  gboolean ceil_mode = fl_naive_int (call, "ceil_mode", 0) != 0;

  fl_naive_ints (call, "strides", w.stride);
  fl_naive_ints (call, "dilations", w.dilation);
  fl_naive_ints (call, "pads", pads);
  for (int i = 0; i < 2; i++)
    {
      gint64 n = x->size[2 + i];
      gint64 reach = (kernel[i] - 1) * w.dilation[i] + 1;
      double steps = 0;

      w.kernel[i] = kernel[i];
      w.begin[i] = pads[i];
      w.end[i] = pads[2 + i];
      if (strcmp (auto_pad, "VALID") == 0)
        {
          w.begin[i] = w.end[i] = 0;
          ceil_mode = FALSE;
        }
      if (strncmp (auto_pad, "SAME", 4) == 0)
        {
          gint64 wanted = (gint64) ceil ((double) n / (double) w.stride[i]);
          gint64 total = MAX ((wanted - 1) * w.stride[i] + reach - n, 0);

          /* The odd one goes to the end for UPPER and to the beginning for LOWER. */
          w.begin[i] = strcmp (auto_pad, "SAME_UPPER") == 0 ? total / 2 : (total + 1) / 2;
          w.end[i] = total - w.begin[i];
        }
      steps = (double) (n + w.begin[i] + w.end[i] - reach) / (double) w.stride[i];
      w.out[i] = (gint64) (ceil_mode ? ceil (steps) : floor (steps)) + 1;
      if (ceil_mode && (w.out[i] - 1) * w.stride[i] >= n + w.begin[i])
        w.out[i]--;
    }
  return w;
}

static void
convolve (const FlNaiveCall *call)
{
  const FlNaiveArray *x = call->inputs[0];
  const FlNaiveArray *k = call->inputs[1];
  const FlNaiveArray *b = call->n_inputs > 2 ? call->inputs[2] : NULL;
  gint64 group = fl_naive_int (call, "group", 1);
  Window w = read_window (call, x, &k->size[2]);
  FlNaiveArray *y = fl_naive_array_new (4, (gint64[]){ 1, k->size[0], w.out[0], w.out[1] });

  for (gint64 o = 0; o < k->size[0]; o++)
    for (gint64 row = 0; row < w.out[0]; row++)
      for (gint64 column = 0; column < w.out[1]; column++)
        {
          double sum = b != NULL ? b->data[o] : 0;

          for (gint64 c = 0; c < k->size[1]; c++)
            for (gint64 i = 0; i < w.kernel[0]; i++)
              for (gint64 j = 0; j < w.kernel[1]; j++)
                {
                  gint64 channel = o / (k->size[0] / group) * k->size[1] + c;
                  gint64 in_row = row * w.stride[0] - w.begin[0] + i * w.dilation[0];
                  gint64 in_column = column * w.stride[1] - w.begin[1] + j * w.dilation[1];

                  if (in_row >= 0 && in_row < x->size[2] && in_column >= 0
                      && in_column < x->size[3])
                    sum += *fl_naive_at (x, (gint64[]){ 0, channel, in_row, in_column })
                           * *fl_naive_at (k, (gint64[]){ o, c, i, j });
                }
          *fl_naive_at (y, (gint64[]){ 0, o, row, column }) = sum;
        }
  call->outputs[0] = y;
}

static void
pool (const FlNaiveCall *call, gboolean maximum)
{
  const FlNaiveArray *x = call->inputs[0];
  gboolean count_pads = fl_naive_int (call, "count_include_pad", 0) != 0;
  gint64 kernel[2];
  Window w;
  FlNaiveArray *y = NULL;

  fl_naive_ints (call, "kernel_shape", kernel);
  w = read_window (call, x, kernel);
  y = fl_naive_array_new (4, (gint64[]){ 1, x->size[1], w.out[0], w.out[1] });
  for (gint64 place = 0; place < y->count; place++)
    {
      gint64 at[4];
      double sum = 0, most = -INFINITY;
      int n_inside = 0, n_padded = 0;

      fl_naive_index (y, place, at);
      for (gint64 i = 0; i < w.kernel[0]; i++)
        for (gint64 j = 0; j < w.kernel[1]; j++)
          {
            gint64 row = at[2] * w.stride[0] - w.begin[0] + i * w.dilation[0];
            gint64 column = at[3] * w.stride[1] - w.begin[1] + j * w.dilation[1];

            if (row < x->size[2] + w.end[0] && column < x->size[3] + w.end[1])
              n_padded++;
            if (row >= 0 && row < x->size[2] && column >= 0 && column < x->size[3])
              {
                double value = *fl_naive_at (x, (gint64[]){ 0, at[1], row, column });

                n_inside++;
                sum += value;
                most = fmax (most, value);
              }
          }
      y->data[place] = maximum ? most : sum / (count_pads ? n_padded : n_inside);
    }
  call->outputs[0] = y;
}

gboolean
fl_naive_compute_window (const FlNaiveCall *call)
{
  if (strcmp (call->type, "Conv") == 0)
    convolve (call);
  else if (strcmp (call->type, "MaxPool") == 0)
    pool (call, TRUE);
  else if (strcmp (call->type, "AveragePool") == 0)
    pool (call, FALSE);
  else
    return FALSE;
  return TRUE;
}
