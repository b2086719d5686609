#include "engine/graph/view-loop.h"

#include "engine/core/error.h"

void
fl_view_loop_init (FlStridedLoop *loop, const FlShape *shape)
{
  fl_strided_loop_init (loop, shape->rank, shape->size);
}

void
fl_view_loop_add (FlStridedLoop *loop, const FlView *view)
{
  int64_t stride[FL_LOOP_MAX_AXES] = { 0 };
  int first = loop->n_axes - view->shape.rank;

  g_assert (first >= 0);
  for (int i = 0; i < view->shape.rank; i++)
    if (view->shape.size[i] != 1)
      stride[first + i] = view->stride[i];
  fl_strided_loop_add (loop, view->data, stride);
}

void
fl_view_copy (FlPool *pool, const FlView *to, const FlView *from)
{
  FlStridedLoop loop;

  fl_view_loop_init (&loop, &to->shape);
  fl_view_loop_add (&loop, to);
  fl_view_loop_add (&loop, from);
  fl_strided_copy (&loop, pool);
}

void
fl_view_add (FlPool *pool, const FlView *to, const FlView *from)
{
  FlStridedLoop loop;

  fl_view_loop_init (&loop, &to->shape);
  fl_view_loop_add (&loop, to);
  fl_view_loop_add (&loop, from);
  fl_strided_add (&loop, pool);
}

char *
fl_shape_text (const FlShape *shape)
{
  return fl_shape_to_string (shape->rank, shape->size);
}

gboolean
fl_shape_broadcast (const FlOperatorRequest *request, const FlShape *a, const FlShape *b,
                    FlShape *result, GError **error)
{
  int rank = MAX (a->rank, b->rank);
  gsize size = 0;

  result->rank = rank;
  for (int i = 0; i < rank; i++)
    {
      gint64 x = i + a->rank >= rank ? a->size[i + a->rank - rank] : 1;
      gint64 y = i + b->rank >= rank ? b->size[i + b->rank - rank] : 1;

      if (x != y && x != 1 && y != 1)
        {
          g_autofree char *text_a = fl_shape_text (a);
          g_autofree char *text_b = fl_shape_text (b);

          return fl_operator_error (request, error, FL_ERROR_SHAPE,
                                    "shapes %s and %s do not fit one another", text_a, text_b);
        }
      result->size[i] = x == 1 ? y : x;
    }
  if (!fl_shape_size (rank, result->size, &size) || size == 0)
    return fl_operator_error (request, error, FL_ERROR_SHAPE,
                              "its output would be empty or too large");
  return TRUE;
}

gboolean
fl_axis_from_attribute (const FlOperatorRequest *request, gint64 value, int rank, int *axis,
                        GError **error)
{
  if (value < -rank || value >= rank)
    return fl_operator_error (request, error, FL_ERROR_RANGE,
                              "axis %" G_GINT64_FORMAT " of a value of rank %d", value, rank);
  *axis = (int) (value < 0 ? value + rank : value);
  return TRUE;
}
