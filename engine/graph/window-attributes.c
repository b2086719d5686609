#include "engine/graph/window-attributes.h"

#include "engine/core/error.h"

/* More than any real window, small enough that nothing below overflows an int. */
#define MAX_WINDOW_NUMBER (1 << 20)
#define MAX_AXIS (1 << 24)

/* Reads `n` numbers in [low, MAX_WINDOW_NUMBER] or leaves the fallbacks. */
static gboolean
read_numbers (const FlOperatorRequest *request, const char *key, int n, gint64 low, gint64 *numbers,
              GError **error)
{
  int length = 0;
  g_autofree gint64 *list = fl_attribute_ints (request, key, &length);

  if (list == NULL)
    return TRUE;
  if (length != n)
    return fl_operator_error (request, error, FL_ERROR_SHAPE, "%s has %d numbers, expected %d", key,
                              length, n);
  for (int i = 0; i < n; i++)
    {
      if (list[i] < low || list[i] > MAX_WINDOW_NUMBER)
        return fl_operator_error (request, error, FL_ERROR_RANGE,
                                  "%s is %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT " to %d",
                                  key, list[i], low, MAX_WINDOW_NUMBER);
      numbers[i] = list[i];
    }
  return TRUE;
}

gboolean
fl_window_axes (const FlOperatorRequest *request, const gint64 *kernel, FlWindowAxis *axes,
                GError **error)
{
  gint64 strides[2] = { 1, 1 };
  gint64 dilations[2] = { 1, 1 };
  gint64 pads[4] = { 0, 0, 0, 0 };
  g_autofree char *auto_pad = fl_attribute_text (request, "auto_pad");
  gboolean ceil_mode = fl_attribute_int (request, "ceil_mode", 0) != 0;
  gboolean upper = g_strcmp0 (auto_pad, "SAME_UPPER") == 0;
  gboolean same = upper || g_strcmp0 (auto_pad, "SAME_LOWER") == 0;
  gboolean valid = g_strcmp0 (auto_pad, "VALID") == 0;

  if (auto_pad != NULL && !same && !valid && g_strcmp0 (auto_pad, "NOTSET") != 0
      && auto_pad[0] != '\0')
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED,
                              "auto_pad is '%s', expected NOTSET, SAME_UPPER, SAME_LOWER or VALID",
                              auto_pad);
  if (!read_numbers (request, "strides", 2, 1, strides, error)
      || !read_numbers (request, "dilations", 2, 1, dilations, error)
      || !read_numbers (request, "pads", 4, 0, pads, error))
    return FALSE;
  for (int i = 0; i < 2; i++)
    {
      FlWindowAxis *axis = &axes[i];
      gint64 in = request->inputs[0].size[2 + i];
      gint64 reach = 0;
      gint64 span = 0;

      if (kernel[i] < 1 || kernel[i] > MAX_WINDOW_NUMBER)
        return fl_operator_error (request, error, FL_ERROR_RANGE,
                                  "window of %" G_GINT64_FORMAT ", expected 1 to %d", kernel[i],
                                  MAX_WINDOW_NUMBER);
      reach = (kernel[i] - 1) * dilations[i] + 1;
      if (in < 1 || in > MAX_AXIS || reach > MAX_AXIS)
        return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                  "window of %" G_GINT64_FORMAT " on an axis of %" G_GINT64_FORMAT,
                                  reach, in);
      axis->in = (int) in;
      axis->kernel = (int) kernel[i];
      axis->stride = (int) strides[i];
      axis->dilation = (int) dilations[i];
      axis->pad_begin = valid || same ? 0 : (int) pads[i];
      axis->pad_end = valid || same ? 0 : (int) pads[2 + i];
      if (same)
        {
          gint64 out = (in + strides[i] - 1) / strides[i];
          gint64 total = MAX (0, (out - 1) * strides[i] + reach - in);

          axis->pad_begin = (int) (upper ? total / 2 : total - total / 2);
          axis->pad_end = (int) total - axis->pad_begin;
        }
      span = in + axis->pad_begin + axis->pad_end - reach;
      if (span < 0 && !(ceil_mode && span > -strides[i]))
        return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                  "a window that spans %" G_GINT64_FORMAT
                                  " does not fit an axis of %" G_GINT64_FORMAT
                                  " with padding %d and %d",
                                  reach, in, axis->pad_begin, axis->pad_end);
      axis->out = span < 0 ? 0 : (int) (span / strides[i]) + 1;
      /* Rounded up, but the last window must begin inside the input or the padding before it. */
      if (ceil_mode && span % strides[i] != 0
          && (gint64) axis->out * strides[i] < in + axis->pad_begin)
        axis->out++;
    }
  return TRUE;
}
