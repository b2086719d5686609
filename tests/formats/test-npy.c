#include "engine/core/error.h"
#include "engine/formats/npy.h"
#include "tests/support/test-data.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static void
test_numpy_files (void)
{
  static const struct
  {
    const char *name;
    int first;
    double factor;
  } files[] = {
    { "float32", -11, 0.125 },
    { "float32-big-endian-fortran", -11, 0.125 },
    { "float64-fortran", -11, 0.125 },
    { "float64-version-2", -11, 0.125 },
    { "float32-version-3", -11, 0.125 },
    { "int8", -11, 1 },
    { "int16-big-endian", -11, 1 },
    { "int32", -11, 1 },
    { "int64-fortran", -11, 1 },
    { "uint8", 0, 1 },
    { "uint16", 0, 1 },
    { "uint32", 0, 1 },
    { "uint64", 0, 1 },
  };
  const gint64 expected_shape[] = { 2, 3, 4 };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *name = g_strdup_printf ("arrays/%s.npy", files[i].name);
      g_autofree char *path = fl_test_data_path (name);
      g_autoptr (GError) error = NULL;
      g_autoptr (FlTensor) tensor = fl_npy_load (path, &error);
      g_autofree double *doubles = NULL;
      gint64 shape[FL_TENSOR_MAX_RANK];
      int rank;

      g_assert_no_error (error);
      doubles = fl_npy_load_doubles (path, &rank, shape, &error);
      g_assert_no_error (error);
      g_assert_cmpint (rank, ==, 3);
      g_assert_cmpint (fl_tensor_rank (tensor), ==, 3);
      g_assert_cmpmem (shape, sizeof expected_shape, expected_shape, sizeof expected_shape);
      g_assert_cmpmem (fl_tensor_shape (tensor), sizeof expected_shape, expected_shape,
                       sizeof expected_shape);
      for (int k = 0; k < 24; k++)
        {
          double expected = (k + files[i].first) * files[i].factor;

          g_assert_cmpfloat (fl_tensor_data (tensor)[k], ==, expected);
          g_assert_cmpfloat (doubles[k], ==, expected);
        }
    }
}

static FlTensor *
load (const char *name)
{
  g_autofree char *path = fl_test_data_path (name);
  g_autoptr (GError) error = NULL;
  FlTensor *tensor = fl_npy_load (path, &error);

  g_assert_no_error (error);
  return tensor;
}

static void
test_odd_arrays (void)
{
  g_autoptr (FlTensor) truths = load ("arrays/bool.npy");
  g_autoptr (FlTensor) scalar = load ("arrays/scalar.npy");
  g_autoptr (FlTensor) empty = load ("arrays/empty.npy");

  for (int k = 0; k < 24; k++)
    g_assert_cmpfloat (fl_tensor_data (truths)[k], ==, k > 11);
  g_assert_cmpint (fl_tensor_rank (scalar), ==, 0);
  g_assert_cmpfloat (fl_tensor_data (scalar)[0], ==, 2.5);
  g_assert_cmpint (fl_tensor_rank (empty), ==, 3);
  g_assert_cmpint (fl_tensor_size (empty), ==, 0);
}

static void
test_other_types (void)
{
  static const char *const names[] = { "arrays/half.npy", "arrays/complex.npy" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = fl_test_data_path (names[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (fl_npy_load (path, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED);
      g_assert_true (fl_test_error_is_clear (error));
    }
}

static void
test_write (void)
{
  static const gint64 shapes[][3] = { { 0, 0, 0 }, { 5, 0, 0 }, { 2, 3, 0 }, { 2, 3, 4 } };
  g_autofree char *folder = g_dir_make_tmp ("faultline-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.npy", NULL);

  for (int rank = 0; rank < 4; rank++)
    {
      g_autoptr (FlTensor) tensor = fl_tensor_new (rank, shapes[rank]);
      g_autoptr (FlTensor) again = NULL;
      g_autoptr (GError) error = NULL;
      gsize size = fl_tensor_size (tensor) * sizeof (float);

      for (gsize i = 0; i < fl_tensor_size (tensor); i++)
        fl_tensor_data_writable (tensor)[i] = (float) i / 7 - 1;
      fl_tensor_data_writable (tensor)[0] = -INFINITY;
      g_assert_true (fl_npy_save (tensor, path, &error));
      again = fl_npy_load (path, &error);
      g_assert_no_error (error);
      g_assert_cmpint (fl_tensor_rank (again), ==, rank);
      g_assert_cmpmem (fl_tensor_shape (again), rank * sizeof (gint64), shapes[rank],
                       rank * sizeof (gint64));
      g_assert_cmpmem (fl_tensor_data (again), size, fl_tensor_data (tensor), size);
    }
  g_unlink (path);
  g_rmdir (folder);
}

/* Byte for byte what NumPy writes. */
static void
test_write_as_numpy (void)
{
  g_autoptr (GBytes) expected = fl_test_data_bytes ("arrays/float32.npy");
  g_autoptr (FlTensor) tensor = load ("arrays/float32.npy");
  g_autoptr (GBytes) met = fl_npy_to_bytes (tensor);

  g_assert_true (g_bytes_equal (met, expected));
}

static void
test_every_truncation (void)
{
  g_autoptr (GBytes) bytes = fl_test_data_bytes ("arrays/float64-version-2.npy");

  for (gsize size = 0; size < g_bytes_get_size (bytes); size++)
    {
      g_autoptr (GBytes) part = g_bytes_new (g_bytes_get_data (bytes, NULL), size);
      g_autoptr (GError) error = NULL;

      g_assert_null (fl_npy_load_bytes (part, "cut.npy", &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_MALFORMED);
      g_assert_true (fl_test_error_is_clear (error));
      g_assert_nonnull (strstr (error->message, "cut.npy"));
    }
}

/* A version 1 file with this header and @n_data bytes of elements. */
static GBytes *
make_file (const char *header, gsize n_data)
{
  GByteArray *content = g_byte_array_new ();
  gsize length = strlen (header);
  guint8 sizes[] = { 1, 0, (guint8) length, (guint8) (length >> 8) };
  g_autofree guint8 *data = g_malloc0 (n_data + 1);

  g_byte_array_append (content, (const guint8 *) "\x93NUMPY", 6);
  g_byte_array_append (content, sizes, sizeof sizes);
  g_byte_array_append (content, (const guint8 *) header, (guint) length);
  g_byte_array_append (content, data, (guint) n_data);
  return g_byte_array_free_to_bytes (content);
}

static void
test_headers (void)
{
  static const struct
  {
    const char *header;
    gsize n_data;
    int code; /* -1: fine */
  } cases[] = {
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }  \n", 24, -1 },
    { "{\"shape\":(2,3,),\"descr\":\"|b1\",\"fortran_order\":True}", 6, -1 },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 4, -1 },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 25, FL_ERROR_MALFORMED },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 23, FL_ERROR_MALFORMED },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (3), }", 12, FL_ERROR_MALFORMED },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,), }", 12, FL_ERROR_MALFORMED },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': 3, }", 12, FL_ERROR_MALFORMED },
    { "{'descr': '<f4', 'fortran_order': 0, 'shape': (3,), }", 12, FL_ERROR_MALFORMED },
    { "{'descr': '<f4', 'fortran_order': False}", 12, FL_ERROR_MALFORMED },
    { "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", 12,
      FL_ERROR_MALFORMED },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1}", 12,
      FL_ERROR_MALFORMED },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} x", 12, FL_ERROR_MALFORMED },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)", 12, FL_ERROR_MALFORMED },
    { "{'descr': '<f4", 12, FL_ERROR_MALFORMED },
    { "", 12, FL_ERROR_MALFORMED },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}", 4,
      FL_ERROR_MALFORMED },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000, 1000000)}", 4,
      FL_ERROR_MALFORMED },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", 4,
      FL_ERROR_MALFORMED },
    { "{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}", 16, FL_ERROR_UNSUPPORTED },
    { "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", 8, FL_ERROR_UNSUPPORTED },
    { "{'descr': '|f4', 'fortran_order': False, 'shape': (1,)}", 4, FL_ERROR_UNSUPPORTED },
    { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", 4, FL_ERROR_UNSUPPORTED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = make_file (cases[i].header, cases[i].n_data);
      g_autoptr (GError) error = NULL;
      g_autoptr (FlTensor) tensor = fl_npy_load_bytes (bytes, "made.npy", &error);

      g_test_message ("%s", cases[i].header);
      if (cases[i].code < 0)
        {
          g_assert_no_error (error);
          g_assert_nonnull (tensor);
          continue;
        }
      g_assert_null (tensor);
      g_assert_error (error, FL_ERROR, cases[i].code);
      g_assert_true (fl_test_error_is_clear (error));
    }
}

/* A header of 4 GiB is refused before anything is allocated for it. */
static void
test_header_limit (void)
{
  static const guint8 content[] = "\x93NUMPY\x02\x00\xff\xff\xff\xff{";
  g_autoptr (GBytes) bytes = g_bytes_new (content, sizeof content - 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (fl_npy_load_bytes (bytes, "made.npy", &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_LIMIT);
}

static void
test_version (void)
{
  static const guint8 content[] = "\x93NUMPY\x04\x00\x01\x00{";
  g_autoptr (GBytes) bytes = g_bytes_new (content, sizeof content - 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (fl_npy_load_bytes (bytes, "made.npy", &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/npy/numpy-files", test_numpy_files);
  g_test_add_func ("/formats/npy/odd-arrays", test_odd_arrays);
  g_test_add_func ("/formats/npy/other-types", test_other_types);
  g_test_add_func ("/formats/npy/write", test_write);
  g_test_add_func ("/formats/npy/write-as-numpy", test_write_as_numpy);
  g_test_add_func ("/formats/npy/every-truncation", test_every_truncation);
  g_test_add_func ("/formats/npy/headers", test_headers);
  g_test_add_func ("/formats/npy/header-limit", test_header_limit);
  g_test_add_func ("/formats/npy/version", test_version);
  return g_test_run ();
}
