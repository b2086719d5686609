#include "engine/core/error.h"
#include "engine/formats/onnx-import.h"
#include "tests/support/onnx-writer.h"

#include <math.h>

/* Nodes whose inputs are known: networks without an input, whose output "y" is a constant. */

static gboolean
fold (FlOnnxWriter *writer, FlOnnxImportResult *result, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (FlOnnxDocument) document = NULL;
  FlOnnxImportOptions options = { 0 };

  fl_onnx_writer_output (writer, "y");
  bytes = fl_onnx_writer_bytes (writer);
  document = fl_onnx_document_new (bytes, "net.onnx", FL_ONNX_MESSAGE_LIMIT, error);
  return document != NULL && fl_onnx_import (document, &options, result, error);
}

static void
assert_gives (FlOnnxWriter *writer, FlOnnxType type, const char *shape, const double *expected)
{
  FlOnnxImportResult result = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *met = NULL;

  fold (writer, &result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (result.constant);
  g_assert_cmpint (result.constant->type, ==, type);
  met = fl_shape_to_string (result.constant->rank, result.constant->shape);
  g_assert_cmpstr (met, ==, shape);
  for (gsize i = 0; i < result.constant->size; i++)
    g_assert_cmpfloat (fl_onnx_constant_number (result.constant, i), ==, expected[i]);
  fl_onnx_import_result_clear (&result);
}

static void
assert_refused (FlOnnxWriter *writer, int code, const char *message)
{
  FlOnnxImportResult result = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (fold (writer, &result, &error));
  g_assert_error (error, FL_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
}

/* TYPE (a, b) of integers, with these attributes. */
static FlOnnxWriter *
write_pair (const char *type, gsize n, const gint64 *a, const gint64 *b, const char *attributes)
{
  FlOnnxWriter *writer = fl_onnx_writer_new (13);
  g_autofree char *shape = g_strdup_printf ("%" G_GSIZE_FORMAT, n);

  fl_onnx_writer_integers (writer, "a", shape, a);
  fl_onnx_writer_integers (writer, "b", shape, b);
  fl_onnx_writer_node (writer, type, "n", "a b", "y", attributes);
  return writer;
}

static void
test_integer_arithmetic (void)
{
  const gint64 a[] = { 7, -7, 7, -7 };
  const gint64 b[] = { 2, 2, -2, -2 };
  const struct
  {
    const char *type;
    const char *attributes;
    double expected[4];
  } cases[] = {
    { "Add", "", { 9, -5, 5, -9 } },     { "Sub", "", { 5, -9, 9, -5 } },
    { "Mul", "", { 14, -14, -14, 14 } }, { "Div", "", { 3, -3, -3, 3 } },
    { "Mod", "", { 1, 1, -1, -1 } },     { "Mod", "fmod:i=1", { 1, -1, 1, -1 } },
    { "Pow", "", { 49, 49, 0, 0 } },     { "Min", "", { 2, -7, -2, -7 } },
    { "Max", "", { 7, 2, 7, -2 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlOnnxWriter) writer = write_pair (cases[i].type, 4, a, b, cases[i].attributes);

      assert_gives (writer, FL_ONNX_INT64, "4", cases[i].expected);
    }
}

static void
test_integers_wrap_around (void)
{
  const gint64 a[] = { G_MAXINT64, G_MININT64 };
  const gint64 b[] = { 1, -1 };
  g_autoptr (FlOnnxWriter) sum = write_pair ("Add", 2, a, b, "");
  g_autoptr (FlOnnxWriter) quotient = write_pair ("Div", 2, a, b, "");
  g_autoptr (FlOnnxWriter) remainder = write_pair ("Mod", 2, a, b, "");

  assert_gives (sum, FL_ONNX_INT64, "2", (const double[]){ -0x1p63, 0x1p63 });
  assert_gives (quotient, FL_ONNX_INT64, "2", (const double[]){ 0x1p63, -0x1p63 });
  assert_gives (remainder, FL_ONNX_INT64, "2", (const double[]){ 0, 0 });
}

static void
test_division_by_zero (void)
{
  const gint64 a[] = { 1, 2, 3 };
  const gint64 b[] = { 1, 2, 0 };

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (FlOnnxWriter) writer = write_pair (i == 0 ? "Div" : "Mod", 3, a, b, "");

      assert_refused (writer, FL_ERROR_RANGE,
                      i == 0 ? "Div 'n': element 2 is divided by 0"
                             : "Mod 'n': element 2 is divided by 0");
    }
}

static void
test_comparisons (void)
{
  const gint64 a[] = { 1, 2, 3 };
  const gint64 b[] = { 2, 2, 2 };
  const struct
  {
    const char *type;
    double expected[3];
  } cases[] = {
    { "Equal", { 0, 1, 0 } },   { "Less", { 1, 0, 0 } },           { "LessOrEqual", { 1, 1, 0 } },
    { "Greater", { 0, 0, 1 } }, { "GreaterOrEqual", { 0, 1, 1 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlOnnxWriter) writer = write_pair (cases[i].type, 3, a, b, "");

      assert_gives (writer, FL_ONNX_BOOL, "3", cases[i].expected);
    }
}

/* What exporters write for padding with zeros: lists put together, cut, turned round and cast. */
static void
test_moves (void)
{
  const gint64 numbers[] = { 0, 1, 2, 3, 4, 5 };
  const struct
  {
    const char *type;
    const char *inputs;
    const char *attributes;
    const char *shape;
    double expected[10];
  } cases[] = {
    { "Transpose", "a", "", "3x2", { 0, 3, 1, 4, 2, 5 } },
    { "Reshape", "a back", "", "3x2", { 0, 1, 2, 3, 4, 5 } },
    { "Slice", "a minus1 minus9 one minus1", "", "2x3", { 2, 1, 0, 5, 4, 3 } },
    { "Slice", "a one nine one", "", "2x2", { 1, 2, 4, 5 } },
    { "Gather", "a one", "axis:i=1", "2x1", { 1, 4 } },
    { "Gather", "a scalar", "axis:i=1", "2", { 2, 5 } },
    { "Concat", "one two minus1", "axis:i=0", "3", { 1, 2, -1 } },
    { "Expand", "one pair", "", "2x3", { 1, 1, 1, 1, 1, 1 } },
    { "Tile", "one two", "", "2", { 1, 1 } },
    { "Range", "zero nine0 three", "", "3", { 0, 3, 6 } },
    { "ConstantOfShape", "two", "value:t=7", "2", { 7, 7 } },
    { "Shape", "a", "start:i=1", "1", { 3 } },
    { "Size", "a", "", "scalar", { 6 } },
    { "ReduceProd", "a", "axes:is=1 keepdims:i=0", "2", { 0, 60 } },
    { "ReduceSum", "a one", "keepdims:i=1", "2x1", { 3, 12 } },
    { "ReduceMax", "a", "keepdims:i=0", "scalar", { 5 } },
    { "Unsqueeze", "one one", "", "1x1", { 1 } },
    { "Squeeze", "one zeros", "", "scalar", { 1 } },
    { "Flatten", "a", "axis:i=0", "1x6", { 0, 1, 2, 3, 4, 5 } },
    { "NonZero", "a", "", "2x5", { 0, 0, 1, 1, 1, 1, 2, 0, 1, 2 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (15);

      fl_onnx_writer_integers (writer, "a", "2,3", numbers);
      fl_onnx_writer_integers (writer, "zeros", "1", (const gint64[]){ 0 });
      fl_onnx_writer_integers (writer, "one", "1", (const gint64[]){ 1 });
      fl_onnx_writer_integers (writer, "two", "1", (const gint64[]){ 2 });
      fl_onnx_writer_integers (writer, "nine", "1", (const gint64[]){ 9 });
      fl_onnx_writer_integers (writer, "minus1", "1", (const gint64[]){ -1 });
      fl_onnx_writer_integers (writer, "minus9", "1", (const gint64[]){ G_MININT64 });
      fl_onnx_writer_integers (writer, "scalar", "", (const gint64[]){ 2 });
      fl_onnx_writer_integers (writer, "zero", "", (const gint64[]){ 0 });
      fl_onnx_writer_integers (writer, "nine0", "", (const gint64[]){ 9 });
      fl_onnx_writer_integers (writer, "three", "", (const gint64[]){ 3 });
      fl_onnx_writer_integers (writer, "back", "2", (const gint64[]){ -1, 2 });
      fl_onnx_writer_integers (writer, "pair", "2", (const gint64[]){ 2, 3 });
      fl_onnx_writer_node (writer, cases[i].type, "n", cases[i].inputs, "y", cases[i].attributes);
      assert_gives (writer, FL_ONNX_INT64, cases[i].shape, cases[i].expected);
    }
}

static void
test_casts (void)
{
  const float numbers[] = { 1.9f, -1.9f, 300.5f, NAN };
  const struct
  {
    int to;
    double expected[4];
  } cases[] = {
    { FL_ONNX_INT64, { 1, -1, 300, 0 } },
    { FL_ONNX_INT32, { 1, -1, 300, 0 } },
    { FL_ONNX_UINT8, { 1, 255, 44, 0 } },
    { FL_ONNX_BOOL, { 1, 1, 1, 1 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (13);
      g_autofree char *to = g_strdup_printf ("to:i=%d", cases[i].to);

      fl_onnx_writer_floats (writer, "a", "4", numbers);
      fl_onnx_writer_node (writer, "Cast", "n", "a", "y", to);
      assert_gives (writer, (FlOnnxType) cases[i].to, "4", cases[i].expected);
    }
}

/* Rounded to even, put at the ends of the range, and back. */
static void
test_quantisation (void)
{
  const float numbers[] = { 0.25f, 0.75f, 1.25f, -1000, 1000, -0.5f };
  const float scale = 0.5f;

  for (int back = 0; back < 2; back++)
    {
      g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (13);
      GByteArray *zero = fl_onnx_write_tensor ("zero", FL_ONNX_UINT8, 0, NULL);

      fl_wire_bytes (zero, 9, "\x0a", 1);
      fl_onnx_writer_tensor (writer, zero);
      fl_onnx_writer_floats (writer, "a", "6", numbers);
      fl_onnx_writer_floats (writer, "scale", "", &scale);
      fl_onnx_writer_node (writer, "QuantizeLinear", "q", "a scale zero", back ? "q" : "y", "");
      if (back)
        fl_onnx_writer_node (writer, "DequantizeLinear", "d", "q scale zero", "y", "");
      if (back)
        assert_gives (writer, FL_ONNX_FLOAT, "6", (const double[]){ 0, 1, 1, -5, 122.5, -.5 });
      else
        assert_gives (writer, FL_ONNX_UINT8, "6", (const double[]){ 10, 12, 12, 0, 255, 9 });
    }
}

static void
test_types_must_agree (void)
{
  g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (13);
  const float one = 1;

  fl_onnx_writer_floats (writer, "a", "", &one);
  fl_onnx_writer_integers (writer, "b", "", (const gint64[]){ 1 });
  fl_onnx_writer_node (writer, "Add", "n", "a b", "y", "");
  assert_refused (writer, FL_ERROR_MALFORMED,
                  "Add 'n': inputs of types float and int64, expected the same");
}

/* An axis that is cut twice would reach beyond the elements. */
static void
test_slice_of_one_axis_twice (void)
{
  const gint64 numbers[] = { 0, 1, 2, 3 };
  g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (13);

  fl_onnx_writer_integers (writer, "a", "4", numbers);
  fl_onnx_writer_integers (writer, "starts", "2", (const gint64[]){ 2, 2 });
  fl_onnx_writer_integers (writer, "ends", "2", (const gint64[]){ 4, 4 });
  fl_onnx_writer_integers (writer, "axes", "2", (const gint64[]){ 0, -1 });
  fl_onnx_writer_node (writer, "Slice", "n", "a starts ends axes", "y", "");
  assert_refused (writer, FL_ERROR_MALFORMED, "Slice 'n': axis 0 is named twice, expected once");
}

/* Axes may be as long as they like where another has no elements; that is no work. */
static void
test_moves_of_nothing (void)
{
  const gint64 shape[] = { G_GINT64_CONSTANT (1) << 38, 2, 0 };
  static const char *const nodes[][3] = { { "Gather", "a one", "axis:i=1" },
                                          { "Concat", "a a", "axis:i=1" },
                                          { "Split", "a", "axis:i=1" } };

  for (gsize i = 0; i < G_N_ELEMENTS (nodes); i++)
    {
      g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (13);

      fl_onnx_writer_integers (writer, "shape", "3", shape);
      fl_onnx_writer_integers (writer, "one", "1", (const gint64[]){ 1 });
      fl_onnx_writer_node (writer, "ConstantOfShape", "c", "shape", "a", "");
      fl_onnx_writer_node (writer, nodes[i][0], "n", nodes[i][1], i == 2 ? "b other" : "b",
                           nodes[i][2]);
      fl_onnx_writer_node (writer, "Size", "s", "b", "y", "");
      assert_gives (writer, FL_ONNX_INT64, "scalar", (const double[]){ 0 });
    }
}

/* A small file must not be able to ask for a large memory, nor for a long time. */
static void
test_budget (void)
{
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (13);
    FlOnnxImportResult result = { 0 };
    g_autoptr (GError) error = NULL;

    fl_onnx_writer_integers (writer, "shape", "2", (const gint64[]){ 1 << 18, 1 << 18 });
    fl_onnx_writer_node (writer, "ConstantOfShape", "n", "shape", "y", "");
    g_assert_false (fold (writer, &result, &error));
    g_assert_error (error, FL_ERROR, FL_ERROR_LIMIT);
    g_assert_true (
        g_str_has_prefix (error->message, "ConstantOfShape 'n': 274877906944 bytes of constants"));
  }
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (13);
    FlOnnxImportResult result = { 0 };
    g_autoptr (GError) error = NULL;

    /* Each a thousand times the last. */
    fl_onnx_writer_integers (writer, "a", "1", (const gint64[]){ 1 });
    fl_onnx_writer_integers (writer, "times", "1", (const gint64[]){ 1000 });
    fl_onnx_writer_node (writer, "Tile", "t0", "a times", "b", "");
    fl_onnx_writer_node (writer, "Tile", "t1", "b times", "c", "");
    fl_onnx_writer_node (writer, "Tile", "t2", "c times", "y", "");
    g_assert_false (fold (writer, &result, &error));
    g_assert_error (error, FL_ERROR, FL_ERROR_LIMIT);
  }
  {
    g_autoptr (FlOnnxWriter) writer = fl_onnx_writer_new (13);
    FlOnnxImportResult result = { 0 };
    g_autoptr (GError) error = NULL;

    /* Results of no size, but each of a long search. */
    fl_onnx_writer_integers (writer, "shape", "1", (const gint64[]){ 7 << 20 });
    fl_onnx_writer_node (writer, "ConstantOfShape", "c", "shape", "a", "");
    for (int i = 0; i < 7; i++)
      {
        g_autofree char *name = g_strdup_printf ("z%d", i);

        fl_onnx_writer_node (writer, "NonZero", name, "a", name, "");
      }
    fl_onnx_writer_node (writer, "Concat", "join", "z0 z1 z2 z3 z4 z5 z6", "y", "axis:i=1");
    g_assert_false (fold (writer, &result, &error));
    g_assert_error (error, FL_ERROR, FL_ERROR_LIMIT);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/onnx-fold/integer-arithmetic", test_integer_arithmetic);
  g_test_add_func ("/formats/onnx-fold/integers-wrap-around", test_integers_wrap_around);
  g_test_add_func ("/formats/onnx-fold/division-by-zero", test_division_by_zero);
  g_test_add_func ("/formats/onnx-fold/comparisons", test_comparisons);
  g_test_add_func ("/formats/onnx-fold/moves", test_moves);
  g_test_add_func ("/formats/onnx-fold/casts", test_casts);
  g_test_add_func ("/formats/onnx-fold/quantisation", test_quantisation);
  g_test_add_func ("/formats/onnx-fold/types-must-agree", test_types_must_agree);
  g_test_add_func ("/formats/onnx-fold/slice-of-one-axis-twice", test_slice_of_one_axis_twice);
  g_test_add_func ("/formats/onnx-fold/moves-of-nothing", test_moves_of_nothing);
  g_test_add_func ("/formats/onnx-fold/budget", test_budget);
  return g_test_run ();
}
