#include "engine/formats/onnx-walker.h"

#include "engine/core/error.h"
#include "tests/support/onnx-writer.h"
#include "tests/support/test-data.h"

#include <string.h>

static GBytes *
write_model (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (13);

  fl_onnx_writer_input (writer, "x", 1, "?,2,4,4");
  fl_onnx_writer_output (writer, "y");
  fl_onnx_writer_weight (writer, "c.weight", "4,2,1,1");
  fl_onnx_writer_node (writer, "Conv", "c", "x c.weight", "a", "strides:is=1,1 group:i=1");
  fl_onnx_writer_node (writer, "LeakyRelu", "r", "a", "b", "alpha:f=0.5");
  fl_onnx_writer_node (writer, "Pad", "p", "b", "y", "mode:s=edge value:t=7");
  return fl_onnx_writer_bytes (writer);
}

static void
test_fields (void)
{
  g_autoptr (GBytes) bytes = write_model ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FlOnnxDocument) document
      = fl_onnx_document_new (bytes, "/folder/net.onnx", FL_ONNX_MESSAGE_LIMIT, &error);
  const FlOnnx__Graph *graph;

  g_assert_no_error (error);
  graph = document->model->graph;
  g_assert_cmpstr (document->file, ==, "net.onnx");
  g_assert_cmpint (document->model->opset_import[0]->version, ==, 13);
  g_assert_cmpuint (graph->n_node, ==, 3);
  g_assert_cmpstr (graph->node[0]->op_type, ==, "Conv");
  g_assert_cmpstr (graph->node[0]->input[1], ==, "c.weight");
  g_assert_cmpuint (graph->node[0]->attribute[0]->n_ints, ==, 2);
  g_assert_cmpint (graph->node[0]->attribute[1]->i, ==, 1);
  g_assert_cmpfloat ((double) graph->node[1]->attribute[0]->f, ==, .5);
  g_assert_cmpmem (graph->node[2]->attribute[0]->s.data, graph->node[2]->attribute[0]->s.len,
                   "edge", 4);
  g_assert_cmpuint (graph->input[0]->type->tensor_type->shape->n_dim, ==, 4);
  g_assert_false (graph->input[0]->type->tensor_type->shape->dim[0]->has_dim_value);
  g_assert_cmpint (graph->input[0]->type->tensor_type->shape->dim[1]->dim_value, ==, 2);
}

/* What a tensor holds is not copied: only where it stands is noted. */
static void
test_elements_stay (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (13);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (FlOnnxDocument) document = NULL;
  const FlOnnx__Tensor *tensor;
  gsize size;

  fl_onnx_writer_weight (writer, "w", "1000,1000");
  bytes = fl_onnx_writer_bytes (writer);
  document = fl_onnx_document_new (bytes, "net.onnx", 4096, NULL);
  g_assert_nonnull (document);
  tensor = document->model->graph->initializer[0];
  g_assert_nonnull (g_bytes_get_data (bytes, &size));
  g_assert_cmpuint (tensor->span_length, >, 4000000);
  g_assert_cmpuint (tensor->span_offset + tensor->span_length, <=, size);
}

/* A file that is cut short anywhere gives a clear error or, between two fields, a shorter model. */
static void
test_cut_short (void)
{
  g_autoptr (GBytes) bytes = write_model ();
  gsize size = g_bytes_get_size (bytes);
  int n_refused = 0;

  for (gsize length = 0; length < size; length++)
    {
      /* A copy of this size, so that AddressSanitizer sees the first byte read past the end. */
      g_autoptr (GBytes) part = g_bytes_new (g_bytes_get_data (bytes, NULL), length);
      g_autoptr (GError) error = NULL;
      g_autoptr (FlOnnxDocument) document
          = fl_onnx_document_new (part, "net.onnx", FL_ONNX_MESSAGE_LIMIT, &error);

      g_assert_true ((document == NULL) == fl_test_error_is_clear (error));
      if (document == NULL)
        g_assert_error (error, FL_ERROR, FL_ERROR_MALFORMED);
      n_refused += document == NULL;
    }
  g_assert_cmpint (n_refused, >, (int) size - 20);
}

/* Every limit up to what is needed: protobuf-c is told no at each of its allocations in turn. */
static void
test_memory_runs_out (void)
{
  g_autoptr (GBytes) bytes = write_model ();
  gsize limit = 0;

  for (;; limit += 8)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FlOnnxDocument) document = fl_onnx_document_new (bytes, "net.onnx", limit, &error);

      if (document != NULL)
        break;
      g_assert_error (error, FL_ERROR, FL_ERROR_LIMIT);
      g_assert_cmpuint (limit, <, 1 << 20);
    }
  g_assert_cmpuint (limit, >, 1000);
}

static void
assert_malformed (GByteArray *model, const char *message)
{
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (model);
  g_autoptr (GError) error = NULL;

  g_assert_null (fl_onnx_document_new (bytes, "net.onnx", FL_ONNX_MESSAGE_LIMIT, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_MALFORMED);
  g_assert_cmpstr (error->message, ==, message);
}

static GByteArray *
from_bytes (gsize n, const guint8 *bytes)
{
  GByteArray *model = g_byte_array_new ();

  g_byte_array_append (model, bytes, (guint) n);
  return model;
}

static void
test_malformed (void)
{
  /* varint of eleven bytes; of ten that hold more than 64 bits; key without a content */
  assert_malformed (
      from_bytes (12, (const guint8 *) "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
      "net.onnx: at byte 1, in the model: a number has more than 64 bits");
  assert_malformed (
      from_bytes (11, (const guint8 *) "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
      "net.onnx: at byte 1, in the model: a number has more than 64 bits");
  assert_malformed (from_bytes (1, (const guint8 *) "\x08"),
                    "net.onnx: at byte 1, in the model: a number is cut short, expected its last "
                    "byte before byte 1");
  /* field number 0; a group; a length beyond the end, also one that would wrap around */
  assert_malformed (from_bytes (2, (const guint8 *) "\x00\x01"),
                    "net.onnx: at byte 0, in the model: field number 0, expected 1 to 536870911");
  assert_malformed (from_bytes (2, (const guint8 *) "\x0b\x0c"),
                    "net.onnx: at byte 0, in the model: field 1 has wire type 3, expected 0, 1, 2 "
                    "or 5");
  assert_malformed (from_bytes (3, (const guint8 *) "\x3a\x05\x00"),
                    "net.onnx: at byte 0, in the model: field 7 has 5 bytes, expected at most the "
                    "1 that are left");
  assert_malformed (
      from_bytes (11, (const guint8 *) "\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
      "net.onnx: at byte 0, in the model: field 7 has 18446744073709551615 bytes, expected at most "
      "the 0 that are left");
}

static void
test_wrong_fields (void)
{
  GByteArray *number_for_graph = g_byte_array_new ();
  GByteArray *two_graphs = g_byte_array_new ();
  GByteArray *bytes_for_number = g_byte_array_new ();
  GByteArray *graph = g_byte_array_new ();
  GByteArray *no_text = g_byte_array_new ();

  fl_wire_number (number_for_graph, 7, 1);
  assert_malformed (number_for_graph,
                    "net.onnx: at byte 0, in the model: field 'graph' is a number, which it cannot "
                    "be");
  fl_wire_message (two_graphs, 7, g_byte_array_new ());
  fl_wire_message (two_graphs, 7, g_byte_array_new ());
  assert_malformed (two_graphs,
                    "net.onnx: at byte 2, in the model: field 'graph' stands there twice, expected "
                    "once");
  fl_wire_text (bytes_for_number, 1, "8");
  assert_malformed (bytes_for_number,
                    "net.onnx: at byte 0, in the model: field 'ir_version' is bytes, which it "
                    "cannot be");
  fl_wire_text (graph, 2, "\xff\xfe");
  fl_wire_message (no_text, 7, graph);
  assert_malformed (no_text, "net.onnx: at byte 2, in the graph: field 'name' is not UTF-8 text");
}

/* Fields that are not known are passed over, whatever they are; so are the walker's own notes. */
static void
test_unknown_fields (void)
{
  GByteArray *model = g_byte_array_new ();
  GByteArray *graph = g_byte_array_new ();
  GByteArray *tensor = fl_onnx_write_tensor ("w", 1, 0, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlOnnxDocument) document = NULL;

  fl_wire_number (tensor, 1000, 12345);
  fl_wire_number (tensor, 1001, G_MAXUINT64);
  fl_wire_message (graph, 5, tensor);
  fl_wire_float (model, 77, 1);
  fl_wire_text (model, 6, "what \xff it says");
  fl_wire_number (model, 78, G_MAXUINT64);
  fl_wire_message (model, 7, graph);
  bytes = g_byte_array_free_to_bytes (model);
  document = fl_onnx_document_new (bytes, "net.onnx", FL_ONNX_MESSAGE_LIMIT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (document->model->graph->initializer[0]->span_offset
                        + document->model->graph->initializer[0]->span_length,
                    ==, g_bytes_get_size (bytes));
}

/* Graphs in graphs in graphs: not entered, so that no stack can be used up. */
static void
test_deep_nesting (void)
{
  GByteArray *graph = g_byte_array_new ();
  GByteArray *model = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (FlOnnxDocument) document = NULL;

  for (int depth = 0; depth < 2000; depth++)
    {
      GByteArray *attribute = g_byte_array_new ();
      GByteArray *node = g_byte_array_new ();
      GByteArray *outer = g_byte_array_new ();

      fl_wire_message (attribute, 6, graph);
      fl_wire_message (node, 5, attribute);
      fl_wire_message (outer, 1, node);
      graph = outer;
    }
  fl_wire_message (model, 7, graph);
  bytes = g_byte_array_free_to_bytes (model);
  document = fl_onnx_document_new (bytes, "net.onnx", 65536, NULL);
  g_assert_nonnull (document);
  g_assert_cmpuint (document->model->graph->n_node, ==, 1);
}

/* Two bytes of file for each message, a hundred of memory: bounded all the same. */
static void
test_many_messages (void)
{
  GByteArray *graph = g_byte_array_new ();
  GByteArray *model = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 2000001; i++)
    g_byte_array_append (graph, (const guint8 *) "\x0a\x00", 2);
  fl_wire_message (model, 7, graph);
  bytes = g_byte_array_free_to_bytes (model);
  g_assert_null (fl_onnx_document_new (bytes, "net.onnx", FL_ONNX_MESSAGE_LIMIT, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_LIMIT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/onnx-walker/fields", test_fields);
  g_test_add_func ("/formats/onnx-walker/elements-stay", test_elements_stay);
  g_test_add_func ("/formats/onnx-walker/cut-short", test_cut_short);
  g_test_add_func ("/formats/onnx-walker/memory-runs-out", test_memory_runs_out);
  g_test_add_func ("/formats/onnx-walker/malformed", test_malformed);
  g_test_add_func ("/formats/onnx-walker/wrong-fields", test_wrong_fields);
  g_test_add_func ("/formats/onnx-walker/unknown-fields", test_unknown_fields);
  g_test_add_func ("/formats/onnx-walker/deep-nesting", test_deep_nesting);
  g_test_add_func ("/formats/onnx-walker/many-messages", test_many_messages);
  return g_test_run ();
}
