#include "tests/support/naive-array.h"

#include <string.h>

FlNaiveArray *
fl_naive_array_new (int rank, const gint64 *size)
{
  FlNaiveArray *array = g_new0 (FlNaiveArray, 1);

  g_assert_cmpint (rank, <=, FL_NAIVE_MAX_RANK);
  array->rank = rank;
  array->count = 1;
  for (int i = 0; i < rank; i++)
    {
      array->size[i] = size[i];
      array->count *= size[i];
    }
  array->data = g_new0 (double, MAX (array->count, 1));
  return array;
}

FlNaiveArray *
fl_naive_array_copy (const FlNaiveArray *array)
{
  FlNaiveArray *copy = fl_naive_array_new (array->rank, array->size);

  memcpy (copy->data, array->data, (gsize) array->count * sizeof (double));
  return copy;
}

void
fl_naive_array_free (FlNaiveArray *array)
{
  if (array != NULL)
    g_free (array->data);
  g_free (array);
}

double *
fl_naive_at (const FlNaiveArray *array, const gint64 *index)
{
  gint64 place = 0;

  for (int i = 0; i < array->rank; i++)
    {
      g_assert (index[i] >= 0 && index[i] < array->size[i]);
      place = place * array->size[i] + index[i];
    }
  return &array->data[place];
}

double *
fl_naive_at_broadcast (const FlNaiveArray *array, int rank, const gint64 *index)
{
  gint64 own[FL_NAIVE_MAX_RANK];

  for (int i = 0; i < array->rank; i++)
    own[i] = array->size[i] == 1 ? 0 : index[rank - array->rank + i];
  return fl_naive_at (array, own);
}

void
fl_naive_index (const FlNaiveArray *array, gint64 i, gint64 *index)
{
  for (int axis = array->rank - 1; axis >= 0; axis--)
    {
      index[axis] = i % array->size[axis];
      i /= array->size[axis];
    }
}
