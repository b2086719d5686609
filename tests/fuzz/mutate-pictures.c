#include "engine/core/error.h"
#include "engine/formats/csv-reader.h"
#include "engine/formats/model-card.h"
#include "engine/formats/npy.h"
#include "engine/formats/picture-file.h"
#include "tests/fuzz/mutator.h"
#include "tests/support/test-data.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/*
 * Spoils pictures, arrays, cards and tables and reads them. Nothing may crash, and what cannot be
 * read must say so in one clear line. Arguments: the number of files (2000), the seed (1).
 */

static int n_files = 2000;
static guint32 first_seed = 1;

typedef gboolean (*ReadFunc) (GBytes *bytes, GError **error);

static gboolean
read_picture (GBytes *bytes, GError **error)
{
  g_autoptr (FlPicture) picture = fl_picture_load_bytes (bytes, "spoilt", error);

  /* A sum over the pixels, so that AddressSanitizer sees that they are there. */
  if (picture != NULL)
    {
      gsize size = (gsize) fl_picture_width (picture) * (gsize) fl_picture_height (picture) * 3;
      guint64 sum = 0;

      for (gsize i = 0; i < size; i++)
        sum += fl_picture_pixels (picture)[i];
      g_assert_cmpuint (sum, <=, size * 255);
    }
  return picture != NULL;
}

static gboolean
read_array (GBytes *bytes, GError **error)
{
  g_autoptr (GError) doubles_error = NULL;
  g_autoptr (FlTensor) tensor = fl_npy_load_bytes (bytes, "spoilt", error);
  gint64 shape[FL_TENSOR_MAX_RANK];
  int rank;
  g_autofree double *doubles
      = fl_npy_load_doubles_bytes (bytes, "spoilt", &rank, shape, &doubles_error);

  g_assert_true ((tensor != NULL) == (doubles != NULL));
  if (tensor != NULL)
    for (gsize i = 0; i < fl_tensor_size (tensor); i++)
      {
        float narrow = (float) doubles[i];

        g_assert_true (memcmp (&fl_tensor_data (tensor)[i], &narrow, sizeof narrow) == 0
                       || narrow != narrow);
      }
  return tensor != NULL;
}

static gboolean
read_card (GBytes *bytes, GError **error)
{
  g_autoptr (FlModelCard) card = fl_model_card_load_bytes (bytes, "spoilt", error);

  if (card != NULL && fl_model_card_has_input_size (card))
    {
      const FlInputPreparation *preparation = fl_model_card_preparation (card);

      g_assert_cmpint (preparation->width, >=, 1);
      for (int c = 0; c < 3; c++)
        g_assert_cmpfloat (preparation->std[c], >, 0);
    }
  return card != NULL;
}

static gboolean
read_table (GBytes *bytes, GError **error)
{
  g_autoptr (GPtrArray) rows = fl_csv_parse (bytes, "spoilt", error);

  return rows != NULL;
}

/* Makes the checksums of a PNG's chunks right again, so that the damage inside them is seen. */
static GBytes *
repair_png (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree guint8 *copy = g_memdup2 (data, size);
  gsize at = 8;

  while (at + 12 <= size)
    {
      guint32 length, sum;

      memcpy (&length, copy + at, 4);
      length = GUINT32_FROM_BE (length);
      if (length > size - at - 12)
        break;
      sum = GUINT32_TO_BE ((guint32) crc32 (crc32 (0, NULL, 0), copy + at + 4, length + 4));
      memcpy (copy + at + 8 + length, &sum, 4);
      at += 12 + (gsize) length;
    }
  return g_bytes_new (copy, size);
}

static const struct
{
  const char *name;
  ReadFunc read;
} seeds[] = {
  { "pictures/photo.png", read_picture },       { "pictures/photo-grey.png", read_picture },
  { "pictures/photo-420.jpg", read_picture },   { "pictures/photo-progressive.jpg", read_picture },
  { "pictures/photo-cmyk.jpg", read_picture },  { "pictures/orientation-7.jpg", read_picture },
  { "arrays/float32.npy", read_array },         { "arrays/int16-big-endian.npy", read_array },
  { "arrays/float64-fortran.npy", read_array }, { "cards/complete.json", read_card },
  { "tables/quoted.csv", read_table },
};

static void
test_spoilt_files (void)
{
  g_autoptr (FlRandom) random = fl_random_new (first_seed);
  g_autoptr (GPtrArray) contents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  int n_read = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (seeds); i++)
    g_ptr_array_add (contents, fl_test_data_bytes (seeds[i].name));
  for (int i = 0; i < n_files; i++)
    {
      gsize which = (gsize) i % G_N_ELEMENTS (seeds);
      g_autoptr (GBytes) spoilt = fl_mutate (g_ptr_array_index (contents, which), random);
      g_autoptr (GError) error = NULL;

      if (g_str_has_suffix (seeds[which].name, ".png") && fl_random_below (random, 4) != 0)
        {
          g_autoptr (GBytes) repaired = repair_png (spoilt);

          g_bytes_unref (spoilt);
          spoilt = g_steal_pointer (&repaired);
        }
      if (seeds[which].read (spoilt, &error))
        {
          g_assert_no_error (error);
          n_read++;
        }
      else if (!fl_test_error_is_clear (error))
        g_error ("file %d, made from %s: no clear error: %s", i, seeds[which].name,
                 error != NULL ? error->message : "none");
    }
  g_test_message ("%d of %d files could still be read", n_read, n_files);
  /* Damage that is always refused at once would test nothing. */
  g_assert_cmpint (n_read, >, n_files / 50);
  g_assert_cmpint (n_read, <, n_files);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    n_files = atoi (argv[1]);
  if (argc > 2)
    first_seed = (guint32) strtoul (argv[2], NULL, 10);
  g_test_add_func ("/fuzz/pictures/spoilt-files", test_spoilt_files);
  return g_test_run ();
}
