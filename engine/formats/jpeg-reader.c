#include "engine/core/error.h"
#include "engine/formats/picture-decoder.h"

#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>
#include <setjmp.h>
#include <string.h>

/* A progressive file of a few kilobytes can ask for the whole picture again and again. */
#define MAX_SCANS 200

/*
 * libjpeg leaves its functions by longjmp. Everything that must survive that stands in a JpegReader
 * which belongs to the caller of the function with the setjmp.
 */
typedef struct
{
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf jump;
  gsize size;
  const char *name;   /* borrowed */
  FlPicture *picture; /* owned */
  guint8 *samples;    /* owned: a row of CMYK */
  FlError code;
  char reason[JMSG_LENGTH_MAX];
} JpegReader;

static void G_GNUC_NORETURN
give_up (JpegReader *reader, FlError code)
{
  reader->code = code;
  longjmp (reader->jump, 1);
}

static void
on_error (j_common_ptr jpeg)
{
  JpegReader *reader = jpeg->client_data;

  (*jpeg->err->format_message) (jpeg, reader->reason);
  switch (jpeg->err->msg_code)
    {
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
      give_up (reader, FL_ERROR_UNSUPPORTED);
    case JERR_OUT_OF_MEMORY:
    case JERR_IMAGE_TOO_BIG:
      give_up (reader, FL_ERROR_LIMIT);
    default:
      give_up (reader, FL_ERROR_MALFORMED);
    }
}

/*
 * libjpeg goes on after damage and paints grey where data are missing. A network's answer to such a
 * picture would be worth nothing, so damage to the picture's own data is an error here. What only
 * surrounds them (stray bytes between segments, an odd version number) is let pass.
 */
static void
on_message (j_common_ptr jpeg, int level)
{
  JpegReader *reader = jpeg->client_data;

  if (level >= 0)
    return;
  switch (jpeg->err->msg_code)
    {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      (*jpeg->err->format_message) (jpeg, reader->reason);
      give_up (reader, FL_ERROR_MALFORMED);
    default:
      break;
    }
}

static void
on_output (j_common_ptr jpeg)
{
}

static void
on_progress (j_common_ptr jpeg)
{
  JpegReader *reader = jpeg->client_data;

  if (reader->jpeg.input_scan_number > MAX_SCANS)
    {
      g_snprintf (reader->reason, sizeof reader->reason, "more than %d scans", MAX_SCANS);
      give_up (reader, FL_ERROR_LIMIT);
    }
}

/*
 * CMYK in JPEG is stored inverted, as Adobe does it; the few writers that leave Adobe's marker out
 * do so too. The conversion is the plain one: no colour profile.
 */
static void
convert_cmyk_row (guint8 *rgb, const guint8 *cmyk, int width)
{
  for (int x = 0; x < width; x++)
    {
      int white = cmyk[4 * x + 3];

      for (int c = 0; c < 3; c++)
        {
          int ink = 255 - cmyk[4 * x + c];

          rgb[3 * x + c] = (guint8) (white - (ink * white + 127) / 255);
        }
    }
}

static gboolean
read_header (JpegReader *reader, const guint8 *data)
{
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;

  if (setjmp (reader->jump))
    return FALSE;

  jpeg_create_decompress (jpeg);
  jpeg->progress = &reader->progress;
  jpeg_mem_src (jpeg, data, reader->size);
  jpeg_save_markers (jpeg, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header (jpeg, TRUE);
  switch (jpeg->num_components)
    {
    case 1:
    case 3:
      jpeg->out_color_space = JCS_RGB;
      break;
    case 4:
      jpeg->out_color_space = JCS_CMYK;
      break;
    default:
      g_snprintf (reader->reason, sizeof reader->reason, "%d colour components, expected 1, 3 or 4",
                  jpeg->num_components);
      give_up (reader, FL_ERROR_UNSUPPORTED);
    }
  return TRUE;
}

static gboolean
read_pixels (JpegReader *reader)
{
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  guint8 *pixels = fl_picture_pixels_writable (reader->picture);

  if (setjmp (reader->jump))
    return FALSE;

  jpeg_start_decompress (jpeg);
  if (jpeg->output_components == 4)
    reader->samples = g_malloc ((gsize) jpeg->output_width * 4);
  while (jpeg->output_scanline < jpeg->output_height)
    {
      guint8 *rgb = pixels + (gsize) jpeg->output_scanline * jpeg->output_width * 3;
      JSAMPROW row = reader->samples != NULL ? reader->samples : rgb;

      if (jpeg_read_scanlines (jpeg, &row, 1) == 1 && reader->samples != NULL)
        convert_cmyk_row (rgb, reader->samples, (int) jpeg->output_width);
    }
  jpeg_finish_decompress (jpeg);
  return TRUE;
}

/* Turns the picture as EXIF orientation 2 .. 8 asks for. */
static FlPicture *
orient (FlPicture *picture, int orientation)
{
  int width = fl_picture_width (picture);
  int height = fl_picture_height (picture);
  gboolean swaps = orientation >= 5;
  FlPicture *turned = fl_picture_try_new (swaps ? height : width, swaps ? width : height);
  const guint8 *from = fl_picture_pixels (picture);
  guint8 *to;

  if (turned == NULL)
    return NULL;
  to = fl_picture_pixels_writable (turned);
  for (int y = 0; y < fl_picture_height (turned); y++)
    for (int x = 0; x < fl_picture_width (turned); x++, to += 3)
      {
        int u = swaps ? y : x;
        int v = swaps ? x : y;
        gboolean flips_u
            = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        gboolean flips_v
            = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;

        if (flips_u)
          u = width - 1 - u;
        if (flips_v)
          v = height - 1 - v;
        memcpy (to, from + ((gsize) v * width + u) * 3, 3);
      }
  fl_picture_set_grey (turned, fl_picture_is_grey (picture));
  return turned;
}

static void
set_error (JpegReader *reader, GError **error)
{
  const struct jpeg_source_mgr *source = reader->jpeg.src;
  gsize offset = source != NULL && source->bytes_in_buffer <= reader->size
                     ? reader->size - source->bytes_in_buffer
                     : 0;

  /* Past the end libjpeg puts two bytes of its own into the buffer. */
  if (reader->errors.msg_code == JWRN_JPEG_EOF)
    offset = reader->size;
  if (reader->picture != NULL)
    g_set_error (error, FL_ERROR, (int) reader->code,
                 "JPEG '%s': row %u (byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT "): %s",
                 reader->name, reader->jpeg.output_scanline, offset, reader->size, reader->reason);
  else
    g_set_error (error, FL_ERROR, (int) reader->code,
                 "JPEG '%s': byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ": %s", reader->name,
                 offset, reader->size, reader->reason);
}

static int
find_orientation (const JpegReader *reader)
{
  for (jpeg_saved_marker_ptr marker = reader->jpeg.marker_list; marker != NULL;
       marker = marker->next)
    if (marker->marker == JPEG_APP0 + 1)
      {
        int orientation = fl_exif_orientation (marker->data, marker->data_length);

        if (orientation != 1)
          return orientation;
      }
  return 1;
}

static FlPicture *
decode (JpegReader *reader, const guint8 *data, GError **error)
{
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  int orientation;

  if (!read_header (reader, data))
    {
      set_error (reader, error);
      return NULL;
    }
  if (!fl_picture_check_size (reader->name, jpeg->image_width, jpeg->image_height, error))
    return NULL;
  /* Every block of 8x8 pixels takes at least one bit of a Huffman code: what can only be cut short
   * is not given memory first. */
  if (!jpeg->arith_code
      && (guint64) jpeg->image_width * jpeg->image_height / 64 / 8 > (guint64) reader->size)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                   "JPEG '%s': %" G_GSIZE_FORMAT " bytes, too few for %ux%u pixels", reader->name,
                   reader->size, jpeg->image_width, jpeg->image_height);
      return NULL;
    }
  orientation = find_orientation (reader);
  reader->picture = fl_picture_try_new ((int) jpeg->image_width, (int) jpeg->image_height);
  if (reader->picture != NULL)
    {
      if (!read_pixels (reader))
        {
          set_error (reader, error);
          return NULL;
        }
      fl_picture_set_grey (reader->picture, jpeg->num_components == 1);
      if (orientation != 1)
        {
          FlPicture *turned = orient (reader->picture, orientation);

          fl_picture_unref (reader->picture);
          reader->picture = turned;
        }
    }
  if (reader->picture == NULL)
    g_set_error (error, FL_ERROR, FL_ERROR_LIMIT, "JPEG '%s': no memory for its pixels",
                 reader->name);
  return g_steal_pointer (&reader->picture);
}

FlPicture *
fl_jpeg_decode (GBytes *bytes, const char *name, GError **error)
{
  JpegReader reader = { .name = name };
  const guint8 *data = g_bytes_get_data (bytes, &reader.size);
  FlPicture *result;

  reader.jpeg.err = jpeg_std_error (&reader.errors);
  reader.jpeg.client_data = &reader;
  reader.errors.error_exit = on_error;
  reader.errors.emit_message = on_message;
  reader.errors.output_message = on_output;
  reader.progress.progress_monitor = on_progress;

  result = decode (&reader, data, error);

  jpeg_destroy_decompress (&reader.jpeg);
  g_clear_pointer (&reader.picture, fl_picture_unref);
  g_free (reader.samples);
  return result;
}
