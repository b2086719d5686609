#include "tests/fuzz/mutator.h"

#include <string.h>

#define MAX_GROWTH 65536

/* A piece of @data, small ones more often than large ones: headers are small. */
static void
choose_piece (const GByteArray *data, FlRandom *random, guint *start, guint *length)
{
  guint limit = data->len;

  while (limit > 1 && fl_random_below (random, 8) != 0)
    limit = (limit + 1) / 2;
  *length = 1 + fl_random_below (random, limit);
  *start = fl_random_below (random, data->len - *length + 1);
  /* Half of all pieces begin in the first 256 bytes, where the structure of most formats stands. */
  if (fl_random_below (random, 2) == 0)
    {
      guint early = fl_random_below (random, 256);

      *start = MIN (*start, early);
    }
}

static void
truncate_data (GByteArray *data, FlRandom *random)
{
  g_byte_array_set_size (data, fl_random_below (random, data->len + 1));
}

static void
flip_bytes (GByteArray *data, FlRandom *random)
{
  guint n = 1 + fl_random_below (random, 8);

  for (guint i = 0; i < n; i++)
    {
      guint start, length;

      choose_piece (data, random, &start, &length);
      if (fl_random_below (random, 2) == 0)
        data->data[start] = (guint8) fl_random_below (random, 256);
      else
        data->data[start] ^= (guint8) (1u << fl_random_below (random, 8));
    }
}

/* Numbers at the edge of what integers hold: sizes and offsets go wrong there. */
static void
plant_number (GByteArray *data, FlRandom *random)
{
  static const guint64 numbers[]
      = { 0,      1,          0x7f,       0x80,       0xff,       0x7fff,     0x8000,
          0xffff, 0x7fffffff, 0x80000000, 0xffffffff, G_MAXINT64, G_MAXUINT64 };
  guint64 number = numbers[fl_random_below (random, G_N_ELEMENTS (numbers))];
  guint width = 1u << fl_random_below (random, 4);
  gboolean big_endian = fl_random_below (random, 2) != 0;
  guint start, length;

  choose_piece (data, random, &start, &length);
  for (guint i = 0; i < width && start + i < data->len; i++)
    data->data[start + i] = (guint8) (number >> (8 * (big_endian ? width - 1 - i : i)));
}

static void
splice (GByteArray *data, FlRandom *random)
{
  guint from, length, to;

  choose_piece (data, random, &from, &length);
  to = fl_random_below (random, data->len - length + 1);
  memmove (data->data + to, data->data + from, length);
}

static void
fill (GByteArray *data, FlRandom *random)
{
  static const guint8 bytes[] = { 0x00, 0xff, 0x7f, 0x80, ' ', '[', '{', '"' };
  guint start, length;

  choose_piece (data, random, &start, &length);
  memset (data->data + start, bytes[fl_random_below (random, G_N_ELEMENTS (bytes))], length);
}

static void
repeat (GByteArray *data, FlRandom *random, guint limit)
{
  guint times = 1u << fl_random_below (random, 8);
  guint start, length;
  g_autofree guint8 *piece = NULL;
  g_autoptr (GByteArray) tail = g_byte_array_new ();

  choose_piece (data, random, &start, &length);
  piece = g_memdup2 (data->data + start, length);
  g_byte_array_append (tail, data->data + start, data->len - start);
  g_byte_array_set_size (data, start);
  for (guint i = 0; i < times && data->len + length + tail->len <= limit; i++)
    g_byte_array_append (data, piece, length);
  g_byte_array_append (data, tail->data, tail->len);
}

static void
take_out (GByteArray *data, FlRandom *random)
{
  guint start, length;

  choose_piece (data, random, &start, &length);
  g_byte_array_remove_range (data, start, length);
}

GBytes *
fl_mutate (GBytes *seed, FlRandom *random)
{
  gsize size;
  const guint8 *content = g_bytes_get_data (seed, &size);
  g_autoptr (GByteArray) data = g_byte_array_new ();
  guint limit, n;

  g_return_val_if_fail (size <= G_MAXUINT - MAX_GROWTH, g_bytes_ref (seed));

  limit = (guint) size + MAX_GROWTH;
  g_byte_array_append (data, content, (guint) size);
  /* Mostly one: the more damage, the sooner a reader gives up. */
  n = fl_random_below (random, 2) == 0 ? 1 : 1 + fl_random_below (random, 4);
  for (guint i = 0; i < n && data->len > 0; i++)
    switch (fl_random_below (random, 8))
      {
      case 0:
        truncate_data (data, random);
        break;
      case 1:
      case 2:
        flip_bytes (data, random);
        break;
      case 3:
        plant_number (data, random);
        break;
      case 4:
        splice (data, random);
        break;
      case 5:
        fill (data, random);
        break;
      case 6:
        repeat (data, random, limit);
        break;
      default:
        take_out (data, random);
        break;
      }
  /* A copy of exactly this size, so that AddressSanitizer sees the first byte read past the end. */
  return g_bytes_new (data->data, data->len);
}
