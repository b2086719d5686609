#include "engine/formats/resize.h"

#include "engine/core/error.h"
#include "engine/formats/picture-decoder.h"

#include <math.h>
#include <string.h>

/*
 * The arithmetic is Pillow's (Resample.c, Geometry.c), so that a network sees the very pixels it
 * was trained on: coefficients in double, normalised to sum 1, then rounded to fixed point; sums in
 * 32 bits.
 */
#define PRECISION_BITS (32 - 8 - 2)

/* One axis of a resize: for each place of the result, the run of source pixels that weigh in. */
typedef struct
{
  int n;
  int n_weights; /* places in @weights for each */
  int *starts;   /* owned */
  int *lengths;  /* owned; for NEAREST 1, or 0 outside the source */
  int *weights;  /* owned, NULL for NEAREST */
} Axis;

/* The source of a job, row by row. */
typedef struct
{
  const FlResizeJob *job; /* borrowed */
  const guint8 *pixels;   /* borrowed */
  int width;
  int height;
  gboolean as_grey;
  guint8 *line; /* owned, NULL where the picture's rows serve as they are */
} Source;

static void
axis_clear (Axis *axis)
{
  g_clear_pointer (&axis->starts, g_free);
  g_clear_pointer (&axis->lengths, g_free);
  g_clear_pointer (&axis->weights, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Axis, axis_clear)

static double
bilinear (double x)
{
  x = fabs (x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

static double
bicubic (double x)
{
  const double a = -0.5;

  x = fabs (x);
  if (x < 1.0)
    return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0)
    return (((x - 5) * x + 8) * x - 4) * a;
  return 0.0;
}

static gboolean
axis_alloc (Axis *axis, int n, int n_weights)
{
  axis->n = n;
  axis->n_weights = n_weights;
  axis->starts = g_try_new (int, n);
  axis->lengths = g_try_new (int, n);
  if (n_weights > 0)
    axis->weights = g_try_malloc_n ((gsize) n * (gsize) n_weights, sizeof (int));
  return axis->starts != NULL && axis->lengths != NULL && (n_weights == 0 || axis->weights != NULL);
}

/* Places first .. first + n - 1 of @out_size, from source pixels @from .. @to of @in_size. */
static gboolean
axis_init_filter (Axis *axis, FlResample resample, int in_size, float from, float to, int out_size,
                  int first, int n)
{
  double (*filter) (double) = resample == FL_RESAMPLE_BICUBIC ? bicubic : bilinear;
  double scale = (double) (to - from) / out_size;
  double filter_scale = MAX (scale, 1.0);
  double support = (resample == FL_RESAMPLE_BICUBIC ? 2.0 : 1.0) * filter_scale;
  double inverse = 1.0 / filter_scale;
  int n_weights = (int) ceil (support) * 2 + 1;
  g_autofree double *real = g_new (double, n_weights);

  if (!axis_alloc (axis, n, n_weights))
    return FALSE;
  for (int i = 0; i < n; i++)
    {
      int *weights = axis->weights + (gsize) i * n_weights;
      double centre = from + (first + i + 0.5) * scale;
      double sum = 0.0;
      int start = MAX ((int) (centre - support + 0.5), 0);
      int length = MIN ((int) (centre + support + 0.5), in_size) - start;

      for (int k = 0; k < length; k++)
        {
          real[k] = filter ((k + start - centre + 0.5) * inverse);
          sum += real[k];
        }
      for (int k = 0; k < length; k++)
        {
          double weight = (sum != 0.0 ? real[k] / sum : real[k]) * (1 << PRECISION_BITS);

          weights[k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
        }
      axis->starts[i] = start;
      axis->lengths[i] = length;
    }
  return TRUE;
}

static gboolean
axis_init_nearest (Axis *axis, int in_size, float from, float to, int out_size, int first, int n)
{
  double step = (double) (to - from) / out_size;
  double place = from + step * 0.5;

  if (!axis_alloc (axis, n, 0))
    return FALSE;
  /* Pillow adds step upon step, and the rounding of that decides which pixel is taken. */
  for (int i = 0; i < first; i++)
    place += step;
  for (int i = 0; i < n; i++, place += step)
    {
      int at = place < 0.0 ? -1 : (int) place;

      axis->starts[i] = CLAMP (at, 0, in_size - 1);
      axis->lengths[i] = at >= 0 && at < in_size ? 1 : 0;
    }
  return TRUE;
}

static gboolean
axis_init (Axis *axis, FlResample resample, int in_size, float from, float to, int out_size,
           int first, int n)
{
  return resample == FL_RESAMPLE_NEAREST
             ? axis_init_nearest (axis, in_size, from, to, out_size, first, n)
             : axis_init_filter (axis, resample, in_size, from, to, out_size, first, n);
}

static void
copy_row (guint8 *to, const guint8 *from, int n, gboolean as_grey)
{
  if (!as_grey)
    {
      memcpy (to, from, (gsize) n * 3);
      return;
    }
  for (int x = 0; x < n; x++, from += 3, to += 3)
    {
      guint grey = (from[0] * 19595u + from[1] * 38470u + from[2] * 7471u + 0x8000u) >> 16;

      to[0] = to[1] = to[2] = (guint8) grey;
    }
}

/* Row @y of the canvas; borrowed until the next call. */
static const guint8 *
source_row (Source *source, int y)
{
  const FlResizeJob *job = source->job;
  gint64 row = (gint64) job->y + y;
  gint64 left = MAX (job->x, 0);
  gint64 right = MIN ((gint64) job->x + job->canvas_width, source->width);

  if (source->line == NULL)
    return source->pixels + ((gsize) row * source->width + (gsize) job->x) * 3;
  memset (source->line, 255, (gsize) job->canvas_width * 3);
  if (row >= 0 && row < source->height && left < right)
    copy_row (source->line + (gsize) (left - job->x) * 3,
              source->pixels + ((gsize) row * source->width + (gsize) left) * 3,
              (int) (right - left), source->as_grey);
  return source->line;
}

static inline guint8
clip (int sum)
{
  sum >>= PRECISION_BITS;
  return (guint8) CLAMP (sum, 0, 255);
}

static void
resample_row (guint8 *to, const guint8 *row, const Axis *axis)
{
  for (int x = 0; x < axis->n; x++, to += 3)
    {
      const int *weights = axis->weights + (gsize) x * axis->n_weights;
      const guint8 *from = row + (gsize) axis->starts[x] * 3;
      int red = 1 << (PRECISION_BITS - 1);
      int green = red;
      int blue = red;

      for (int k = 0; k < axis->lengths[x]; k++)
        {
          red += from[3 * k] * weights[k];
          green += from[3 * k + 1] * weights[k];
          blue += from[3 * k + 2] * weights[k];
        }
      to[0] = clip (red);
      to[1] = clip (green);
      to[2] = clip (blue);
    }
}

/* @sums: scratch for @n sums. */
static void
resample_column (guint8 *to, const guint8 *rows, gsize stride, const int *weights, int length,
                 int *sums, gsize n)
{
  for (gsize i = 0; i < n; i++)
    sums[i] = 1 << (PRECISION_BITS - 1);
  for (int k = 0; k < length; k++)
    {
      const guint8 *row = rows + (gsize) k * stride;
      int weight = weights[k];

      for (gsize i = 0; i < n; i++)
        sums[i] += row[i] * weight;
    }
  for (gsize i = 0; i < n; i++)
    to[i] = clip (sums[i]);
}

static void
run_nearest (Source *source, const Axis *across, const Axis *down, guint8 *to, gsize stride)
{
  for (int y = 0; y < down->n; y++)
    {
      const guint8 *row;

      if (down->lengths[y] == 0)
        continue;
      row = source_row (source, down->starts[y]);
      for (int x = 0; x < across->n; x++)
        if (across->lengths[x] != 0)
          memcpy (to + (gsize) y * stride + (gsize) x * 3, row + (gsize) across->starts[x] * 3, 3);
    }
}

/*
 * A pass that would change nothing is left out, as in Pillow: it would not round. @across or @down
 * is NULL then, and the part is taken from @left or @top on.
 */
static gboolean
run_filter (Source *source, const Axis *across, const Axis *down, int left, int top, int width,
            int height, guint8 *to, gsize stride)
{
  gsize row_size = (gsize) width * 3;
  int first = down != NULL ? down->starts[0] : top;
  int end = down != NULL ? down->starts[height - 1] + down->lengths[height - 1] : top + height;
  g_autofree guint8 *rows = NULL;
  g_autofree int *sums = NULL;

  if (down != NULL)
    {
      rows = g_try_malloc_n ((gsize) (end - first), row_size);
      sums = g_try_new (int, row_size);
      if (rows == NULL || sums == NULL)
        return FALSE;
    }
  for (int y = first; y < end; y++)
    {
      gint64 picture_row = (gint64) source->job->y + y;
      const guint8 *row;
      guint8 *into = down != NULL ? rows + (gsize) (y - first) * row_size
                                  : to + (gsize) (y - first) * stride;

      /* White stays white: the weights' roundings do not reach half a step of 8 bits. */
      if (picture_row < 0 || picture_row >= source->height)
        {
          memset (into, 255, row_size);
          continue;
        }
      row = source_row (source, y);
      if (across != NULL)
        resample_row (into, row, across);
      else
        memcpy (into, row + (gsize) left * 3, row_size);
    }
  if (down != NULL)
    for (int y = 0; y < height; y++)
      resample_column (to + (gsize) y * stride, rows + (gsize) (down->starts[y] - first) * row_size,
                       row_size, down->weights + (gsize) y * down->n_weights, down->lengths[y],
                       sums, row_size);
  return TRUE;
}

static gboolean
run (FlPicture *picture, const FlResizeJob *job, const FlResizeBox *box, FlPicture *result)
{
  g_auto (Axis) across = { 0 };
  g_auto (Axis) down = { 0 };
  g_autofree guint8 *line = NULL;
  Source source = { .job = job,
                    .pixels = fl_picture_pixels (picture),
                    .width = fl_picture_width (picture),
                    .height = fl_picture_height (picture),
                    .as_grey = job->as_grey && !fl_picture_is_grey (picture) };
  /* The piece of the part that lies inside the resized picture. */
  int left = MAX (job->part_x, 0);
  int top = MAX (job->part_y, 0);
  int right = (int) MIN ((gint64) job->part_x + job->part_width, job->width);
  int bottom = (int) MIN ((gint64) job->part_y + job->part_height, job->height);
  gsize stride = (gsize) job->part_width * 3;
  guint8 *to;
  gboolean resamples_across, resamples_down;

  if (left >= right || top >= bottom)
    return TRUE;
  to = fl_picture_pixels_writable (result) + (gsize) (top - job->part_y) * stride
       + (gsize) (left - job->part_x) * 3;

  if (source.as_grey || job->x < 0 || job->y < 0 || job->canvas_width > source.width - job->x
      || job->canvas_height > source.height - job->y)
    {
      line = g_try_malloc_n (job->canvas_width, 3);
      source.line = line;
      if (line == NULL)
        return FALSE;
    }
  resamples_across
      = job->width != job->canvas_width || box->left != 0 || box->right != job->canvas_width;
  resamples_down
      = job->height != job->canvas_height || box->top != 0 || box->bottom != job->canvas_height;
  if ((resamples_across || job->resample == FL_RESAMPLE_NEAREST)
      && !axis_init (&across, job->resample, job->canvas_width, box->left, box->right, job->width,
                     left, right - left))
    return FALSE;
  if ((resamples_down || job->resample == FL_RESAMPLE_NEAREST)
      && !axis_init (&down, job->resample, job->canvas_height, box->top, box->bottom, job->height,
                     top, bottom - top))
    return FALSE;
  if (job->resample == FL_RESAMPLE_NEAREST)
    {
      run_nearest (&source, &across, &down, to, stride);
      return TRUE;
    }
  return run_filter (&source, resamples_across ? &across : NULL, resamples_down ? &down : NULL,
                     left, top, right - left, bottom - top, to, stride);
}

static FlPicture *
run_in_box (FlPicture *picture, const FlResizeJob *wanted, const FlResizeBox *box, GError **error)
{
  FlResizeJob job = *wanted;
  FlResizeBox whole;
  g_autoptr (FlPicture) result = NULL;

  if (job.canvas_width == 0)
    job.canvas_width = fl_picture_width (picture);
  if (job.canvas_height == 0)
    job.canvas_height = fl_picture_height (picture);
  if (job.part_width == 0)
    job.part_width = job.width;
  if (job.part_height == 0)
    job.part_height = job.height;
  whole = (FlResizeBox){ 0, 0, (float) job.canvas_width, (float) job.canvas_height };
  g_return_val_if_fail (job.canvas_width >= 1 && job.canvas_height >= 1, NULL);
  g_return_val_if_fail (job.width >= 1 && job.height >= 1, NULL);
  if (!fl_picture_check_size ("resized", (guint64) job.part_width, (guint64) job.part_height,
                              error))
    return NULL;

  result = fl_picture_try_new (job.part_width, job.part_height);
  if (result == NULL || !run (picture, &job, box != NULL ? box : &whole, result))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_LIMIT,
                   "no memory to resize a picture of %dx%d pixels to %dx%d",
                   fl_picture_width (picture), fl_picture_height (picture), job.width, job.height);
      return NULL;
    }
  fl_picture_set_grey (result, fl_picture_is_grey (picture) || job.as_grey);
  return g_steal_pointer (&result);
}

FlPicture *
fl_resize_run (FlPicture *picture, const FlResizeJob *job, GError **error)
{
  return run_in_box (picture, job, NULL, error);
}

FlPicture *
fl_resize (FlPicture *picture, int width, int height, FlResample resample, const FlResizeBox *box)
{
  FlResizeJob job = { .width = width, .height = height, .resample = resample };
  g_autoptr (GError) error = NULL;
  FlPicture *result;

  g_return_val_if_fail (width >= 1 && width <= FL_PICTURE_MAX_SIDE, NULL);
  g_return_val_if_fail (height >= 1 && height <= FL_PICTURE_MAX_SIDE, NULL);
  g_return_val_if_fail ((gint64) width * height <= FL_PICTURE_MAX_PIXELS, NULL);
  g_return_val_if_fail (box == NULL
                            || (box->left >= 0 && box->top >= 0 && box->left < box->right
                                && box->top < box->bottom
                                && box->right <= (float) fl_picture_width (picture)
                                && box->bottom <= (float) fl_picture_height (picture)),
                        NULL);

  result = run_in_box (picture, &job, box, &error);
  if (result == NULL)
    g_error ("%s", error->message);
  return result;
}
