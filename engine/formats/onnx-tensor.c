#include "engine/formats/onnx-tensor.h"

#include "engine/core/error.h"
#include "engine/formats/bounded-file.h"
#include "engine/formats/onnx-wire.h"

#include <stdlib.h>
#include <string.h>

/*
 * Where the elements of a TensorProto stand:
 *
 *   raw_data (9)     any type, as in memory
 *   float_data (4)   float
 *   int32_data (5)   int32, int16, int8, uint16, uint8, bool, and the bits of float16 and bfloat16
 *   int64_data (7)   int64
 *   double_data (10) double
 *   uint64_data (11) uint64, uint32
 *   external_data (13), where data_location (14) is 1: location, offset and length of raw data in a
 * file
 */
#define RAW_DATA 9
#define DATA_LOCATION_EXTERNAL 1

typedef struct
{
  guint32 number;
  FlWireType type; /* of one element */
  const char *name;
} DataField;

static DataField
data_field (FlOnnxType type)
{
  switch (type)
    {
    case FL_ONNX_FLOAT:
      return (DataField){ 4, FL_WIRE_FIXED32, "float_data" };
    case FL_ONNX_DOUBLE:
      return (DataField){ 10, FL_WIRE_FIXED64, "double_data" };
    case FL_ONNX_INT64:
      return (DataField){ 7, FL_WIRE_VARINT, "int64_data" };
    case FL_ONNX_UINT32:
    case FL_ONNX_UINT64:
      return (DataField){ 11, FL_WIRE_VARINT, "uint64_data" };
    default:
      return (DataField){ 5, FL_WIRE_VARINT, "int32_data" };
    }
}

/* Takes over @bytes. */
static FlOnnxConstant *
constant_over_bytes (FlOnnxType type, int rank, const gint64 *shape, gsize size, GBytes *bytes)
{
  FlOnnxConstant *constant = g_new0 (FlOnnxConstant, 1);

  constant->references = 1;
  constant->type = type;
  constant->rank = rank;
  for (int i = 0; i < rank; i++)
    constant->shape[i] = shape[i];
  constant->size = size;
  constant->bytes = bytes;
  constant->data = g_bytes_get_data (bytes, NULL);
  return constant;
}

/* Stores the elements of one field and counts them; those beyond the size are only counted. */
static gboolean
read_elements (FlOnnxConstant *constant, const DataField *data, const FlOnnxWire *wire,
               const FlOnnxField *field, gsize *count, GError **error)
{
  FlOnnxWire packed = *wire;

  packed.position = field->content;
  packed.end = field->content + field->length;
  if (field->type != data->type && field->type != FL_WIRE_BYTES)
    return fl_onnx_wire_error (wire, field->start, error, "'%s' has wire type %d, expected %d",
                               data->name, (int) field->type, (int) data->type);

  if (data->type == FL_WIRE_VARINT)
    while (packed.position < packed.end)
      {
        guint64 value;

        if (!fl_onnx_wire_varint (&packed, &value, error))
          return FALSE;
        if (*count < constant->size)
          {
            guint16 bits = (guint16) value;

            /* The halves stand there as bits, not as numbers. */
            if (fl_onnx_type_is_float (constant->type))
              memcpy ((guint8 *) constant->data + *count * 2, &bits, 2);
            else
              fl_onnx_constant_set_integer (constant, *count, (gint64) value);
          }
        *count += 1;
      }
  else
    {
      gsize width = fl_onnx_type_width (constant->type);
      gsize n = field->length / width;

      if (field->length % width != 0)
        return fl_onnx_wire_error (wire, field->start, error,
                                   "'%s' has %" G_GSIZE_FORMAT
                                   " bytes, expected a multiple of %" G_GSIZE_FORMAT,
                                   data->name, field->length, width);
      if (*count <= constant->size && n <= constant->size - *count && n > 0)
        memcpy ((guint8 *) constant->data + *count * width, wire->data + field->content,
                field->length);
      *count += n;
    }
  return TRUE;
}

static gboolean
wrong_count (FlOnnxDocument *document, const char *what, const char *field, gsize met,
             const char *unit, FlOnnxType type, int rank, const gint64 *shape, gsize expected,
             GError **error)
{
  g_autofree char *text = fl_shape_to_string (rank, shape);

  g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
               "%s: %s: %s holds %" G_GSIZE_FORMAT " %s, %s of shape %s needs %" G_GSIZE_FORMAT,
               document->file, what, field, met, unit, fl_onnx_type_name (type), text, expected);
  return FALSE;
}

/* The elements that stand in the model itself. */
static FlOnnxConstant *
read_inline (FlOnnxDocument *document, const FlOnnx__Tensor *tensor, FlOnnxType type, int rank,
             const gint64 *shape, gsize size, const char *what, GError **error)
{
  gsize file_size;
  FlOnnxWire wire = { g_bytes_get_data (document->bytes, &file_size), tensor->span_offset,
                      tensor->span_offset + tensor->span_length, document->file, what };
  DataField data = data_field (type);
  gsize n_bytes = size * fl_onnx_type_width (type);
  gsize count = 0;
  gboolean raw = FALSE;
  FlOnnxField raw_field = { 0 };
  g_autoptr (FlOnnxConstant) constant = NULL;

  g_assert (wire.end <= file_size && wire.position <= wire.end);

  /* An element takes at least a byte, so that nothing larger than the file is allocated for them.
   */
  while (wire.position < wire.end)
    {
      FlOnnxField field;

      if (!fl_onnx_wire_next (&wire, &field, error))
        return NULL;
      if (field.number == RAW_DATA)
        {
          if (field.type != FL_WIRE_BYTES || raw)
            {
              fl_onnx_wire_error (&wire, field.start, error,
                                  raw ? "'raw_data' stands there twice, expected once"
                                      : "'raw_data' is a number, expected bytes");
              return NULL;
            }
          raw = TRUE;
          raw_field = field;
        }
      else if (field.number == data.number)
        {
          if (constant == NULL && size <= wire.end - tensor->span_offset)
            constant = fl_onnx_constant_new (type, rank, shape);
          if (constant == NULL)
            {
              wrong_count (document, what, data.name, field.length, "bytes", type, rank, shape,
                           size, error);
              return NULL;
            }
          if (!read_elements (constant, &data, &wire, &field, &count, error))
            return NULL;
        }
    }

  if (raw)
    {
      if (raw_field.length != n_bytes)
        {
          wrong_count (document, what, "raw_data", raw_field.length, "bytes", type, rank, shape,
                       n_bytes, error);
          return NULL;
        }
      return constant_over_bytes (
          type, rank, shape, size,
          g_bytes_new_from_bytes (document->bytes, raw_field.content, raw_field.length));
    }
  if (count != size)
    {
      wrong_count (document, what, data.name, count, "elements", type, rank, shape, size, error);
      return NULL;
    }
  return constant != NULL ? g_steal_pointer (&constant) : fl_onnx_constant_new (type, rank, shape);
}

/* The file at @location, which must be in the folder of the model, symbolic links resolved. */
static GBytes *
map_external (FlOnnxDocument *document, const char *location, const char *what, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (document->path);
  g_autofree char *joined = NULL;
  g_autofree char *prefix = NULL;
  char *real_folder = NULL; /* owned, from malloc, like the next */
  char *real_path = NULL;
  g_auto (GStrv) parts = g_strsplit (location, "/", -1);
  GBytes *bytes = NULL;

  if (location[0] == '\0' || g_path_is_absolute (location)
      || g_strv_contains ((const char *const *) parts, ".."))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                   "%s: %s: external data in '%s', expected a place below the model's folder",
                   document->file, what, location);
      return NULL;
    }

  joined = g_build_filename (folder, location, NULL);
  real_folder = realpath (folder, NULL);
  real_path = realpath (joined, NULL);
  if (real_folder == NULL || real_path == NULL)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                 "%s: %s: its external data '%s' cannot be opened", document->file, what, location);
  else
    {
      prefix = g_strconcat (real_folder, g_str_has_suffix (real_folder, "/") ? "" : "/", NULL);
      bytes = g_hash_table_lookup (document->external, real_path);
      if (bytes != NULL)
        g_bytes_ref (bytes);
      else if (!g_str_has_prefix (real_path, prefix))
        g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                     "%s: %s: external data '%s' leads out of the model's folder, expected a place "
                     "below it",
                     document->file, what, location);
      else if ((bytes = fl_onnx_map_file (real_path, error)) != NULL)
        g_hash_table_insert (document->external, g_strdup (real_path), g_bytes_ref (bytes));
    }
  free (real_folder);
  free (real_path);
  return bytes;
}

static FlOnnxConstant *
read_external (FlOnnxDocument *document, const FlOnnx__Tensor *tensor, FlOnnxType type, int rank,
               const gint64 *shape, gsize size, const char *what, GError **error)
{
  gsize n_bytes = size * fl_onnx_type_width (type);
  const char *location = NULL;
  guint64 offset = 0;
  guint64 length = n_bytes;
  g_autoptr (GBytes) bytes = NULL;

  for (gsize i = 0; i < tensor->n_external_data; i++)
    {
      const char *key = tensor->external_data[i]->key;
      const char *value = tensor->external_data[i]->value;
      gboolean is_offset;

      if (key == NULL || value == NULL)
        continue;
      is_offset = g_str_equal (key, "offset");
      if (g_str_equal (key, "location"))
        location = value;
      else if ((is_offset || g_str_equal (key, "length"))
               && !g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64,
                                               is_offset ? &offset : &length, NULL))
        {
          g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                       "%s: %s: %s '%s' of its external data, expected a number of bytes",
                       document->file, what, key, value);
          return NULL;
        }
    }

  if (location == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                   "%s: %s: external data without a location, expected a file's name",
                   document->file, what);
      return NULL;
    }
  if (length != n_bytes)
    {
      wrong_count (document, what, "its external data", length, "bytes", type, rank, shape, n_bytes,
                   error);
      return NULL;
    }
  bytes = map_external (document, location, what, error);
  if (bytes == NULL)
    return NULL;
  if (offset > g_bytes_get_size (bytes) || length > g_bytes_get_size (bytes) - offset)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                   "%s: %s: %" G_GUINT64_FORMAT " bytes at %" G_GUINT64_FORMAT
                   " of '%s', which has %" G_GSIZE_FORMAT,
                   document->file, what, length, offset, location, g_bytes_get_size (bytes));
      return NULL;
    }
  return constant_over_bytes (type, rank, shape, size,
                              g_bytes_new_from_bytes (bytes, offset, length));
}

FlOnnxConstant *
fl_onnx_tensor_read (FlOnnxDocument *document, const FlOnnx__Tensor *tensor, const char *what,
                     GError **error)
{
  FlOnnxType type = (FlOnnxType) tensor->data_type;
  gsize size = 0;
  g_autofree char *line = fl_bounded_file_display_name (what);

  if (fl_onnx_type_width (type) == 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                   "%s: %s: elements of type %d (%s), expected a float, integer or bool type",
                   document->file, line, (int) type, fl_onnx_type_name (type));
      return NULL;
    }
  if (tensor->n_dims > FL_TENSOR_MAX_RANK)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                   "%s: %s: %" G_GSIZE_FORMAT " axes, expected at most %d", document->file, line,
                   tensor->n_dims, FL_TENSOR_MAX_RANK);
      return NULL;
    }
  if (!fl_onnx_shape_size ((int) tensor->n_dims, tensor->dims, &size))
    {
      g_autofree char *text = fl_shape_to_string ((int) tensor->n_dims, tensor->dims);

      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                   "%s: %s: shape %s, expected sizes from 0 and fewer than 2^40 elements",
                   document->file, line, text);
      return NULL;
    }

  if (tensor->data_location == DATA_LOCATION_EXTERNAL)
    return read_external (document, tensor, type, (int) tensor->n_dims, tensor->dims, size, line,
                          error);
  return read_inline (document, tensor, type, (int) tensor->n_dims, tensor->dims, size, line,
                      error);
}
