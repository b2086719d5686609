#include "tests/support/onnx-writer.h"

#include <string.h>

struct _FlOnnxWriter
{
  int opset;
  GByteArray *graph; /* owned */
};

static void
put_varint (GByteArray *message, guint64 value)
{
  do
    {
      guint8 byte = (guint8) ((value & 0x7f) | (value > 0x7f ? 0x80 : 0));

      g_byte_array_append (message, &byte, 1);
      value >>= 7;
    }
  while (value > 0);
}

void
fl_wire_number (GByteArray *message, guint32 field, guint64 value)
{
  put_varint (message, (guint64) field << 3);
  put_varint (message, value);
}

void
fl_wire_bytes (GByteArray *message, guint32 field, gconstpointer data, gsize size)
{
  put_varint (message, (guint64) field << 3 | 2);
  put_varint (message, size);
  if (size > 0)
    g_byte_array_append (message, data, (guint) size);
}

void
fl_wire_text (GByteArray *message, guint32 field, const char *text)
{
  fl_wire_bytes (message, field, text, strlen (text));
}

void
fl_wire_float (GByteArray *message, guint32 field, float value)
{
  put_varint (message, (guint64) field << 3 | 5);
  g_byte_array_append (message, (const guint8 *) &value, 4);
}

void
fl_wire_message (GByteArray *message, guint32 field, GByteArray *child)
{
  fl_wire_bytes (message, field, child->data, child->len);
  g_byte_array_unref (child);
}

void
fl_wire_numbers (GByteArray *message, guint32 field, gsize n, const gint64 *values)
{
  for (gsize i = 0; i < n; i++)
    fl_wire_number (message, field, (guint64) values[i]);
}

void
fl_wire_packed (GByteArray *message, guint32 field, gsize n, const gint64 *values)
{
  GByteArray *packed = g_byte_array_new ();

  for (gsize i = 0; i < n; i++)
    put_varint (packed, (guint64) values[i]);
  fl_wire_message (message, field, packed);
}

GByteArray *
fl_onnx_write_tensor (const char *name, int type, int rank, const gint64 *shape)
{
  GByteArray *tensor = g_byte_array_new ();

  fl_wire_numbers (tensor, 1, (gsize) rank, shape);
  fl_wire_number (tensor, 2, (guint64) type);
  fl_wire_text (tensor, 8, name);
  return tensor;
}

FlOnnxWriter *
fl_onnx_writer_new (int opset)
{
  FlOnnxWriter *writer = g_new0 (FlOnnxWriter, 1);

  writer->opset = opset;
  writer->graph = g_byte_array_new ();
  fl_wire_text (writer->graph, 2, "test");
  return writer;
}

void
fl_onnx_writer_free (FlOnnxWriter *writer)
{
  g_byte_array_unref (writer->graph);
  g_free (writer);
}

/* Sizes of "1,3,?": -1 for "?". Returns the rank. */
static int
parse_shape (const char *text, gint64 *shape)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  int rank = 0;

  for (char **part = parts; *part != NULL; part++)
    shape[rank++] = g_str_equal (*part, "?") ? -1 : g_ascii_strtoll (*part, NULL, 10);
  return rank;
}

static gsize
count_elements (int rank, const gint64 *shape)
{
  gsize n = 1;

  for (int i = 0; i < rank; i++)
    n *= (gsize) shape[i];
  return n;
}

void
fl_onnx_writer_input (FlOnnxWriter *writer, const char *name, int type, const char *shape)
{
  gint64 sizes[16];
  int rank = parse_shape (shape, sizes);
  GByteArray *axes = g_byte_array_new ();
  GByteArray *tensor_type = g_byte_array_new ();
  GByteArray *outer = g_byte_array_new ();
  GByteArray *value = g_byte_array_new ();

  for (int i = 0; i < rank; i++)
    {
      GByteArray *axis = g_byte_array_new ();

      if (sizes[i] >= 0)
        fl_wire_number (axis, 1, (guint64) sizes[i]);
      else
        fl_wire_text (axis, 2, "open");
      fl_wire_message (axes, 1, axis);
    }
  fl_wire_number (tensor_type, 1, (guint64) type);
  fl_wire_message (tensor_type, 2, axes);
  fl_wire_message (outer, 1, tensor_type);
  fl_wire_text (value, 1, name);
  fl_wire_message (value, 2, outer);
  fl_wire_message (writer->graph, 11, value);
}

void
fl_onnx_writer_output (FlOnnxWriter *writer, const char *name)
{
  GByteArray *value = g_byte_array_new ();

  fl_wire_text (value, 1, name);
  fl_wire_message (writer->graph, 12, value);
}

void
fl_onnx_writer_tensor (FlOnnxWriter *writer, GByteArray *tensor)
{
  fl_wire_message (writer->graph, 5, tensor);
}

void
fl_onnx_writer_floats (FlOnnxWriter *writer, const char *name, const char *shape,
                       const float *values)
{
  gint64 sizes[16];
  int rank = parse_shape (shape, sizes);
  GByteArray *tensor = fl_onnx_write_tensor (name, 1, rank, sizes);

  fl_wire_bytes (tensor, 9, values, count_elements (rank, sizes) * sizeof (float));
  fl_onnx_writer_tensor (writer, tensor);
}

void
fl_onnx_writer_weight (FlOnnxWriter *writer, const char *name, const char *shape)
{
  gint64 sizes[16];
  gsize n = count_elements (parse_shape (shape, sizes), sizes);
  g_autofree float *values = g_new (float, n + 1);

  for (gsize i = 0; i < n; i++)
    values[i] = 0.25f * (float) (i % 7 + 1) * (i % 2 == 0 ? 1.f : -1.f);
  fl_onnx_writer_floats (writer, name, shape, values);
}

void
fl_onnx_writer_integers (FlOnnxWriter *writer, const char *name, const char *shape,
                         const gint64 *values)
{
  gint64 sizes[16];
  int rank = parse_shape (shape, sizes);
  GByteArray *tensor = fl_onnx_write_tensor (name, 7, rank, sizes);

  fl_wire_bytes (tensor, 9, values, count_elements (rank, sizes) * sizeof (gint64));
  fl_onnx_writer_tensor (writer, tensor);
}

/* "axis:i=1" */
static GByteArray *
write_attribute (const char *spec)
{
  const char *colon = strchr (spec, ':');
  const char *equals = strchr (spec, '=');
  GByteArray *attribute = g_byte_array_new ();
  g_autofree char *name = NULL;
  g_autofree char *form = NULL;
  const char *value;

  g_assert (colon != NULL && equals != NULL && colon < equals);
  name = g_strndup (spec, (gsize) (colon - spec));
  form = g_strndup (colon + 1, (gsize) (equals - colon - 1));
  value = equals + 1;
  fl_wire_text (attribute, 1, name);
  if (g_str_equal (form, "f"))
    {
      fl_wire_float (attribute, 2, (float) g_ascii_strtod (value, NULL));
      fl_wire_number (attribute, 20, 1);
    }
  else if (g_str_equal (form, "i"))
    {
      fl_wire_number (attribute, 3, (guint64) g_ascii_strtoll (value, NULL, 10));
      fl_wire_number (attribute, 20, 2);
    }
  else if (g_str_equal (form, "s"))
    {
      fl_wire_text (attribute, 4, value);
      fl_wire_number (attribute, 20, 3);
    }
  else if (g_str_equal (form, "t"))
    {
      GByteArray *tensor = fl_onnx_write_tensor ("", 7, 0, NULL);
      gint64 number = g_ascii_strtoll (value, NULL, 10);

      fl_wire_packed (tensor, 7, 1, &number);
      fl_wire_message (attribute, 5, tensor);
      fl_wire_number (attribute, 20, 4);
    }
  else
    {
      gint64 numbers[16];
      int n = *value != '\0' ? parse_shape (value, numbers) : 0;

      g_assert_cmpstr (form, ==, "is");
      fl_wire_packed (attribute, 8, (gsize) n, numbers);
      fl_wire_number (attribute, 20, 7);
    }
  return attribute;
}

static void
write_names (GByteArray *node, guint32 field, const char *names)
{
  g_auto (GStrv) parts = g_strsplit (names, " ", -1);

  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      fl_wire_text (node, field, g_str_equal (*part, "-") ? "" : *part);
}

void
fl_onnx_writer_node (FlOnnxWriter *writer, const char *type, const char *name, const char *inputs,
                     const char *outputs, const char *attributes)
{
  GByteArray *node = g_byte_array_new ();
  g_auto (GStrv) specs = g_strsplit (attributes, " ", -1);

  write_names (node, 1, inputs);
  write_names (node, 2, outputs);
  if (*name != '\0')
    fl_wire_text (node, 3, name);
  fl_wire_text (node, 4, type);
  for (char **spec = specs; *spec != NULL; spec++)
    if (**spec != '\0')
      fl_wire_message (node, 5, write_attribute (*spec));
  fl_wire_message (writer->graph, 1, node);
}

GBytes *
fl_onnx_writer_bytes (FlOnnxWriter *writer)
{
  GByteArray *model = g_byte_array_new ();
  GByteArray *opset = g_byte_array_new ();

  fl_wire_number (model, 1, 8);
  fl_wire_text (model, 2, "tests");
  fl_wire_bytes (model, 7, writer->graph->data, writer->graph->len);
  fl_wire_text (opset, 1, "");
  fl_wire_number (opset, 2, (guint64) writer->opset);
  fl_wire_message (model, 8, opset);
  return g_byte_array_free_to_bytes (model);
}

void
fl_onnx_writer_save (FlOnnxWriter *writer, const char *path)
{
  g_autoptr (GBytes) bytes = fl_onnx_writer_bytes (writer);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                       &error);
  g_assert_no_error (error);
}
