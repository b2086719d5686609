#include "engine/formats/picture-file.h"
#include "engine/formats/resize.h"
#include "tests/support/test-data.h"

#include <stdlib.h>
#include <string.h>

/*
 * What Pillow 9.4 makes of tests/data/pictures/photo.png: the first 16 digits of the SHA-256 of the
 * pixels. An empty box stands for the whole picture; as_grey for convert("L") before.
 */
static const struct
{
  int width;
  int height;
  FlResample resample;
  FlResizeBox box;
  gboolean as_grey;
  const char *digest;
} pillow[] = {
  { 1, 1, FL_RESAMPLE_NEAREST, { 0, 0, 0, 0 }, FALSE, "d768266aa9bd3c85" },
  { 1, 1, FL_RESAMPLE_BILINEAR, { 0, 0, 0, 0 }, FALSE, "c5a0487ade211f53" },
  { 1, 1, FL_RESAMPLE_BICUBIC, { 0, 0, 0, 0 }, FALSE, "c5a0487ade211f53" },
  { 7, 5, FL_RESAMPLE_NEAREST, { 0, 0, 0, 0 }, FALSE, "8ee517d17a5a2293" },
  { 7, 5, FL_RESAMPLE_NEAREST, { 5, 7, 50, 40 }, FALSE, "21512791a3f768b1" },
  { 7, 5, FL_RESAMPLE_NEAREST, { 0.5f, 1.75f, 60.25f, 33.125f }, FALSE, "b01942e3889839a0" },
  { 7, 5, FL_RESAMPLE_BILINEAR, { 0, 0, 0, 0 }, FALSE, "365633f14f38e5a2" },
  { 7, 5, FL_RESAMPLE_BILINEAR, { 5, 7, 50, 40 }, FALSE, "e89d8cc9970a8486" },
  { 7, 5, FL_RESAMPLE_BILINEAR, { 0.5f, 1.75f, 60.25f, 33.125f }, FALSE, "965282c90a534d38" },
  { 7, 5, FL_RESAMPLE_BICUBIC, { 0, 0, 0, 0 }, FALSE, "f5d0843456f650f8" },
  { 7, 5, FL_RESAMPLE_BICUBIC, { 5, 7, 50, 40 }, FALSE, "c9a2ab336c3b4c06" },
  { 7, 5, FL_RESAMPLE_BICUBIC, { 0.5f, 1.75f, 60.25f, 33.125f }, FALSE, "93ec88152ae56c09" },
  { 61, 20, FL_RESAMPLE_NEAREST, { 0, 0, 0, 0 }, FALSE, "a32788840b80868a" },
  { 61, 20, FL_RESAMPLE_BILINEAR, { 0, 0, 0, 0 }, FALSE, "00a5adfcf1b83572" },
  { 61, 20, FL_RESAMPLE_BICUBIC, { 0, 0, 0, 0 }, FALSE, "9817606b2c93f6bc" },
  { 30, 47, FL_RESAMPLE_NEAREST, { 0, 0, 0, 0 }, FALSE, "d7a4a6ad064a8da0" },
  { 30, 47, FL_RESAMPLE_BILINEAR, { 0, 0, 0, 0 }, FALSE, "f098050fceff0d55" },
  { 30, 47, FL_RESAMPLE_BICUBIC, { 0, 0, 0, 0 }, FALSE, "787ce4de226d68f2" },
  { 122, 94, FL_RESAMPLE_NEAREST, { 0, 0, 0, 0 }, FALSE, "86c3d4e0f7d9d11d" },
  { 122, 94, FL_RESAMPLE_NEAREST, { 5, 7, 50, 40 }, FALSE, "c8292b6c24884869" },
  { 122, 94, FL_RESAMPLE_NEAREST, { 0.5f, 1.75f, 60.25f, 33.125f }, FALSE, "9aa07a06278f7479" },
  { 122, 94, FL_RESAMPLE_BILINEAR, { 0, 0, 0, 0 }, FALSE, "2234b30ee55c7ede" },
  { 122, 94, FL_RESAMPLE_BILINEAR, { 5, 7, 50, 40 }, FALSE, "a960805821c1a761" },
  { 122, 94, FL_RESAMPLE_BILINEAR, { 0.5f, 1.75f, 60.25f, 33.125f }, FALSE, "3a0c9ecb3a659bc8" },
  { 122, 94, FL_RESAMPLE_BICUBIC, { 0, 0, 0, 0 }, FALSE, "ae254f9f6b9f51f1" },
  { 122, 94, FL_RESAMPLE_BICUBIC, { 5, 7, 50, 40 }, FALSE, "2ca279720862c790" },
  { 122, 94, FL_RESAMPLE_BICUBIC, { 0.5f, 1.75f, 60.25f, 33.125f }, FALSE, "e875f5cc0292d5ab" },
  { 97, 83, FL_RESAMPLE_NEAREST, { 0, 0, 0, 0 }, FALSE, "44f57bfdd7b3892e" },
  { 97, 83, FL_RESAMPLE_NEAREST, { 0, 0, 0, 0 }, TRUE, "fcda2e8f058ada02" },
  { 97, 83, FL_RESAMPLE_BILINEAR, { 0, 0, 0, 0 }, FALSE, "e53ef3aa20d2bb82" },
  { 97, 83, FL_RESAMPLE_BILINEAR, { 0, 0, 0, 0 }, TRUE, "b1f53d9d5285db23" },
  { 97, 83, FL_RESAMPLE_BICUBIC, { 0, 0, 0, 0 }, FALSE, "2b450502d62cb3c9" },
  { 97, 83, FL_RESAMPLE_BICUBIC, { 0, 0, 0, 0 }, TRUE, "0b8d7287db077bc8" },
  { 224, 224, FL_RESAMPLE_NEAREST, { 0, 0, 0, 0 }, FALSE, "efc2c830886bf83e" },
  { 224, 224, FL_RESAMPLE_NEAREST, { 5, 7, 50, 40 }, FALSE, "6c126f39da90c3db" },
  { 224, 224, FL_RESAMPLE_NEAREST, { 0.5f, 1.75f, 60.25f, 33.125f }, FALSE, "95adb3a50b623051" },
  { 224, 224, FL_RESAMPLE_BILINEAR, { 0, 0, 0, 0 }, FALSE, "9024e24fc751831e" },
  { 224, 224, FL_RESAMPLE_BILINEAR, { 5, 7, 50, 40 }, FALSE, "c88372852101664a" },
  { 224, 224, FL_RESAMPLE_BILINEAR, { 0.5f, 1.75f, 60.25f, 33.125f }, FALSE, "e27d19cb3266edf7" },
  { 224, 224, FL_RESAMPLE_BICUBIC, { 0, 0, 0, 0 }, FALSE, "cc956d65c6505788" },
  { 224, 224, FL_RESAMPLE_BICUBIC, { 5, 7, 50, 40 }, FALSE, "18da8360fd475d2f" },
  { 224, 224, FL_RESAMPLE_BICUBIC, { 0.5f, 1.75f, 60.25f, 33.125f }, FALSE, "a8f174edb2148a77" },
  { 61, 47, FL_RESAMPLE_NEAREST, { 0, 0, 0, 0 }, FALSE, "c49ce7d0a08f95ea" },
  { 61, 47, FL_RESAMPLE_NEAREST, { 5, 7, 50, 40 }, FALSE, "2ac49480b5e323a1" },
  { 61, 47, FL_RESAMPLE_NEAREST, { 0.5f, 1.75f, 60.25f, 33.125f }, FALSE, "6ae68e8a332bd9ea" },
  { 61, 47, FL_RESAMPLE_BILINEAR, { 0, 0, 0, 0 }, FALSE, "c49ce7d0a08f95ea" },
  { 61, 47, FL_RESAMPLE_BILINEAR, { 5, 7, 50, 40 }, FALSE, "11b3694dd84aa7ae" },
  { 61, 47, FL_RESAMPLE_BILINEAR, { 0.5f, 1.75f, 60.25f, 33.125f }, FALSE, "49a1e830e039d677" },
  { 61, 47, FL_RESAMPLE_BICUBIC, { 0, 0, 0, 0 }, FALSE, "c49ce7d0a08f95ea" },
  { 61, 47, FL_RESAMPLE_BICUBIC, { 5, 7, 50, 40 }, FALSE, "eece4e81686fd0ad" },
  { 61, 47, FL_RESAMPLE_BICUBIC, { 0.5f, 1.75f, 60.25f, 33.125f }, FALSE, "1e2940b837cc83c5" },
};

static FlPicture *
load (const char *name)
{
  g_autofree char *path = fl_test_data_path (name);
  g_autoptr (GError) error = NULL;
  FlPicture *picture = fl_picture_load (path, &error);

  g_assert_no_error (error);
  return picture;
}

static gsize
n_bytes (FlPicture *picture)
{
  return (gsize) fl_picture_width (picture) * (gsize) fl_picture_height (picture) * 3;
}

static void
assert_same (FlPicture *met, FlPicture *expected)
{
  g_assert_cmpint (fl_picture_width (met), ==, fl_picture_width (expected));
  g_assert_cmpint (fl_picture_height (met), ==, fl_picture_height (expected));
  for (gsize i = 0; i < n_bytes (expected); i++)
    g_assert_cmpint (fl_picture_pixels (met)[i], ==, fl_picture_pixels (expected)[i]);
}

static void
test_pillow_pictures (void)
{
  static const char *const names[] = { "nearest", "bilinear", "bicubic" };
  const FlResizeBox box = { 3.25f, 2.5f, 40.75f, 30 };
  g_autoptr (FlPicture) photo = load ("pictures/photo.png");
  g_autoptr (FlPicture) part = NULL;
  g_autoptr (FlPicture) expected_part = load ("pictures/resized-box-80x50-bicubic.png");

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("pictures/resized-29x36-%s.png", names[i]);
      g_autoptr (FlPicture) expected = load (name);
      g_autoptr (FlPicture) met = fl_resize (photo, 29, 36, (FlResample) i, NULL);

      assert_same (met, expected);
    }
  part = fl_resize (photo, 80, 50, FL_RESAMPLE_BICUBIC, &box);
  assert_same (part, expected_part);
}

static void
test_pillow_digests (void)
{
  g_autoptr (FlPicture) photo = load ("pictures/photo.png");

  for (gsize i = 0; i < G_N_ELEMENTS (pillow); i++)
    {
      g_autoptr (FlPicture) met = NULL;
      g_autofree char *digest = NULL;

      if (pillow[i].as_grey)
        {
          FlResizeJob job = { .as_grey = TRUE,
                              .width = pillow[i].width,
                              .height = pillow[i].height,
                              .resample = pillow[i].resample };

          met = fl_resize_run (photo, &job, NULL);
        }
      else
        met = fl_resize (photo, pillow[i].width, pillow[i].height, pillow[i].resample,
                         pillow[i].box.right > 0 ? &pillow[i].box : NULL);
      digest
          = g_compute_checksum_for_data (G_CHECKSUM_SHA256, fl_picture_pixels (met), n_bytes (met));
      if (!g_str_has_prefix (digest, pillow[i].digest))
        g_error ("row %d, %dx%d: digest %.16s, expected %s", (int) i, pillow[i].width,
                 pillow[i].height, digest, pillow[i].digest);
    }
}

/* A part of the result is that part of the whole result, and black beyond. */
static void
test_part (void)
{
  g_autoptr (FlPicture) photo = load ("pictures/photo.png");
  const int left = -3;
  const int top = 11;
  const int width = 40;
  const int height = 29;

  for (int resample = FL_RESAMPLE_NEAREST; resample <= FL_RESAMPLE_BICUBIC; resample++)
    for (int kept = 0; kept < 3; kept++)
      {
        /* One axis or the other may keep its size, and its pass is left out. */
        int whole_width = kept == 1 ? 61 : 33;
        int whole_height = kept == 2 ? 47 : 37;
        FlResizeJob job = { .width = whole_width,
                            .height = whole_height,
                            .resample = (FlResample) resample,
                            .part_x = left,
                            .part_y = top,
                            .part_width = width,
                            .part_height = height };
        g_autoptr (FlPicture) whole
            = fl_resize (photo, whole_width, whole_height, (FlResample) resample, NULL);
        g_autoptr (FlPicture) part = fl_resize_run (photo, &job, NULL);

        for (int y = 0; y < height; y++)
          for (int x = 0; x < width; x++)
            for (int c = 0; c < 3; c++)
              {
                int u = x + left;
                int v = y + top;
                gboolean is_inside = u >= 0 && u < whole_width && v < whole_height;
                int expected
                    = is_inside ? fl_picture_pixels (whole)[(v * whole_width + u) * 3 + c] : 0;

                g_assert_cmpint (fl_picture_pixels (part)[(y * width + x) * 3 + c], ==, expected);
              }
      }
}

/* A canvas is the same as a picture that was cut out, or surrounded with white, by hand. */
static void
test_canvas (void)
{
  static const struct
  {
    int x;
    int y;
    int width;
    int height;
  } canvases[] = { { 7, 3, 30, 40 }, { -5, 0, 70, 47 }, { 0, -7, 61, 61 }, { 50, 40, 20, 20 } };
  g_autoptr (FlPicture) photo = load ("pictures/photo.png");

  for (gsize i = 0; i < G_N_ELEMENTS (canvases); i++)
    for (int resample = FL_RESAMPLE_NEAREST; resample <= FL_RESAMPLE_BICUBIC; resample++)
      {
        int width = canvases[i].width;
        int height = canvases[i].height;
        FlResizeJob job = { .x = canvases[i].x,
                            .y = canvases[i].y,
                            .canvas_width = width,
                            .canvas_height = height,
                            .width = 25,
                            .height = 52,
                            .resample = (FlResample) resample };
        g_autoptr (FlPicture) canvas = fl_picture_new (width, height, NULL, 0);
        guint8 *pixels = fl_picture_pixels_writable (canvas);
        g_autoptr (FlPicture) met = fl_resize_run (photo, &job, NULL);
        g_autoptr (FlPicture) expected = NULL;

        for (int y = 0; y < height; y++)
          for (int x = 0; x < width; x++)
            {
              int u = x + canvases[i].x;
              int v = y + canvases[i].y;

              for (int c = 0; c < 3; c++)
                *pixels++ = u >= 0 && u < 61 && v >= 0 && v < 47
                                ? fl_picture_pixels (photo)[(v * 61 + u) * 3 + c]
                                : 255;
            }
        expected = fl_resize (canvas, 25, 52, (FlResample) resample, NULL);
        assert_same (met, expected);
      }
}

/* A plain picture stays plain, whatever is done to it. */
static void
test_plain_stays_plain (void)
{
  const guint8 colour[] = { 255, 7, 130 };
  g_autoptr (FlPicture) plain = fl_picture_new (37, 11, NULL, 0);

  for (gsize i = 0; i < n_bytes (plain); i++)
    fl_picture_pixels_writable (plain)[i] = colour[i % 3];
  for (int resample = FL_RESAMPLE_NEAREST; resample <= FL_RESAMPLE_BICUBIC; resample++)
    for (int side = 1; side < 90; side += 11)
      {
        g_autoptr (FlPicture) met = fl_resize (plain, side, 90 - side, (FlResample) resample, NULL);

        for (gsize i = 0; i < n_bytes (met); i++)
          g_assert_cmpint (fl_picture_pixels (met)[i], ==, colour[i % 3]);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/resize/pillow-pictures", test_pillow_pictures);
  g_test_add_func ("/formats/resize/pillow-digests", test_pillow_digests);
  g_test_add_func ("/formats/resize/part", test_part);
  g_test_add_func ("/formats/resize/canvas", test_canvas);
  g_test_add_func ("/formats/resize/plain-stays-plain", test_plain_stays_plain);
  return g_test_run ();
}
