#include "engine/formats/picture-file.h"
#include "engine/core/error.h"
#include "engine/formats/input-tensor.h"
#include "engine/formats/npy.h"
#include "tests/support/test-data.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/*
 * What torchvision 0.14 with Pillow 9.4 makes of tests/data/pictures/photo.png (61 x 47), or of the
 * same with rows and columns exchanged, by Resize (size) and CenterCrop ((height, width)): the
 * first 16 digits of the SHA-256 of the pixels.
 */
static const struct
{
  gboolean is_transposed;
  int size;
  int width;
  int height;
  FlResample resample;
  gboolean is_grey;
  const char *digest;
} torchvision[] = {
  { FALSE, 36, 32, 32, FL_RESAMPLE_BILINEAR, FALSE, "fc9eca3141e5e746" },
  { FALSE, 36, 32, 32, FL_RESAMPLE_BILINEAR, TRUE, "304b3cdd39d94758" },
  { FALSE, 33, 28, 30, FL_RESAMPLE_BICUBIC, FALSE, "df665548238301aa" },
  { FALSE, 33, 28, 30, FL_RESAMPLE_BICUBIC, TRUE, "00f1bdcd695102d8" },
  { FALSE, 20, 32, 24, FL_RESAMPLE_BILINEAR, FALSE, "6abb6ab91a12e99d" },
  { FALSE, 20, 32, 24, FL_RESAMPLE_BILINEAR, TRUE, "595bdde2ad76868d" },
  { FALSE, 47, 61, 47, FL_RESAMPLE_NEAREST, FALSE, "c49ce7d0a08f95ea" },
  { FALSE, 47, 61, 47, FL_RESAMPLE_NEAREST, TRUE, "1714943e93ffa0d0" },
  { FALSE, 31, 30, 31, FL_RESAMPLE_BILINEAR, FALSE, "24f158303e0b3215" },
  { FALSE, 31, 30, 31, FL_RESAMPLE_BILINEAR, TRUE, "72c608e4e0602f31" },
  { TRUE, 36, 32, 32, FL_RESAMPLE_BILINEAR, FALSE, "9f4e72f08654fc26" },
  { TRUE, 36, 32, 32, FL_RESAMPLE_BILINEAR, TRUE, "6cc318a2f1d3adb8" },
  { TRUE, 33, 28, 30, FL_RESAMPLE_BICUBIC, FALSE, "85cbd073bc8eb3c4" },
  { TRUE, 33, 28, 30, FL_RESAMPLE_BICUBIC, TRUE, "8fd71da419e84991" },
  { TRUE, 20, 32, 24, FL_RESAMPLE_BILINEAR, FALSE, "556bd92df824b34b" },
  { TRUE, 20, 32, 24, FL_RESAMPLE_BILINEAR, TRUE, "afa8b1b60e95bf25" },
  { TRUE, 47, 61, 47, FL_RESAMPLE_NEAREST, FALSE, "d0a91421c4002db5" },
  { TRUE, 47, 61, 47, FL_RESAMPLE_NEAREST, TRUE, "b9642a9036336496" },
  { TRUE, 31, 30, 31, FL_RESAMPLE_BILINEAR, FALSE, "afed12d093b35c0c" },
  { TRUE, 31, 30, 31, FL_RESAMPLE_BILINEAR, TRUE, "f4ab2899e4d8d23c" },
};

static FlPicture *
load_photo (gboolean is_transposed)
{
  g_autofree char *path = fl_test_data_path ("pictures/photo.png");
  g_autoptr (GError) error = NULL;
  g_autoptr (FlPicture) photo = fl_picture_load (path, &error);
  FlPicture *transposed;

  g_assert_no_error (error);
  if (!is_transposed)
    return g_steal_pointer (&photo);
  transposed = fl_picture_new (47, 61, NULL, 0);
  for (int y = 0; y < 61; y++)
    for (int x = 0; x < 47; x++)
      memcpy (fl_picture_pixels_writable (transposed) + (y * 47 + x) * 3,
              fl_picture_pixels (photo) + (x * 61 + y) * 3, 3);
  return transposed;
}

static void
assert_digest (FlPicture *picture, const char *digest)
{
  gsize size = (gsize) fl_picture_width (picture) * (gsize) fl_picture_height (picture) * 3;
  g_autofree char *met
      = g_compute_checksum_for_data (G_CHECKSUM_SHA256, fl_picture_pixels (picture), size);

  met[strlen (digest)] = '\0';
  g_assert_cmpstr (met, ==, digest);
}

static void
test_short_side (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (torchvision); i++)
    {
      FlInputPreparation preparation;
      g_autoptr (FlPicture) photo = load_photo (torchvision[i].is_transposed);
      g_autoptr (FlPicture) view = NULL;

      fl_input_preparation_init_default (&preparation, torchvision[i].is_grey ? 1 : 3,
                                         torchvision[i].width, torchvision[i].height);
      preparation.rule = FL_RESIZE_SHORT_SIDE;
      preparation.resize_size = torchvision[i].size;
      preparation.resample = torchvision[i].resample;
      view = fl_input_tensor_view (photo, &preparation, NULL);
      g_assert_cmpint (fl_picture_width (view), ==, torchvision[i].width);
      g_assert_cmpint (fl_picture_height (view), ==, torchvision[i].height);
      g_assert_cmpint (fl_picture_is_grey (view), ==, torchvision[i].is_grey);
      assert_digest (view, torchvision[i].digest);
    }
}

/* The digests are Pillow's crop, paste and resize done by hand. */
static void
test_squares (void)
{
  g_autoptr (FlPicture) photo = load_photo (FALSE);

  for (int n_channels = 1; n_channels <= 3; n_channels += 2)
    {
      FlInputPreparation preparation;
      g_autoptr (FlPicture) fitted = NULL;
      g_autoptr (FlPicture) cropped = NULL;

      fl_input_preparation_init_default (&preparation, n_channels, 32, 32);
      preparation.rule = FL_RESIZE_FIT;
      fitted = fl_input_tensor_view (photo, &preparation, NULL);
      assert_digest (fitted, n_channels == 3 ? "80217dd57dda1d82" : "4caf4223d1ce96eb");

      preparation.height = 30;
      preparation.rule = FL_RESIZE_CENTRE_CROP;
      preparation.resize_fraction = 0.875;
      cropped = fl_input_tensor_view (photo, &preparation, NULL);
      assert_digest (cropped, n_channels == 3 ? "05a50403bc58bd2b" : "f1f6ed76b1708437");
    }
}

static void
test_same_size_is_same_picture (void)
{
  FlInputPreparation preparation;
  g_autoptr (FlPicture) photo = load_photo (FALSE);
  g_autoptr (FlPicture) view = NULL;

  fl_input_preparation_init_default (&preparation, 3, 61, 47);
  preparation.rule = FL_RESIZE_STRETCH;
  view = fl_input_tensor_view (photo, &preparation, NULL);
  g_assert_true (view == photo);
}

/* A picture of 30000 x 1 must not be blown up before the piece that is wanted is cut out. */
static void
test_long_pictures (void)
{
  FlInputPreparation preparation;
  g_autoptr (FlPicture) line = fl_picture_new (FL_PICTURE_MAX_SIDE, 1, NULL, 0);
  g_autoptr (FlPicture) view = NULL;
  g_autoptr (FlPicture) fitted = NULL;
  g_autoptr (GError) error = NULL;

  memset (fl_picture_pixels_writable (line), 200, FL_PICTURE_MAX_SIDE * 3);
  fl_input_preparation_init_default (&preparation, 3, 224, 224);
  view = fl_input_tensor_view (line, &preparation, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fl_picture_pixels (view)[0], ==, 200);
  preparation.rule = FL_RESIZE_FIT;
  fitted = fl_input_tensor_view (line, &preparation, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fl_picture_pixels (fitted)[0], ==, 255);
  preparation.rule = FL_RESIZE_SHORT_SIDE;
  preparation.resize_size = FL_PICTURE_MAX_SIDE;
  g_assert_null (fl_input_tensor_view (line, &preparation, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_LIMIT);
  g_assert_true (fl_test_error_is_clear (error));
}

static void
test_values (void)
{
  static const guint8 pixels[] = { 0, 128, 255, 10, 20, 30 };
  g_autoptr (FlPicture) picture = fl_picture_new (2, 1, pixels, 6);
  FlInputPreparation preparation = { .width = 2,
                                     .height = 1,
                                     .scale = 0.5,
                                     .mean = { 1, 2, 3 },
                                     .std = { 2, 4, 8 },
                                     .rule = FL_RESIZE_STRETCH,
                                     .resample = FL_RESAMPLE_BILINEAR };
  const float rgb[] = { -0.5f, 2, 15.5f, 2, 15.5625f, 1.5f };
  const float bgr[] = { 63.25f, 7, 15.5f, 2, -0.375f, 0.25f };
  /* (0 * 19595 + 128 * 38470 + 255 * 7471 + 32768) / 65536 = 104, the other one 18 */
  const float grey[] = { 25.5f, 4 };

  for (int channels = FL_CHANNELS_RGB; channels <= FL_CHANNELS_GREY; channels++)
    {
      const float *expected = channels == FL_CHANNELS_RGB   ? rgb
                              : channels == FL_CHANNELS_BGR ? bgr
                                                            : grey;
      g_autoptr (FlTensor) tensor = NULL;
      g_autoptr (FlPicture) back = NULL;

      preparation.channels = (FlChannels) channels;
      tensor = fl_input_tensor_from_picture (picture, &preparation, NULL);
      g_assert_cmpint (fl_tensor_rank (tensor), ==, 3);
      g_assert_cmpint (fl_tensor_shape (tensor)[0], ==, channels == FL_CHANNELS_GREY ? 1 : 3);
      for (gsize i = 0; i < fl_tensor_size (tensor); i++)
        g_assert_cmpfloat (fl_tensor_data (tensor)[i], ==, expected[i]);
      back = fl_input_tensor_to_picture (tensor, &preparation);
      if (channels != FL_CHANNELS_GREY)
        g_assert_cmpmem (fl_picture_pixels (back), 6, pixels, 6);
      else
        g_assert_cmpint (fl_picture_pixels (back)[1], ==, 104);
    }
}

static void
test_values_not_finite (void)
{
  g_autoptr (FlPicture) picture = fl_picture_new (1, 1, NULL, 0);
  g_autoptr (GError) error = NULL;
  FlInputPreparation preparation;

  fl_input_preparation_init_default (&preparation, 3, 1, 1);
  preparation.std[1] = 1e-300;
  g_assert_null (fl_input_tensor_from_picture (picture, &preparation, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_NOT_FINITE);
  g_assert_true (fl_test_error_is_clear (error));
}

typedef struct
{
  char *folder;
  char *path;
} Scratch;

static void
scratch_set_up (Scratch *scratch, gconstpointer data)
{
  scratch->folder = g_dir_make_tmp ("faultline-XXXXXX", NULL);
  scratch->path = g_build_filename (scratch->folder, "input", NULL);
}

static void
scratch_tear_down (Scratch *scratch, gconstpointer data)
{
  g_unlink (scratch->path);
  g_rmdir (scratch->folder);
  g_free (scratch->path);
  g_free (scratch->folder);
}

static void
test_load_picture (Scratch *scratch, gconstpointer data)
{
  g_autofree char *path = fl_test_data_path ("pictures/photo.png");
  g_autoptr (FlPicture) picture = NULL;
  g_autoptr (FlTensor) tensor = NULL;
  g_autoptr (GError) error = NULL;
  FlInputPreparation preparation;

  fl_input_preparation_init_default (&preparation, 3, 20, 10);
  tensor = fl_input_tensor_load (path, &preparation, fl_input_preparation_n_channels (&preparation),
                                 &picture, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fl_picture_width (picture), ==, 61);
  g_assert_cmpint (fl_tensor_shape (tensor)[1], ==, 10);
  g_assert_cmpint (fl_tensor_shape (tensor)[2], ==, 20);
}

static void
test_load_prepared (Scratch *scratch, gconstpointer data)
{
  static const struct
  {
    int rank;
    gint64 shape[4];
    gboolean fits;
  } cases[] = {
    { 3, { 3, 2, 4 }, TRUE },     { 4, { 1, 3, 2, 4 }, TRUE }, { 4, { 2, 3, 2, 4 }, FALSE },
    { 3, { 3, 4, 2 }, FALSE },    { 3, { 1, 2, 4 }, FALSE },   { 2, { 6, 4 }, FALSE },
    { 4, { 1, 3, 2, 5 }, FALSE }, { 0, { 0 }, FALSE },
  };
  FlInputPreparation preparation;

  fl_input_preparation_init_default (&preparation, 3, 4, 2);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlTensor) stored = fl_tensor_new (cases[i].rank, cases[i].shape);
      g_autoptr (FlPicture) picture = NULL;
      g_autoptr (FlTensor) tensor = NULL;
      g_autoptr (GError) error = NULL;

      for (gsize k = 0; k < fl_tensor_size (stored); k++)
        fl_tensor_data_writable (stored)[k] = 0.1f + (float) k;
      g_assert_true (fl_npy_save (stored, scratch->path, NULL));
      tensor
          = fl_input_tensor_load (scratch->path, &preparation,
                                  fl_input_preparation_n_channels (&preparation), &picture, &error);
      g_assert_null (picture);
      if (!cases[i].fits)
        {
          g_assert_null (tensor);
          g_assert_error (error, FL_ERROR, FL_ERROR_SHAPE);
          g_assert_true (fl_test_error_is_clear (error));
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpint (fl_tensor_rank (tensor), ==, 3);
      g_assert_cmpmem (fl_tensor_data (tensor), 24 * sizeof (float), fl_tensor_data (stored),
                       24 * sizeof (float));
    }
}

static void
test_load_not_finite (Scratch *scratch, gconstpointer data)
{
  const gint64 shape[] = { 3, 2, 4 };
  g_autoptr (FlTensor) stored = fl_tensor_new (3, shape);
  g_autoptr (GError) error = NULL;
  FlInputPreparation preparation;

  fl_input_preparation_init_default (&preparation, 3, 4, 2);
  fl_tensor_data_writable (stored)[8 + 4 + 3] = -INFINITY;
  fl_tensor_data_writable (stored)[23] = NAN;
  g_assert_true (fl_npy_save (stored, scratch->path, NULL));
  g_assert_null (fl_input_tensor_load (scratch->path, &preparation, 3, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_NOT_FINITE);
  g_assert_nonnull (strstr (error->message, "[1,1,3]"));
  g_assert_true (fl_test_error_is_clear (error));
}

/* A network of other channels than a picture's takes arrays alone. */
static void
test_load_other_channels (Scratch *scratch, gconstpointer data)
{
  const gint64 shape[] = { 5, 2, 4 };
  g_autoptr (FlTensor) stored = fl_tensor_new (3, shape);
  g_autoptr (FlPicture) black = fl_picture_new (4, 2, NULL, 0);
  g_autoptr (FlPicture) looked_at = NULL;
  g_autoptr (FlTensor) loaded = NULL;
  g_autoptr (GError) error = NULL;
  FlInputPreparation preparation;

  fl_input_preparation_init_default (&preparation, 1, 4, 2);
  g_assert_true (fl_npy_save (stored, scratch->path, NULL));
  loaded = fl_input_tensor_load (scratch->path, &preparation, 5, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fl_tensor_shape (loaded)[0], ==, 5);
  looked_at = fl_input_tensor_to_picture (loaded, &preparation);
  g_assert_cmpint (fl_picture_width (looked_at), ==, 4);
  g_assert_true (fl_picture_save_png (black, scratch->path, NULL));
  g_assert_null (fl_input_tensor_load (scratch->path, &preparation, 5, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "[5,2,4]"));
  g_assert_true (fl_test_error_is_clear (error));
}

static void
test_locate (void)
{
  static const struct
  {
    FlResizeRule rule;
    int column, row;
    int input_column, input_row; /* -1: not seen */
  } cases[] = {
    /* 40 x 20 in 10 x 10: a quarter and a half. */
    { FL_RESIZE_STRETCH, 0, 0, 0, 0 },
    { FL_RESIZE_STRETCH, 39, 19, 9, 9 },
    { FL_RESIZE_STRETCH, 8, 7, 2, 3 },
    /* 24 x 12, of which the columns 7 .. 16 and the rows 1 .. 10 are cut out. */
    { FL_RESIZE_SHORT_SIDE, 20, 10, 5, 5 },
    { FL_RESIZE_SHORT_SIDE, 0, 10, -1, -1 },
    { FL_RESIZE_SHORT_SIDE, 20, 19, -1, -1 },
    /* The square of 10 from (15, 5). */
    { FL_RESIZE_CENTRE_CROP, 15, 5, 0, 0 },
    { FL_RESIZE_CENTRE_CROP, 24, 14, 9, 9 },
    { FL_RESIZE_CENTRE_CROP, 14, 5, -1, -1 },
    { FL_RESIZE_CENTRE_CROP, 15, 15, -1, -1 },
    /* The square of 40 that begins ten rows above. */
    { FL_RESIZE_FIT, 0, 0, 0, 2 },
    { FL_RESIZE_FIT, 39, 19, 9, 7 },
  };
  g_autoptr (FlPicture) picture = fl_picture_new (40, 20, NULL, 0);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FlInputPreparation preparation;
      int column = -1, row = -1;

      fl_input_preparation_init_default (&preparation, 3, 10, 10);
      preparation.rule = cases[i].rule;
      preparation.resize_size = 12;
      preparation.resize_fraction = 0.5;
      g_assert_cmpint (fl_input_tensor_locate (picture, &preparation, cases[i].column, cases[i].row,
                                               &column, &row),
                       ==, cases[i].input_column >= 0);
      g_assert_cmpint (column, ==, cases[i].input_column);
      g_assert_cmpint (row, ==, cases[i].input_row);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/input-tensor/short-side", test_short_side);
  g_test_add_func ("/formats/input-tensor/squares", test_squares);
  g_test_add_func ("/formats/input-tensor/same-size-is-same-picture",
                   test_same_size_is_same_picture);
  g_test_add_func ("/formats/input-tensor/long-pictures", test_long_pictures);
  g_test_add_func ("/formats/input-tensor/locate", test_locate);
  g_test_add_func ("/formats/input-tensor/values", test_values);
  g_test_add_func ("/formats/input-tensor/values-not-finite", test_values_not_finite);
  g_test_add ("/formats/input-tensor/load-picture", Scratch, NULL, scratch_set_up,
              test_load_picture, scratch_tear_down);
  g_test_add ("/formats/input-tensor/load-prepared", Scratch, NULL, scratch_set_up,
              test_load_prepared, scratch_tear_down);
  g_test_add ("/formats/input-tensor/load-not-finite", Scratch, NULL, scratch_set_up,
              test_load_not_finite, scratch_tear_down);
  g_test_add ("/formats/input-tensor/load-other-channels", Scratch, NULL, scratch_set_up,
              test_load_other_channels, scratch_tear_down);
  return g_test_run ();
}
