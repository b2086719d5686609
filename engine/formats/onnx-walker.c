#include "engine/formats/onnx-walker.h"

#include "engine/core/error.h"
#include "engine/formats/bounded-file.h"
#include "engine/formats/onnx-wire.h"

#include <glib/gstdio.h>
#include <stddef.h>

/*
 * Two steps. The walk copies the fields that are read into a smaller message: what is not in the
 * tables below is left out, the elements of tensors too, and a tensor gets the place where it
 * stands in the file instead. Then protobuf-c parses that message. It is well-formed by then, so
 * the only thing left to go wrong is memory, and that is counted.
 */

/* Bounds on what is handed to the parser. The largest public networks stay below a hundredth of
 * them. */
#define MAX_REDUCED ((gsize) 128 << 20)
#define MAX_MESSAGES 2000000
#define MAX_TEXT ((gsize) 1 << 20)
/* A length that is filled in later: five bytes of a varint hold 2^35, more than MAX_REDUCED. */
#define LENGTH_BYTES 5

typedef enum
{
  COPY_NUMBER,  /* varint */
  COPY_NUMBERS, /* varints, one a field or packed */
  COPY_FLOAT,
  COPY_FLOATS, /* one a field or packed */
  COPY_TEXT,
  COPY_BYTES,
  ENTER_ONE, /* a message of which there can be one */
  ENTER_MANY,
} FieldAction;

typedef enum
{
  MODEL,
  GRAPH,
  NODE,
  ATTRIBUTE,
  TENSOR,
  ENTRY,
  VALUE,
  TYPE,
  TENSOR_TYPE,
  SHAPE,
  DIMENSION,
  OPERATOR_SET,
} MessageKind;

typedef struct
{
  guint32 number; /* 0 ends a table */
  FieldAction action;
  MessageKind kind; /* of the message, ENTER_... */
  const char *name;
} FieldRule;

static const FieldRule model_rules[] = { { 1, COPY_NUMBER, 0, "ir_version" },
                                         { 7, ENTER_ONE, GRAPH, "graph" },
                                         { 8, ENTER_MANY, OPERATOR_SET, "opset_import" },
                                         { 0 } };
static const FieldRule graph_rules[]
    = { { 1, ENTER_MANY, NODE, "node" },          { 2, COPY_TEXT, 0, "name" },
        { 5, ENTER_MANY, TENSOR, "initializer" }, { 11, ENTER_MANY, VALUE, "input" },
        { 12, ENTER_MANY, VALUE, "output" },      { 0 } };
static const FieldRule node_rules[] = { { 1, COPY_TEXT, 0, "input" },
                                        { 2, COPY_TEXT, 0, "output" },
                                        { 3, COPY_TEXT, 0, "name" },
                                        { 4, COPY_TEXT, 0, "op_type" },
                                        { 5, ENTER_MANY, ATTRIBUTE, "attribute" },
                                        { 7, COPY_TEXT, 0, "domain" },
                                        { 0 } };
static const FieldRule attribute_rules[] = {
  { 1, COPY_TEXT, 0, "name" },    { 2, COPY_FLOAT, 0, "f" },      { 3, COPY_NUMBER, 0, "i" },
  { 4, COPY_BYTES, 0, "s" },      { 5, ENTER_ONE, TENSOR, "t" },  { 7, COPY_FLOATS, 0, "floats" },
  { 8, COPY_NUMBERS, 0, "ints" }, { 20, COPY_NUMBER, 0, "type" }, { 0 }
};
static const FieldRule tensor_rules[] = { { 1, COPY_NUMBERS, 0, "dims" },
                                          { 2, COPY_NUMBER, 0, "data_type" },
                                          { 8, COPY_TEXT, 0, "name" },
                                          { 13, ENTER_MANY, ENTRY, "external_data" },
                                          { 14, COPY_NUMBER, 0, "data_location" },
                                          { 0 } };
static const FieldRule entry_rules[]
    = { { 1, COPY_TEXT, 0, "key" }, { 2, COPY_TEXT, 0, "value" }, { 0 } };
static const FieldRule value_rules[]
    = { { 1, COPY_TEXT, 0, "name" }, { 2, ENTER_ONE, TYPE, "type" }, { 0 } };
static const FieldRule type_rules[] = { { 1, ENTER_ONE, TENSOR_TYPE, "tensor_type" }, { 0 } };
static const FieldRule tensor_type_rules[]
    = { { 1, COPY_NUMBER, 0, "elem_type" }, { 2, ENTER_ONE, SHAPE, "shape" }, { 0 } };
static const FieldRule shape_rules[] = { { 1, ENTER_MANY, DIMENSION, "dim" }, { 0 } };
static const FieldRule dimension_rules[] = { { 1, COPY_NUMBER, 0, "dim_value" }, { 0 } };
static const FieldRule operator_set_rules[]
    = { { 1, COPY_TEXT, 0, "domain" }, { 2, COPY_NUMBER, 0, "version" }, { 0 } };

static const struct
{
  const char *name;
  const FieldRule *rules;
} messages[] = {
  [MODEL] = { "the model", model_rules },
  [GRAPH] = { "the graph", graph_rules },
  [NODE] = { "a node", node_rules },
  [ATTRIBUTE] = { "an attribute", attribute_rules },
  [TENSOR] = { "a tensor", tensor_rules },
  [ENTRY] = { "an external data entry", entry_rules },
  [VALUE] = { "an input or output", value_rules },
  [TYPE] = { "a type", type_rules },
  [TENSOR_TYPE] = { "a tensor type", tensor_type_rules },
  [SHAPE] = { "a shape", shape_rules },
  [DIMENSION] = { "an axis", dimension_rules },
  [OPERATOR_SET] = { "an operator set", operator_set_rules },
};

typedef struct
{
  const guint8 *data;
  const char *file;
  GByteArray *reduced;
  guint n_messages;
} Walk;

static void
put_varint (GByteArray *out, guint64 value)
{
  guint8 bytes[10];
  guint n = 0;

  while (value >= 0x80)
    {
      bytes[n++] = (guint8) (value | 0x80);
      value >>= 7;
    }
  bytes[n++] = (guint8) value;
  g_byte_array_append (out, bytes, n);
}

static void
put_key (GByteArray *out, guint32 number, FlWireType type)
{
  put_varint (out, (guint64) number << 3 | type);
}

/* Begins a message whose length is not known yet. Returns where to fill it in. */
static guint
open_message (GByteArray *out, guint32 number)
{
  static const guint8 unknown[LENGTH_BYTES] = { 0 };

  put_key (out, number, FL_WIRE_BYTES);
  g_byte_array_append (out, unknown, LENGTH_BYTES);
  return out->len;
}

static void
close_message (GByteArray *out, guint start)
{
  guint length = out->len - start;

  for (int i = 0; i < LENGTH_BYTES; i++)
    {
      out->data[start - LENGTH_BYTES + i]
          = (guint8) ((length & 0x7f) | (i < LENGTH_BYTES - 1 ? 0x80 : 0));
      length >>= 7;
    }
}

static void
put_content (GByteArray *out, const Walk *walk, const FlOnnxField *field)
{
  put_key (out, field->number, field->type);
  if (field->type == FL_WIRE_BYTES)
    put_varint (out, field->length);
  if (field->length > 0)
    g_byte_array_append (out, walk->data + field->content, (guint) field->length);
}

static gboolean
wrong_type (const FlOnnxWire *wire, const FlOnnxField *field, const char *name, GError **error)
{
  static const char *const types[] = { "a number", "8 bytes", "bytes", "?", "?", "4 bytes" };

  return fl_onnx_wire_error (wire, field->start, error, "field '%s' is %s, which it cannot be",
                             name, types[field->type]);
}

static gboolean
copy_numbers (Walk *walk, const FlOnnxWire *wire, const FlOnnxField *field, const char *name,
              GError **error)
{
  FlOnnxWire packed = *wire;
  guint64 value;

  /* Always written packed: the parser takes either, and the count is bounded by the bytes. */
  put_key (walk->reduced, field->number, FL_WIRE_BYTES);
  put_varint (walk->reduced, field->length);
  if (field->length > 0)
    g_byte_array_append (walk->reduced, walk->data + field->content, (guint) field->length);
  if (field->type == FL_WIRE_VARINT)
    return TRUE;
  if (field->type != FL_WIRE_BYTES)
    return wrong_type (wire, field, name, error);

  packed.position = field->content;
  packed.end = field->content + field->length;
  while (packed.position < packed.end)
    if (!fl_onnx_wire_varint (&packed, &value, error))
      return FALSE;
  return TRUE;
}

static gboolean
copy_field (Walk *walk, const FlOnnxWire *wire, const FlOnnxField *field, const FieldRule *rule,
            GError **error)
{
  switch (rule->action)
    {
    case COPY_NUMBER:
      if (field->type != FL_WIRE_VARINT)
        return wrong_type (wire, field, rule->name, error);
      break;

    case COPY_NUMBERS:
      return copy_numbers (walk, wire, field, rule->name, error);

    case COPY_FLOAT:
      if (field->type != FL_WIRE_FIXED32)
        return wrong_type (wire, field, rule->name, error);
      break;

    case COPY_FLOATS:
      if (field->type != FL_WIRE_FIXED32 && field->type != FL_WIRE_BYTES)
        return wrong_type (wire, field, rule->name, error);
      if (field->length % 4 != 0)
        return fl_onnx_wire_error (wire, field->start, error,
                                   "field '%s' has %" G_GSIZE_FORMAT
                                   " bytes, expected a multiple of 4",
                                   rule->name, field->length);
      put_key (walk->reduced, field->number, FL_WIRE_BYTES);
      put_varint (walk->reduced, field->length);
      if (field->length > 0)
        g_byte_array_append (walk->reduced, walk->data + field->content, (guint) field->length);
      return TRUE;

    case COPY_TEXT:
    case COPY_BYTES:
      if (field->type != FL_WIRE_BYTES)
        return wrong_type (wire, field, rule->name, error);
      if (field->length > MAX_TEXT)
        return fl_onnx_wire_error (wire, field->start, error,
                                   "field '%s' has %" G_GSIZE_FORMAT
                                   " bytes, expected at most %" G_GSIZE_FORMAT,
                                   rule->name, field->length, MAX_TEXT);
      if (rule->action == COPY_TEXT
          && !g_utf8_validate_len ((const char *) walk->data + field->content, field->length, NULL))
        return fl_onnx_wire_error (wire, field->start, error, "field '%s' is not UTF-8 text",
                                   rule->name);
      break;

    default:
      g_assert_not_reached ();
    }
  put_content (walk->reduced, walk, field);
  return TRUE;
}

/* The fields of one message. The tables hold no ring, so that the depth is bounded by them. */
static gboolean
walk_message (Walk *walk, MessageKind kind, gsize start, gsize end, GError **error)
{
  FlOnnxWire wire = { walk->data, start, end, walk->file, messages[kind].name };
  guint32 seen = 0;

  if (++walk->n_messages > MAX_MESSAGES)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_LIMIT,
                   "%s: more than %d messages, expected fewer in a network", walk->file,
                   MAX_MESSAGES);
      return FALSE;
    }

  while (wire.position < wire.end)
    {
      FlOnnxField field;
      const FieldRule *rule = messages[kind].rules;

      if (!fl_onnx_wire_next (&wire, &field, error))
        return FALSE;
      while (rule->number != 0 && rule->number != field.number)
        rule++;
      if (rule->number == 0)
        continue;

      if (walk->reduced->len + MIN (field.length, MAX_REDUCED) > MAX_REDUCED
          && !(rule->action == ENTER_ONE || rule->action == ENTER_MANY))
        {
          g_set_error (error, FL_ERROR, FL_ERROR_LIMIT,
                       "%s: more than %" G_GSIZE_FORMAT
                       " bytes beside its tensors, expected fewer in a network",
                       walk->file, MAX_REDUCED);
          return FALSE;
        }

      if (rule->action == ENTER_ONE || rule->action == ENTER_MANY)
        {
          guint open;

          if (field.type != FL_WIRE_BYTES)
            return wrong_type (&wire, &field, rule->name, error);
          /* Parsers would merge a second one into the first; no writer of models does that. */
          if (rule->action == ENTER_ONE && (seen & 1u << rule->number) != 0)
            return fl_onnx_wire_error (&wire, field.start, error,
                                       "field '%s' stands there twice, expected once", rule->name);
          if (rule->action == ENTER_ONE)
            seen |= 1u << rule->number;
          open = open_message (walk->reduced, field.number);
          if (!walk_message (walk, rule->kind, field.content, field.content + field.length, error))
            return FALSE;
          close_message (walk->reduced, open);
        }
      else if (!copy_field (walk, &wire, &field, rule, error))
        return FALSE;
    }

  if (kind == TENSOR)
    {
      put_key (walk->reduced, 1000, FL_WIRE_VARINT);
      put_varint (walk->reduced, start);
      put_key (walk->reduced, 1001, FL_WIRE_VARINT);
      put_varint (walk->reduced, end - start);
    }
  return TRUE;
}

/* An allocator for protobuf-c that gives out a bounded sum and then says no. */
typedef struct _FlOnnxAllocator
{
  ProtobufCAllocator base;
  gsize used;
  gsize limit;
} FlOnnxAllocator;

/* Keeps the alignment of malloc. */
typedef union
{
  gsize size;
  max_align_t alignment;
} BlockHead;

static void *
limited_alloc (void *data, size_t size)
{
  FlOnnxAllocator *allocator = data;
  BlockHead *head;

  if (size > allocator->limit || allocator->used > allocator->limit - size)
    return NULL;
  head = g_try_malloc (sizeof (BlockHead) + size);
  if (head == NULL)
    return NULL;
  head->size = size;
  allocator->used += size;
  return head + 1;
}

static void
limited_free (void *data, void *pointer)
{
  FlOnnxAllocator *allocator = data;

  if (pointer != NULL)
    {
      BlockHead *head = (BlockHead *) pointer - 1;

      allocator->used -= head->size;
      g_free (head);
    }
}

static FlOnnxDocument *
document_new (GBytes *bytes, const char *path, gsize message_limit, MessageKind root,
              GError **error)
{
  g_autoptr (FlOnnxDocument) document = g_new0 (FlOnnxDocument, 1);
  g_autoptr (GByteArray) reduced = g_byte_array_new ();
  g_autofree char *base_name = g_path_get_basename (path);
  gsize size;
  Walk walk = { 0 };

  document->path = g_strdup (path);
  document->file = fl_bounded_file_display_name (base_name);
  document->bytes = g_bytes_ref (bytes);
  document->external
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  document->allocator = g_new0 (FlOnnxAllocator, 1);
  document->allocator->base.alloc = limited_alloc;
  document->allocator->base.free = limited_free;
  document->allocator->base.allocator_data = document->allocator;
  document->allocator->limit = message_limit;

  walk.data = g_bytes_get_data (bytes, &size);
  walk.file = document->file;
  walk.reduced = reduced;
  if (root == TENSOR)
    {
      guint graph = open_message (reduced, 7);
      guint tensor = open_message (reduced, 5);

      if (!walk_message (&walk, TENSOR, 0, size, error))
        return NULL;
      close_message (reduced, tensor);
      close_message (reduced, graph);
    }
  else if (!walk_message (&walk, root, 0, size, error))
    return NULL;

  document->model
      = fl_onnx__model__unpack (&document->allocator->base, reduced->len, reduced->data);
  if (document->model == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_LIMIT,
                   "%s: its description needs more than %" G_GSIZE_FORMAT
                   " bytes, expected less in a network",
                   document->file, message_limit);
      return NULL;
    }
  if (document->model->graph == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                   "%s: no graph found, expected an ONNX model", document->file);
      return NULL;
    }
  return g_steal_pointer (&document);
}

FlOnnxDocument *
fl_onnx_document_new (GBytes *bytes, const char *path, gsize message_limit, GError **error)
{
  return document_new (bytes, path, message_limit, MODEL, error);
}

FlOnnxDocument *
fl_onnx_document_new_for_tensor (GBytes *bytes, const char *path, GError **error)
{
  return document_new (bytes, path, FL_ONNX_MESSAGE_LIMIT, TENSOR, error);
}

GBytes *
fl_onnx_map_file (const char *path, GError **error)
{
  g_autoptr (GMappedFile) mapped = NULL;
  GStatBuf status;

  /* Opening a pipe would wait for a writer, and a device has no end. */
  if (g_stat (path, &status) == 0 && !S_ISREG (status.st_mode))
    {
      g_autofree char *base_name = g_path_get_basename (path);
      g_autofree char *name = fl_bounded_file_display_name (base_name);

      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED, "%s: %s, expected a file", name,
                   S_ISDIR (status.st_mode) ? "a folder" : "a pipe or a device");
      return NULL;
    }
  mapped = g_mapped_file_new (path, FALSE, error);
  return mapped != NULL ? g_mapped_file_get_bytes (mapped) : NULL;
}

FlOnnxDocument *
fl_onnx_document_open (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = fl_onnx_map_file (path, error);

  if (bytes == NULL)
    return NULL;
  return document_new (bytes, path, FL_ONNX_MESSAGE_LIMIT, MODEL, error);
}

void
fl_onnx_document_free (FlOnnxDocument *document)
{
  if (document->model != NULL)
    fl_onnx__model__free_unpacked (document->model, &document->allocator->base);
  g_clear_pointer (&document->external, g_hash_table_unref);
  g_clear_pointer (&document->bytes, g_bytes_unref);
  g_free (document->allocator);
  g_free (document->path);
  g_free (document->file);
  g_free (document);
}
