#include "engine/formats/picture-decoder.h"

#include <string.h>

/*
 * APP1: "Exif" 0 0, then a TIFF file: "II" or "MM", 42, the offset of the first directory (from the
 * byte order mark); a directory: the number of entries, then 12 bytes each: tag, type, count,
 * value.
 */

#define ORIENTATION_TAG 0x0112
#define SHORT_TYPE 3

static guint
read_16 (const guint8 *at, gboolean big_endian)
{
  return big_endian ? (guint) at[0] << 8 | at[1] : (guint) at[1] << 8 | at[0];
}

static guint32
read_32 (const guint8 *at, gboolean big_endian)
{
  guint32 first = read_16 (at, big_endian);
  guint32 second = read_16 (at + 2, big_endian);

  return big_endian ? first << 16 | second : second << 16 | first;
}

int
fl_exif_orientation (const guint8 *data, gsize size)
{
  gboolean big_endian;
  gsize directory;
  guint n_entries;

  if (size < 14 || memcmp (data, "Exif\0\0", 6) != 0)
    return 1;
  data += 6;
  size -= 6;
  if (memcmp (data, "MM", 2) == 0)
    big_endian = TRUE;
  else if (memcmp (data, "II", 2) == 0)
    big_endian = FALSE;
  else
    return 1;
  directory = read_32 (data + 4, big_endian);
  if (read_16 (data + 2, big_endian) != 42 || directory > size - 2)
    return 1;
  n_entries = read_16 (data + directory, big_endian);
  for (guint i = 0; i < n_entries; i++)
    {
      gsize entry = directory + 2 + (gsize) i * 12;
      guint value;

      if (entry + 12 > size)
        return 1;
      if (read_16 (data + entry, big_endian) != ORIENTATION_TAG)
        continue;
      value = read_16 (data + entry + 8, big_endian);
      if (read_16 (data + entry + 2, big_endian) == SHORT_TYPE && value >= 1 && value <= 8)
        return (int) value;
      return 1;
    }
  return 1;
}
