#include "engine/graph/view.h"

#include <string.h>

void
fl_view_set_order (FlView *view, const int *order)
{
  gint64 stride = 1;

  for (int i = view->shape.rank - 1; i >= 0; i--)
    {
      view->stride[order[i]] = stride;
      stride *= view->shape.size[order[i]];
    }
}

/* Moves on to the next element in row-major order; @at is its index, the result its place. */
static gint64
next_place (const FlView *view, gint64 *at, gint64 place)
{
  for (int axis = view->shape.rank - 1; axis >= 0; axis--)
    {
      place += view->stride[axis];
      if (++at[axis] < view->shape.size[axis])
        return place;
      place -= at[axis] * view->stride[axis];
      at[axis] = 0;
    }
  return place;
}

void
fl_view_read (const FlView *view, float *elements)
{
  gint64 at[FL_TENSOR_MAX_RANK] = { 0 };
  gint64 n = fl_shape_count (&view->shape);
  gint64 place = 0;

  for (gint64 i = 0; i < n; i++)
    {
      elements[i] = view->data[place];
      place = next_place (view, at, place);
    }
}

void
fl_view_write (const FlView *view, const float *elements)
{
  gint64 at[FL_TENSOR_MAX_RANK] = { 0 };
  gint64 n = fl_shape_count (&view->shape);
  gint64 place = 0;

  for (gint64 i = 0; i < n; i++)
    {
      view->data[place] = elements[i];
      place = next_place (view, at, place);
    }
}

void
fl_view_clear (const FlView *view)
{
  memset (view->data, 0, sizeof (float) * (gsize) fl_shape_count (&view->shape));
}

void
fl_view_clear_channel (const FlView *view, int channel)
{
  FlView one = *view;
  gint64 at[FL_TENSOR_MAX_RANK] = { 0 };
  gint64 n = 0;
  gint64 place = 0;

  g_return_if_fail (view->shape.rank >= 2 && channel < view->shape.size[1]);
  one.shape.size[1] = 1;
  one.data += channel * view->stride[1];
  n = fl_shape_count (&one.shape);
  for (gint64 i = 0; i < n; i++)
    {
      one.data[place] = 0;
      place = next_place (&one, at, place);
    }
}
