#include "engine/core/tensor.h"

#include <string.h>

struct _FlTensor
{
  gatomicrefcount references;
  int rank;
  gint64 shape[FL_TENSOR_MAX_RANK];
  gsize size;
  const float *data; /* borrowed: from bytes, or owned below */
  float *owned;      /* owned, nullable */
  GBytes *bytes;     /* owned, nullable */
  FlTensor *base;    /* owned, nullable: whose elements these are */
};

gboolean
fl_shape_size (int rank, const gint64 *shape, gsize *size)
{
  const gint64 limit = G_GINT64_CONSTANT (1) << 40;
  gint64 product = 1;

  for (int i = 0; i < rank; i++)
    if (shape[i] < 0 || shape[i] > limit)
      return FALSE;
  for (int i = 0; i < rank; i++)
    {
      if (shape[i] > 0 && product > limit / shape[i])
        return FALSE;
      product *= shape[i];
    }
  *size = (gsize) product;
  return TRUE;
}

char *
fl_shape_to_string (int rank, const gint64 *shape)
{
  GString *text = g_string_new (rank == 0 ? "scalar" : NULL);

  for (int i = 0; i < rank; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "x" : "", shape[i]);
  return g_string_free (text, FALSE);
}

static FlTensor *
tensor_alloc (int rank, const gint64 *shape)
{
  FlTensor *tensor = NULL;
  gsize size = 0;

  g_return_val_if_fail (rank >= 0 && rank <= FL_TENSOR_MAX_RANK, NULL);
  g_return_val_if_fail (fl_shape_size (rank, shape, &size), NULL);

  tensor = g_new0 (FlTensor, 1);
  g_atomic_ref_count_init (&tensor->references);
  tensor->rank = rank;
  for (int i = 0; i < rank; i++)
    tensor->shape[i] = shape[i];
  tensor->size = size;
  return tensor;
}

FlTensor *
fl_tensor_new (int rank, const gint64 *shape)
{
  FlTensor *tensor = tensor_alloc (rank, shape);

  if (tensor != NULL)
    {
      tensor->owned = g_malloc0_n (MAX (tensor->size, 1), sizeof (float));
      tensor->data = tensor->owned;
    }
  return tensor;
}

FlTensor *
fl_tensor_new_from_data (int rank, const gint64 *shape, const float *data)
{
  FlTensor *tensor = tensor_alloc (rank, shape);

  if (tensor != NULL)
    {
      tensor->owned = g_malloc_n (MAX (tensor->size, 1), sizeof (float));
      if (tensor->size > 0)
        memcpy (tensor->owned, data, tensor->size * sizeof (float));
      tensor->data = tensor->owned;
    }
  return tensor;
}

FlTensor *
fl_tensor_new_from_bytes (int rank, const gint64 *shape, GBytes *bytes)
{
  g_autoptr (FlTensor) tensor = tensor_alloc (rank, shape);
  const void *data = g_bytes_get_data (bytes, NULL);

  g_return_val_if_fail (tensor != NULL, NULL);
  g_return_val_if_fail (g_bytes_get_size (bytes) == tensor->size * sizeof (float), NULL);
  g_return_val_if_fail ((guintptr) data % sizeof (float) == 0, NULL);

  tensor->bytes = g_bytes_ref (bytes);
  tensor->data = data;
  return g_steal_pointer (&tensor);
}

FlTensor *
fl_tensor_reshape (FlTensor *tensor, int rank, const gint64 *shape)
{
  g_autoptr (FlTensor) reshaped = tensor_alloc (rank, shape);

  g_return_val_if_fail (reshaped != NULL && reshaped->size == tensor->size, NULL);
  reshaped->base = fl_tensor_ref (tensor);
  reshaped->data = tensor->data;
  return g_steal_pointer (&reshaped);
}

FlTensor *
fl_tensor_ref (FlTensor *tensor)
{
  g_atomic_ref_count_inc (&tensor->references);
  return tensor;
}

void
fl_tensor_unref (FlTensor *tensor)
{
  if (!g_atomic_ref_count_dec (&tensor->references))
    return;
  g_clear_pointer (&tensor->bytes, g_bytes_unref);
  g_clear_pointer (&tensor->base, fl_tensor_unref);
  g_free (tensor->owned);
  g_free (tensor);
}

int
fl_tensor_rank (const FlTensor *tensor)
{
  return tensor->rank;
}

const gint64 *
fl_tensor_shape (const FlTensor *tensor)
{
  return tensor->shape;
}

gsize
fl_tensor_size (const FlTensor *tensor)
{
  return tensor->size;
}

const float *
fl_tensor_data (const FlTensor *tensor)
{
  return tensor->data;
}

float *
fl_tensor_data_writable (FlTensor *tensor)
{
  g_return_val_if_fail (tensor->owned != NULL, NULL);
  return tensor->owned;
}
