#include "engine/formats/onnx-tensor.h"

#include "engine/core/error.h"
#include "tests/support/onnx-writer.h"
#include "tests/support/test-data.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define RAW 9

/* Reads a TensorProto, taking over @message, as if it stood in FOLDER/net.onnx. */
static FlOnnxConstant *
read_in (const char *folder, GByteArray *message, FlOnnxDocument **document, GError **error)
{
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (message);
  g_autofree char *path = g_build_filename (folder, "net.onnx", NULL);
  FlOnnxDocument *read = fl_onnx_document_new_for_tensor (bytes, path, error);

  *document = read;
  return read != NULL ? fl_onnx_tensor_read (read, read->model->graph->initializer[0],
                                             "initialiser 'w'", error)
                      : NULL;
}

static FlOnnxConstant *
read_well (GByteArray *message)
{
  FlOnnxDocument *document;
  g_autoptr (GError) error = NULL;
  FlOnnxConstant *constant = read_in ("/nowhere", message, &document, &error);

  g_assert_no_error (error);
  fl_onnx_document_free (document); /* the constant keeps the file */
  return constant;
}

static void
assert_refused_in (const char *folder, GByteArray *message, GQuark domain, int code,
                   const char *text)
{
  FlOnnxDocument *document;
  g_autoptr (GError) error = NULL;

  g_assert_null (read_in (folder, message, &document, &error));
  g_assert_error (error, domain, code);
  g_assert_cmpstr (error->message, ==, text);
  g_clear_pointer (&document, fl_onnx_document_free);
}

static void
assert_numbers (const FlOnnxConstant *constant, gsize n, const double *expected)
{
  g_autoptr (FlTensor) tensor = fl_onnx_constant_to_tensor (constant);

  g_assert_cmpuint (constant->size, ==, n);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_cmpfloat (fl_onnx_constant_number (constant, i), ==, expected[i]);
      g_assert_cmpfloat ((double) fl_tensor_data (tensor)[i], ==, (double) (float) expected[i]);
    }
}

/* Every type, as raw data and in the field that belongs to it. */
static void
test_types (void)
{
  const gint64 shape[] = { 3 };
  const struct
  {
    FlOnnxType type;
    gconstpointer raw;
    guint32 field;
    gint64 numbers[3]; /* in the field, for varints */
    double expected[3];
  } cases[] = {
    { FL_ONNX_UINT8, (guint8[]){ 0, 200, 255 }, 5, { 0, 200, 255 }, { 0, 200, 255 } },
    { FL_ONNX_INT8, (gint8[]){ -128, -1, 127 }, 5, { -128, -1, 127 }, { -128, -1, 127 } },
    { FL_ONNX_UINT16, (guint16[]){ 0, 1, 65535 }, 5, { 0, 1, 65535 }, { 0, 1, 65535 } },
    { FL_ONNX_INT16,
      (gint16[]){ -32768, -1, 32767 },
      5,
      { -32768, -1, 32767 },
      { -32768, -1, 32767 } },
    { FL_ONNX_INT32,
      (gint32[]){ G_MININT32, -1, G_MAXINT32 },
      5,
      { G_MININT32, -1, G_MAXINT32 },
      { -2147483648., -1, 2147483647. } },
    { FL_ONNX_INT64,
      (gint64[]){ -7, 0, G_GINT64_CONSTANT (1) << 50 },
      7,
      { -7, 0, G_GINT64_CONSTANT (1) << 50 },
      { -7, 0, 0x1p50 } },
    { FL_ONNX_UINT32,
      (guint32[]){ 0, 1, G_MAXUINT32 },
      11,
      { 0, 1, G_MAXUINT32 },
      { 0, 1, 4294967295. } },
    { FL_ONNX_UINT64,
      (guint64[]){ 0, 1, (guint64) 1 << 63 },
      11,
      { 0, 1, G_MININT64 },
      { 0, 1, 0x1p63 } },
    { FL_ONNX_BOOL, (guint8[]){ 0, 1, 2 }, 5, { 0, 1, 2 }, { 0, 1, 1 } },
    { FL_ONNX_FLOAT16,
      (guint16[]){ 0x3c00, 0xc000, 0x0001 },
      5,
      { 0x3c00, 0xc000, 0x0001 },
      { 1, -2, 0x1p-24 } },
    { FL_ONNX_BFLOAT16,
      (guint16[]){ 0x3f80, 0xc000, 0x4049 },
      5,
      { 0x3f80, 0xc000, 0x4049 },
      { 1, -2, 3.140625 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int way = 0; way < 3; way++)
      {
        GByteArray *message = fl_onnx_write_tensor ("w", cases[i].type, 1, shape);
        g_autoptr (FlOnnxConstant) constant = NULL;

        if (way == 0)
          fl_wire_bytes (message, RAW, cases[i].raw, 3 * fl_onnx_type_width (cases[i].type));
        else if (way == 1)
          fl_wire_packed (message, cases[i].field, 3, cases[i].numbers);
        else
          fl_wire_numbers (message, cases[i].field, 3, cases[i].numbers);
        constant = read_well (message);
        g_assert_cmpint (constant->type, ==, cases[i].type);
        assert_numbers (constant, 3, cases[i].expected);
      }
}

static void
test_floats_and_doubles (void)
{
  const float floats[] = { 1.5f, -2.25f, 1e-30f };
  const double doubles[] = { 1.5, -2.25, 1e-30 };
  const double expected[] = { 1.5, -2.25, (double) 1e-30f };

  for (int way = 0; way < 2; way++)
    {
      GByteArray *single = fl_onnx_write_tensor ("w", FL_ONNX_FLOAT, 1, (gint64[]){ 3 });
      GByteArray *wide = fl_onnx_write_tensor ("w", FL_ONNX_DOUBLE, 1, (gint64[]){ 3 });
      g_autoptr (FlOnnxConstant) from_single = NULL;
      g_autoptr (FlOnnxConstant) from_wide = NULL;

      fl_wire_bytes (single, way == 0 ? RAW : 4, floats, sizeof floats);
      fl_wire_bytes (wide, way == 0 ? RAW : 10, doubles, sizeof doubles);
      from_single = read_well (single);
      from_wide = read_well (wide);
      assert_numbers (from_single, 3, expected);
      assert_numbers (from_wide, 3, doubles);
    }
  {
    GByteArray *unpacked = fl_onnx_write_tensor ("w", FL_ONNX_FLOAT, 1, (gint64[]){ 3 });
    g_autoptr (FlOnnxConstant) constant = NULL;

    for (int i = 0; i < 3; i++)
      fl_wire_float (unpacked, 4, floats[i]);
    constant = read_well (unpacked);
    assert_numbers (constant, 3, expected);
  }
}

/* Raw floats stay where they are, unless they are not aligned: then they are copied. */
static void
test_alignment (void)
{
  const float floats[] = { 1.5f, -2.25f };
  int n_mapped = 0;

  for (int shift = 0; shift < 4; shift++)
    {
      GByteArray *message = fl_onnx_write_tensor ("w", FL_ONNX_FLOAT, 1, (gint64[]){ 2 });
      g_autoptr (FlOnnxConstant) constant = NULL;
      g_autoptr (FlTensor) tensor = NULL;
      gboolean mapped;

      fl_wire_bytes (message, 12, "doc", (gsize) shift);
      fl_wire_bytes (message, RAW, floats, sizeof floats);
      constant = read_well (message);
      tensor = fl_onnx_constant_to_tensor (constant);
      mapped = (const guint8 *) fl_tensor_data (tensor) == constant->data;
      g_assert_true (mapped == ((guintptr) constant->data % sizeof (float) == 0));
      n_mapped += mapped;
      assert_numbers (constant, 2, (const double[]){ 1.5, -2.25 });
    }
  g_assert_cmpint (n_mapped, ==, 1);
}

/* All 65536: there and back, and what lies between two neighbours goes to the even one. */
static void
test_halves (void)
{
  g_autoptr (FlOnnxConstant) from = fl_onnx_constant_new (FL_ONNX_FLOAT16, 1, (gint64[]){ 2 });
  g_autoptr (FlOnnxConstant) to = fl_onnx_constant_new (FL_ONNX_FLOAT16, 1, (gint64[]){ 1 });

  for (guint bits = 0; bits < 0x10000; bits++)
    {
      guint16 half = (guint16) bits;
      guint16 next = (guint16) (bits + 1);
      guint16 back;
      double a, b;

      memcpy ((guint8 *) from->data, &half, 2);
      memcpy ((guint8 *) from->data + 2, &next, 2);
      a = fl_onnx_constant_number (from, 0);
      b = fl_onnx_constant_number (from, 1);
      if ((bits & 0x7fff) > 0x7c00)
        {
          g_assert_true (isnan (a));
          continue;
        }
      fl_onnx_constant_set_number (to, 0, a);
      memcpy (&back, to->data, 2);
      g_assert_cmpuint (back, ==, half);
      if ((bits & 0x7fff) >= 0x7bff)
        continue;
      g_assert_true (bits < 0x8000 ? b > a : b < a);
      fl_onnx_constant_set_number (to, 0, (a + b) / 2);
      memcpy (&back, to->data, 2);
      g_assert_cmpuint (back, ==, half % 2 == 0 ? half : next);
    }
  fl_onnx_constant_set_number (to, 0, 65519.999);
  g_assert_cmpfloat (fl_onnx_constant_number (to, 0), ==, 65504);
  fl_onnx_constant_set_number (to, 0, 65520);
  g_assert_true (isinf (fl_onnx_constant_number (to, 0)));
}

static void
test_brain_floats (void)
{
  g_autoptr (FlOnnxConstant) to = fl_onnx_constant_new (FL_ONNX_BFLOAT16, 0, NULL);
  const double cases[][2] = {
    { 1, 1 },
    { 1 + 0x1p-8, 1 },
    { 1 + 3 * 0x1p-8, 1 + 0x1p-6 },
    { -0.1, -0.10009765625 },
    { 1e300, INFINITY },
    { 0x1p-130, 0x1p-130 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fl_onnx_constant_set_number (to, 0, cases[i][0]);
      g_assert_cmpfloat (fl_onnx_constant_number (to, 0), ==, cases[i][1]);
    }
  fl_onnx_constant_set_number (to, 0, NAN);
  g_assert_true (isnan (fl_onnx_constant_number (to, 0)));
}

static void
test_scalars_and_empty (void)
{
  GByteArray *scalar = fl_onnx_write_tensor ("w", FL_ONNX_INT64, 0, NULL);
  GByteArray *empty = fl_onnx_write_tensor ("w", FL_ONNX_FLOAT, 2, (gint64[]){ 3, 0 });
  g_autoptr (FlOnnxConstant) one = NULL;
  g_autoptr (FlOnnxConstant) none = NULL;

  fl_wire_numbers (scalar, 7, 1, (gint64[]){ 42 });
  one = read_well (scalar);
  none = read_well (empty);
  g_assert_cmpint (one->rank, ==, 0);
  assert_numbers (one, 1, (const double[]){ 42 });
  g_assert_cmpuint (none->size, ==, 0);
}

static void
test_wrong_counts (void)
{
  const gint64 shape[] = { 2, 3 };
  const gint64 numbers[7] = { 0 };

  for (int met = 0; met < 8; met++)
    {
      GByteArray *message = fl_onnx_write_tensor ("w", FL_ONNX_INT64, 2, shape);
      g_autofree char *text
          = g_strdup_printf ("net.onnx: initialiser 'w': int64_data holds %d elements, int64 of "
                             "shape 2x3 needs 6",
                             met);

      if (met == 6)
        {
          g_byte_array_unref (message);
          continue;
        }
      if (met > 0)
        fl_wire_packed (message, 7, (gsize) MIN (met, 7), numbers);
      assert_refused_in ("/nowhere", message, FL_ERROR, FL_ERROR_MALFORMED, text);
    }
  {
    GByteArray *message = fl_onnx_write_tensor ("w", FL_ONNX_FLOAT, 2, shape);

    fl_wire_bytes (message, RAW, numbers, 23);
    assert_refused_in ("/nowhere", message, FL_ERROR, FL_ERROR_MALFORMED,
                       "net.onnx: initialiser 'w': raw_data holds 23 bytes, float of shape 2x3 "
                       "needs 24");
  }
}

/* A short file must not be able to ask for a large memory. */
static void
test_wrong_shapes (void)
{
  {
    GByteArray *message
        = fl_onnx_write_tensor ("w", FL_ONNX_INT8, 2, (gint64[]){ 1 << 20, 1 << 18 });

    fl_wire_packed (message, 5, 2, (gint64[]){ 1, 2 });
    assert_refused_in ("/nowhere", message, FL_ERROR, FL_ERROR_MALFORMED,
                       "net.onnx: initialiser 'w': int32_data holds 2 bytes, int8 of shape "
                       "1048576x262144 needs 274877906944");
  }
  {
    GByteArray *message = fl_onnx_write_tensor ("w", FL_ONNX_FLOAT, 2, (gint64[]){ 2, -3 });

    assert_refused_in ("/nowhere", message, FL_ERROR, FL_ERROR_MALFORMED,
                       "net.onnx: initialiser 'w': shape 2x-3, expected sizes from 0 and fewer "
                       "than 2^40 elements");
  }
  {
    const gint64 huge = G_GINT64_CONSTANT (1) << 30;
    GByteArray *message = fl_onnx_write_tensor ("w", FL_ONNX_FLOAT, 3, (gint64[]){ 0, huge, huge });

    assert_refused_in ("/nowhere", message, FL_ERROR, FL_ERROR_MALFORMED,
                       "net.onnx: initialiser 'w': shape 0x1073741824x1073741824, expected sizes "
                       "from 0 and fewer than 2^40 elements");
  }
  {
    GByteArray *message
        = fl_onnx_write_tensor ("w", FL_ONNX_FLOAT, 9, (gint64[]){ 1, 1, 1, 1, 1, 1, 1, 1, 1 });

    assert_refused_in ("/nowhere", message, FL_ERROR, FL_ERROR_UNSUPPORTED,
                       "net.onnx: initialiser 'w': 9 axes, expected at most 8");
  }
}

static void
test_wrong_types (void)
{
  assert_refused_in ("/nowhere", fl_onnx_write_tensor ("w", FL_ONNX_STRING, 0, NULL), FL_ERROR,
                     FL_ERROR_UNSUPPORTED,
                     "net.onnx: initialiser 'w': elements of type 8 (string), expected a float, "
                     "integer or bool type");
  assert_refused_in ("/nowhere", fl_onnx_write_tensor ("w", 99, 0, NULL), FL_ERROR,
                     FL_ERROR_UNSUPPORTED,
                     "net.onnx: initialiser 'w': elements of type 99 (unknown), expected a float, "
                     "integer or bool type");
}

/* ---- external data ---- */

typedef struct
{
  char *folder; /* owned: holds models/, and beside it secret.bin */
  char *models; /* owned: holds weights.bin, sub/more.bin and links */
} Files;

static void
write_file (const char *folder, const char *name, gconstpointer data, gsize size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, data, (gssize) size, NULL));
}

static void
set_up (Files *files, gconstpointer unused)
{
  const float floats[] = { 0, 1, 2, 3, 4 };
  g_autofree char *sub = NULL;
  g_autofree char *inside = NULL;
  g_autofree char *outside = NULL;

  files->folder = g_dir_make_tmp ("faultline-onnx-XXXXXX", NULL);
  files->models = g_build_filename (files->folder, "models", NULL);
  sub = g_build_filename (files->models, "sub", NULL);
  g_assert_cmpint (g_mkdir_with_parents (sub, 0700), ==, 0);
  write_file (files->models, "weights.bin", floats, sizeof floats);
  write_file (sub, "more.bin", floats, sizeof floats);
  write_file (files->folder, "secret.bin", floats, sizeof floats);
  inside = g_build_filename (files->models, "inside.bin", NULL);
  outside = g_build_filename (files->models, "outside.bin", NULL);
  g_assert_cmpint (symlink ("sub/more.bin", inside), ==, 0);
  g_assert_cmpint (symlink ("../secret.bin", outside), ==, 0);
}

static void
tear_down (Files *files, gconstpointer unused)
{
  const char *const names[] = { "models/weights.bin", "models/sub/more.bin",
                                "models/inside.bin",  "models/outside.bin",
                                "models/sub",         "models",
                                "secret.bin",         "" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (files->folder, names[i], NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_free (files->folder);
  g_free (files->models);
}

/* Two floats in a file; texts that are NULL are left out. */
static GByteArray *
write_external (const char *location, const char *offset, const char *length)
{
  const char *const keys[] = { "location", "offset", "length" };
  const char *const values[] = { location, offset, length };
  GByteArray *message = fl_onnx_write_tensor ("w", FL_ONNX_FLOAT, 1, (gint64[]){ 2 });

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (values[i] != NULL)
      {
        GByteArray *entry = g_byte_array_new ();

        fl_wire_text (entry, 1, keys[i]);
        fl_wire_text (entry, 2, values[i]);
        fl_wire_message (message, 13, entry);
      }
  fl_wire_number (message, 14, 1);
  return message;
}

static void
test_external (Files *files, gconstpointer unused)
{
  const struct
  {
    const char *location;
    const char *offset;
    const char *length;
    double first;
  } cases[] = {
    { "weights.bin", "4", "8", 1 },   { "weights.bin", "12", NULL, 3 },
    { "weights.bin", NULL, NULL, 0 }, { "./weights.bin", "8", NULL, 2 },
    { "sub/more.bin", "4", NULL, 1 }, { "inside.bin", "4", "8", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FlOnnxDocument *document;
      g_autoptr (GError) error = NULL;
      g_autoptr (FlOnnxConstant) constant = read_in (
          files->models, write_external (cases[i].location, cases[i].offset, cases[i].length),
          &document, &error);

      g_assert_no_error (error);
      fl_onnx_document_free (document);
      assert_numbers (constant, 2, (const double[]){ cases[i].first, cases[i].first + 1 });
    }
}

static void
test_external_outside (Files *files, gconstpointer unused)
{
  g_autofree char *absolute = g_build_filename (files->models, "weights.bin", NULL);
  const char *const locations[]
      = { absolute, "../secret.bin", "sub/../weights.bin", "..", "sub/../../secret.bin", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (locations); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("net.onnx: initialiser 'w': external data in '%s', expected a place "
                             "below the model's folder",
                             locations[i]);

      assert_refused_in (files->models, write_external (locations[i], NULL, NULL), FL_ERROR,
                         FL_ERROR_UNSUPPORTED, text);
    }
  assert_refused_in (files->models, write_external ("outside.bin", NULL, NULL), FL_ERROR,
                     FL_ERROR_UNSUPPORTED,
                     "net.onnx: initialiser 'w': external data 'outside.bin' leads out of the "
                     "model's folder, expected a place below it");
}

static void
test_external_wrong (Files *files, gconstpointer unused)
{
  const struct
  {
    const char *offset;
    const char *length;
    const char *text;
  } cases[] = {
    { "16", NULL, "8 bytes at 16 of 'weights.bin', which has 20" },
    { "9223372036854775807", NULL,
      "8 bytes at 9223372036854775807 of 'weights.bin', which has 20" },
    { "-4", NULL, "offset '-4' of its external data, expected a number of bytes" },
    { "four", NULL, "offset 'four' of its external data, expected a number of bytes" },
    { "99999999999999999999", NULL,
      "offset '99999999999999999999' of its external data, expected a number of bytes" },
    { "0", "7", "its external data holds 7 bytes, float of shape 2 needs 8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat ("net.onnx: initialiser 'w': ", cases[i].text, NULL);

      assert_refused_in (files->models,
                         write_external ("weights.bin", cases[i].offset, cases[i].length), FL_ERROR,
                         FL_ERROR_MALFORMED, text);
    }
  assert_refused_in (files->models, write_external (NULL, NULL, NULL), FL_ERROR, FL_ERROR_MALFORMED,
                     "net.onnx: initialiser 'w': external data without a location, expected a "
                     "file's name");
  assert_refused_in (files->models, write_external ("missing.bin", NULL, NULL), G_FILE_ERROR,
                     G_FILE_ERROR_NOENT,
                     "net.onnx: initialiser 'w': its external data 'missing.bin' cannot be opened");
  assert_refused_in (files->models, write_external ("sub", NULL, NULL), FL_ERROR,
                     FL_ERROR_UNSUPPORTED, "sub: a folder, expected a file");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/onnx-tensor/types", test_types);
  g_test_add_func ("/formats/onnx-tensor/floats-and-doubles", test_floats_and_doubles);
  g_test_add_func ("/formats/onnx-tensor/alignment", test_alignment);
  g_test_add_func ("/formats/onnx-tensor/halves", test_halves);
  g_test_add_func ("/formats/onnx-tensor/brain-floats", test_brain_floats);
  g_test_add_func ("/formats/onnx-tensor/scalars-and-empty", test_scalars_and_empty);
  g_test_add_func ("/formats/onnx-tensor/wrong-counts", test_wrong_counts);
  g_test_add_func ("/formats/onnx-tensor/wrong-shapes", test_wrong_shapes);
  g_test_add_func ("/formats/onnx-tensor/wrong-types", test_wrong_types);
  g_test_add ("/formats/onnx-tensor/external", Files, NULL, set_up, test_external, tear_down);
  g_test_add ("/formats/onnx-tensor/external-outside", Files, NULL, set_up, test_external_outside,
              tear_down);
  g_test_add ("/formats/onnx-tensor/external-wrong", Files, NULL, set_up, test_external_wrong,
              tear_down);
  return g_test_run ();
}
