#include "engine/formats/input-tensor.h"

#include "engine/core/error.h"
#include "engine/formats/bounded-file.h"
#include "engine/formats/npy.h"
#include "engine/formats/number-text.h"
#include "engine/formats/picture-file.h"
#include "engine/formats/resize.h"

#include <math.h>

#define MAX_FILE_SIZE (1u << 30)

/* Python's round (): halves go to the even neighbour. @doubled is twice the number, at least 0. */
static int
round_half_even (int doubled)
{
  int down = doubled / 2;

  return doubled % 2 != 0 && down % 2 != 0 ? down + 1 : down;
}

/* Where a crop of @crop pixels begins, as in torchvision's center_crop (); black if negative. */
static int
crop_start (int size, int crop)
{
  return crop > size ? -((crop - size) / 2) : round_half_even (size - crop);
}

static gboolean
plan_short_side (FlResizeJob *job, FlPicture *picture, const FlInputPreparation *preparation,
                 GError **error)
{
  int width = fl_picture_width (picture);
  int height = fl_picture_height (picture);
  gint64 size = preparation->resize_size;
  gint64 long_side = size * MAX (width, height) / MIN (width, height);

  if (long_side > G_MAXINT / 4)
    {
      g_set_error (
          error, FL_ERROR, FL_ERROR_LIMIT,
          "a picture of %dx%d pixels with its short side resized to %d would be %" G_GINT64_FORMAT
          " pixels long, expected at most %d",
          width, height, preparation->resize_size, long_side, G_MAXINT / 4);
      return FALSE;
    }
  job->width = (int) (width <= height ? size : long_side);
  job->height = (int) (width <= height ? long_side : size);
  job->part_x = crop_start (job->width, preparation->width);
  job->part_y = crop_start (job->height, preparation->height);
  job->part_width = preparation->width;
  job->part_height = preparation->height;
  return TRUE;
}

static void
plan_square (FlResizeJob *job, FlPicture *picture, int side)
{
  /* Shifted down like Python's //, so that inside and outside squares begin alike. */
  job->x = (fl_picture_width (picture) - side) >> 1;
  job->y = (fl_picture_height (picture) - side) >> 1;
  job->canvas_width = side;
  job->canvas_height = side;
}

/* How @picture becomes what the network sees. */
static gboolean
plan (FlResizeJob *job, FlPicture *picture, const FlInputPreparation *preparation, GError **error)
{
  int width = fl_picture_width (picture);
  int height = fl_picture_height (picture);

  *job = (FlResizeJob){ .as_grey = preparation->channels == FL_CHANNELS_GREY,
                        .width = preparation->width,
                        .height = preparation->height,
                        .resample = preparation->resample };
  switch (preparation->rule)
    {
    case FL_RESIZE_SHORT_SIDE:
      return plan_short_side (job, picture, preparation, error);
    case FL_RESIZE_CENTRE_CROP:
      plan_square (job, picture,
                   MAX ((int) floor (MIN (width, height) * preparation->resize_fraction + 0.5), 1));
      break;
    case FL_RESIZE_FIT:
      plan_square (job, picture, MAX (width, height));
      break;
    case FL_RESIZE_STRETCH:
    default:
      break;
    }
  return TRUE;
}

FlPicture *
fl_input_tensor_view (FlPicture *picture, const FlInputPreparation *preparation, GError **error)
{
  FlResizeJob job;

  g_return_val_if_fail (picture != NULL, NULL);
  g_return_val_if_fail (preparation->width >= 1 && preparation->width <= FL_INPUT_TENSOR_MAX_SIDE,
                        NULL);
  g_return_val_if_fail (preparation->height >= 1 && preparation->height <= FL_INPUT_TENSOR_MAX_SIDE,
                        NULL);
  g_return_val_if_fail (preparation->rule != FL_RESIZE_SHORT_SIDE || preparation->resize_size >= 1,
                        NULL);
  g_return_val_if_fail (
      preparation->rule != FL_RESIZE_CENTRE_CROP
          || (preparation->resize_fraction > 0 && preparation->resize_fraction <= 1),
      NULL);

  if (!plan (&job, picture, preparation, error))
    return NULL;
  if (preparation->rule == FL_RESIZE_STRETCH && fl_picture_width (picture) == job.width
      && fl_picture_height (picture) == job.height
      && (!job.as_grey || fl_picture_is_grey (picture)))
    return fl_picture_ref (picture);
  return fl_resize_run (picture, &job, error);
}

gboolean
fl_input_tensor_locate (FlPicture *picture, const FlInputPreparation *preparation, int column,
                        int row, int *input_column, int *input_row)
{
  FlResizeJob job;
  int canvas_width, canvas_height;
  double x, y;

  g_return_val_if_fail (picture != NULL, FALSE);

  if (!plan (&job, picture, preparation, NULL))
    return FALSE;
  canvas_width = job.canvas_width > 0 ? job.canvas_width : fl_picture_width (picture);
  canvas_height = job.canvas_height > 0 ? job.canvas_height : fl_picture_height (picture);
  x = floor ((column - job.x + 0.5) * job.width / canvas_width) - job.part_x;
  y = floor ((row - job.y + 0.5) * job.height / canvas_height) - job.part_y;
  if (!(x >= 0 && x < preparation->width && y >= 0 && y < preparation->height))
    return FALSE;
  *input_column = (int) x;
  *input_row = (int) y;
  return TRUE;
}

/* The place of the preparation's channel @c among red, green, blue. */
static int
picture_channel (const FlInputPreparation *preparation, int c)
{
  return preparation->channels == FL_CHANNELS_BGR ? 2 - c : c;
}

FlTensor *
fl_input_tensor_from_picture (FlPicture *picture, const FlInputPreparation *preparation,
                              GError **error)
{
  g_autoptr (FlPicture) view = NULL;
  g_autoptr (FlTensor) tensor = NULL;
  int n_channels = fl_input_preparation_n_channels (preparation);
  gint64 shape[] = { n_channels, preparation->height, preparation->width };
  gsize n_pixels = (gsize) preparation->width * (gsize) preparation->height;
  float values[3][256];
  float *to;

  for (int c = 0; c < n_channels; c++)
    for (int pixel = 0; pixel < 256; pixel++)
      {
        double value = (pixel * preparation->scale - preparation->mean[c]) / preparation->std[c];

        values[c][pixel] = (float) value;
        if (!isfinite (values[c][pixel]))
          {
            char text[FL_NUMBER_TEXT_SIZE];

            g_set_error (error, FL_ERROR, FL_ERROR_NOT_FINITE,
                         "the network's card makes %s of pixel value %d in channel %d, expected a "
                         "finite float32",
                         fl_number_text_brief (text, value), pixel, c);
            return NULL;
          }
      }
  view = fl_input_tensor_view (picture, preparation, error);
  if (view == NULL)
    return NULL;

  tensor = fl_tensor_new (3, shape);
  to = fl_tensor_data_writable (tensor);
  for (int c = 0; c < n_channels; c++)
    {
      const guint8 *from = fl_picture_pixels (view) + picture_channel (preparation, c);

      for (gsize i = 0; i < n_pixels; i++)
        *to++ = values[c][from[3 * i]];
    }
  return g_steal_pointer (&tensor);
}

static FlTensor *
take_prepared (GBytes *bytes, const char *path, const FlInputPreparation *preparation,
               int n_channels, GError **error)
{
  g_autoptr (FlTensor) stored = fl_npy_load_bytes (bytes, path, error);
  gint64 expected[] = { n_channels, preparation->height, preparation->width };
  g_autofree char *name = fl_bounded_file_display_name (path);
  const gint64 *shape;
  const float *data;
  int rank;

  if (stored == NULL)
    return NULL;
  rank = fl_tensor_rank (stored);
  shape = fl_tensor_shape (stored);
  if (!(rank == 3 || (rank == 4 && shape[0] == 1)) || shape[rank - 3] != expected[0]
      || shape[rank - 2] != expected[1] || shape[rank - 1] != expected[2])
    {
      g_autofree char *met = fl_shape_to_string (rank, shape);
      g_autofree char *wanted = fl_shape_to_string (3, expected);

      g_set_error (error, FL_ERROR, FL_ERROR_SHAPE,
                   "NPY '%s': its shape is %s, the network's input is %s", name, met, wanted);
      return NULL;
    }
  data = fl_tensor_data (stored);
  for (gsize i = 0; i < fl_tensor_size (stored); i++)
    if (!isfinite (data[i]))
      {
        gsize area = (gsize) (expected[1] * expected[2]);

        g_set_error (error, FL_ERROR, FL_ERROR_NOT_FINITE,
                     "NPY '%s': element [%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT
                     "] is %s, expected a finite number",
                     name, i / area, i % area / (gsize) expected[2], i % (gsize) expected[2],
                     isnan (data[i]) ? "not a number" : "infinite");
        return NULL;
      }
  return fl_tensor_reshape (stored, 3, expected);
}

FlTensor *
fl_input_tensor_load (const char *path, const FlInputPreparation *preparation, int n_channels,
                      FlPicture **picture, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (FlPicture) decoded = NULL;
  g_autoptr (FlTensor) input = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  bytes = fl_bounded_file_read (path, MAX_FILE_SIZE, error);
  if (bytes == NULL)
    return NULL;
  if (fl_npy_is_npy (bytes))
    input = take_prepared (bytes, path, preparation, n_channels, error);
  else if (n_channels != fl_input_preparation_n_channels (preparation))
    {
      g_autofree char *name = fl_bounded_file_display_name (path);

      g_set_error (error, FL_ERROR, FL_ERROR_SHAPE,
                   "'%s': a picture for a network of %d channels, expected an NPY file of "
                   "[%d,%d,%d]",
                   name, n_channels, n_channels, preparation->height, preparation->width);
    }
  else
    {
      decoded = fl_picture_load_bytes (bytes, path, error);
      if (decoded != NULL)
        input = fl_input_tensor_from_picture (decoded, preparation, error);
    }
  if (input != NULL && picture != NULL)
    *picture = g_steal_pointer (&decoded);
  return g_steal_pointer (&input);
}

FlPicture *
fl_input_tensor_to_picture (FlTensor *input, const FlInputPreparation *preparation)
{
  const gint64 *shape = fl_tensor_shape (input);
  int n_channels = fl_input_preparation_n_channels (preparation) == 3 && shape[0] == 3 ? 3 : 1;
  FlPicture *picture;
  guint8 *to;
  gsize n_pixels;

  g_return_val_if_fail (fl_tensor_rank (input) == 3 && shape[0] >= 1, NULL);
  g_return_val_if_fail (shape[1] >= 1 && shape[1] <= FL_INPUT_TENSOR_MAX_SIDE, NULL);
  g_return_val_if_fail (shape[2] >= 1 && shape[2] <= FL_INPUT_TENSOR_MAX_SIDE, NULL);

  picture = fl_picture_new ((int) shape[2], (int) shape[1], NULL, 0);
  to = fl_picture_pixels_writable (picture);
  n_pixels = (gsize) (shape[1] * shape[2]);
  for (int c = 0; c < n_channels; c++)
    {
      const float *from = fl_tensor_data (input) + (gsize) c * n_pixels;

      for (gsize i = 0; i < n_pixels; i++)
        {
          double value = from[i] * preparation->std[c] + preparation->mean[c];
          guint8 pixel = (guint8) CLAMP (floor (value / preparation->scale + 0.5), 0, 255);

          if (n_channels == 1)
            to[3 * i] = to[3 * i + 1] = to[3 * i + 2] = pixel;
          else
            to[3 * i + (gsize) picture_channel (preparation, c)] = pixel;
        }
    }
  fl_picture_set_grey (picture, n_channels == 1);
  return picture;
}
