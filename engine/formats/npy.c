#include "engine/formats/npy.h"

#include "engine/core/error.h"
#include "engine/formats/bounded-file.h"

#include <string.h>

#define MAGIC "\x93NUMPY"
#define MAGIC_SIZE 6
#define MAX_HEADER_SIZE 65536
#define MAX_FILE_SIZE (1u << 31)
#define ALIGNMENT 64

typedef struct
{
  char kind; /* 'f', 'i', 'u' or 'b' */
  int size;  /* bytes an element */
  gboolean big_endian;
  gboolean fortran_order;
  int rank;
  gint64 shape[FL_TENSOR_MAX_RANK];
  gsize n_elements;
  gsize offset; /* of the first element in the file */
} NpyHeader;

/* The header's text and how far it has been read. */
typedef struct
{
  const char *text;
  gsize length;
  gsize at;
  gsize origin; /* the text's place in the file */
  const char *name;
} NpyText;

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (const NpyText *text, GError **error, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
               "NPY '%s': header, byte %" G_GSIZE_FORMAT ": %s", text->name,
               text->origin + text->at, reason);
  return FALSE;
}

static void
skip_space (NpyText *text)
{
  while (text->at < text->length && strchr (" \t\n", text->text[text->at]) != NULL
         && text->text[text->at] != '\0')
    text->at++;
}

static gboolean
take (NpyText *text, char c)
{
  skip_space (text);
  if (text->at >= text->length || text->text[text->at] != c)
    return FALSE;
  text->at++;
  return TRUE;
}

static gboolean
take_word (NpyText *text, const char *word)
{
  gsize length = strlen (word);

  skip_space (text);
  if (length > text->length - text->at || memcmp (text->text + text->at, word, length) != 0)
    return FALSE;
  text->at += length;
  return TRUE;
}

/* A quoted word without escapes: NumPy needs none. */
static gboolean
take_string (NpyText *text, char *word, gsize size, GError **error)
{
  gsize length = 0;
  char quote;

  skip_space (text);
  if (text->at >= text->length || strchr ("'\"", text->text[text->at]) == NULL
      || text->text[text->at] == '\0')
    return refuse (text, error, "expected a quoted word");
  quote = text->text[text->at++];
  while (text->at < text->length && text->text[text->at] != quote)
    {
      char c = text->text[text->at];

      if (!g_ascii_isprint (c) || c == '\\' || length + 1 >= size)
        return refuse (text, error, "expected a short quoted word");
      word[length++] = c;
      text->at++;
    }
  word[length] = '\0';
  if (!take (text, quote))
    return refuse (text, error, "a quoted word without its end");
  return TRUE;
}

static gboolean
take_size (NpyText *text, gint64 *size, GError **error)
{
  const gint64 limit = G_GINT64_CONSTANT (1) << 40;
  gsize start;

  skip_space (text);
  start = text->at;
  *size = 0;
  while (text->at < text->length && g_ascii_isdigit (text->text[text->at]))
    {
      *size = *size * 10 + (text->text[text->at] - '0');
      if (*size > limit)
        return refuse (text, error, "an axis of more than 2^40 elements");
      text->at++;
    }
  if (text->at == start)
    return refuse (text, error, "expected the size of an axis");
  return TRUE;
}

static gboolean
take_shape (NpyText *text, NpyHeader *header, GError **error)
{
  if (!take (text, '('))
    return refuse (text, error, "expected a shape in parentheses");
  while (!take (text, ')'))
    {
      if (header->rank == FL_TENSOR_MAX_RANK)
        return refuse (text, error, "more than %d axes", FL_TENSOR_MAX_RANK);
      if (!take_size (text, &header->shape[header->rank], error))
        return FALSE;
      header->rank++;
      if (!take (text, ','))
        {
          /* (3) is a number in Python, (3,) a shape. */
          if (header->rank == 1 || !take (text, ')'))
            return refuse (text, error, "expected a comma or the end of the shape");
          break;
        }
    }
  if (!fl_shape_size (header->rank, header->shape, &header->n_elements))
    return refuse (text, error, "more than 2^40 elements");
  return TRUE;
}

static gboolean
take_type (NpyText *text, NpyHeader *header, GError **error)
{
  char word[32];

  skip_space (text);
  if (text->at < text->length && text->text[text->at] == '[')
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                   "NPY '%s': its elements are records, expected numbers", text->name);
      return FALSE;
    }
  if (!take_string (text, word, sizeof word, error))
    return FALSE;
  if (strlen (word) == 3 && strchr ("<>|=", word[0]) != NULL
      && ((word[1] == 'f' && strchr ("48", word[2]) != NULL) || (word[1] == 'b' && word[2] == '1')
          || (strchr ("iu", word[1]) != NULL && strchr ("1248", word[2]) != NULL))
      && (word[0] != '|' || word[2] == '1'))
    {
      header->kind = word[1];
      header->size = word[2] - '0';
      header->big_endian = word[0] == '>' || (word[0] == '=' && G_BYTE_ORDER == G_BIG_ENDIAN);
      return TRUE;
    }
  g_set_error (
      error, FL_ERROR, FL_ERROR_UNSUPPORTED,
      "NPY '%s': its elements are of type '%s', expected float32, float64, integers or bool",
      text->name, word);
  return FALSE;
}

static gboolean
parse_dict (NpyText *text, NpyHeader *header, GError **error)
{
  gboolean has_type = FALSE;
  gboolean has_order = FALSE;
  gboolean has_shape = FALSE;

  if (!take (text, '{'))
    return refuse (text, error, "expected '{'");
  while (!take (text, '}'))
    {
      char key[16];

      if (!take_string (text, key, sizeof key, error))
        return FALSE;
      if (!take (text, ':'))
        return refuse (text, error, "expected ':' after '%s'", key);
      if (g_str_equal (key, "descr") && !has_type)
        {
          if (!take_type (text, header, error))
            return FALSE;
          has_type = TRUE;
        }
      else if (g_str_equal (key, "fortran_order") && !has_order)
        {
          header->fortran_order = take_word (text, "True");
          if (!header->fortran_order && !take_word (text, "False"))
            return refuse (text, error, "expected True or False");
          has_order = TRUE;
        }
      else if (g_str_equal (key, "shape") && !has_shape)
        {
          if (!take_shape (text, header, error))
            return FALSE;
          has_shape = TRUE;
        }
      else
        return refuse (text, error, "unexpected or repeated key '%s'", key);
      if (!take (text, ','))
        {
          if (!take (text, '}'))
            return refuse (text, error, "expected ',' or '}'");
          break;
        }
    }
  skip_space (text);
  if (text->at < text->length)
    return refuse (text, error, "unexpected text after '}'");
  if (!has_type || !has_order || !has_shape)
    return refuse (text, error, "key '%s' is missing",
                   !has_type    ? "descr"
                   : !has_order ? "fortran_order"
                                : "shape");
  return TRUE;
}

static gboolean
parse_header (GBytes *bytes, const char *name, NpyHeader *header, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  NpyText text = { .name = name };
  gsize length_size;

  if (!fl_npy_is_npy (bytes))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                   "NPY '%s': not an NPY file, expected it to begin with \\x93NUMPY", name);
      return FALSE;
    }
  if (size < MAGIC_SIZE + 2)
    return refuse (&text, error, "the file ends too early");
  if (data[6] < 1 || data[6] > 3)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                   "NPY '%s': version %d.%d, expected 1 to 3", name, data[6], data[7]);
      return FALSE;
    }
  length_size = data[6] == 1 ? 2 : 4;
  text.origin = MAGIC_SIZE + 2 + length_size;
  if (size < text.origin)
    return refuse (&text, error, "the file ends too early");
  for (gsize i = 0; i < length_size; i++)
    text.length |= (gsize) data[MAGIC_SIZE + 2 + i] << (8 * i);
  if (text.length > MAX_HEADER_SIZE)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_LIMIT,
                   "NPY '%s': a header of %" G_GSIZE_FORMAT " bytes, expected at most %d", name,
                   text.length, MAX_HEADER_SIZE);
      return FALSE;
    }
  if (text.length > size - text.origin)
    return refuse (&text, error,
                   "the file ends too early: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                   " header bytes",
                   size - text.origin, text.length);
  text.text = (const char *) data + text.origin;
  header->offset = text.origin + text.length;
  if (!parse_dict (&text, header, error))
    return FALSE;
  if (size - header->offset != header->n_elements * (gsize) header->size)
    {
      g_autofree char *shape = fl_shape_to_string (header->rank, header->shape);

      g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED,
                   "NPY '%s': %" G_GSIZE_FORMAT " bytes of elements, expected %" G_GSIZE_FORMAT
                   " for %s of %d bytes each",
                   name, size - header->offset, header->n_elements * (gsize) header->size, shape,
                   header->size);
      return FALSE;
    }
  return TRUE;
}

static double
read_element (const guint8 *at, const NpyHeader *header)
{
  guint64 bits = 0;
  int unused = 64 - 8 * header->size;

  for (int i = 0; i < header->size; i++)
    bits |= (guint64) at[header->big_endian ? header->size - 1 - i : i] << (8 * i);
  switch (header->kind)
    {
    case 'f':
      if (header->size == 4)
        {
          guint32 narrow = (guint32) bits;
          float value;

          memcpy (&value, &narrow, sizeof value);
          return (double) value;
        }
      else
        {
          double value;

          memcpy (&value, &bits, sizeof value);
          return value;
        }
    case 'i':
      return (double) ((gint64) (bits << unused) >> unused);
    case 'b':
      return bits != 0 ? 1. : 0.;
    case 'u':
    default:
      return (double) bits;
    }
}

/* Converts every element, in C order, into @floats or @doubles. */
static void
read_elements (const guint8 *data, const NpyHeader *header, float *floats, double *doubles)
{
  gint64 index[FL_TENSOR_MAX_RANK] = { 0 };
  gsize strides[FL_TENSOR_MAX_RANK];
  gsize stride = (gsize) header->size;
  const guint8 *at = data;

  for (int i = 0; i < header->rank; i++)
    {
      int axis = header->fortran_order ? i : header->rank - 1 - i;

      strides[axis] = stride;
      stride *= (gsize) header->shape[axis];
    }
  for (gsize i = 0; i < header->n_elements; i++)
    {
      double value = read_element (at, header);

      if (floats != NULL)
        floats[i] = (float) value;
      else
        doubles[i] = value;
      for (int axis = header->rank - 1; axis >= 0; axis--)
        {
          at += strides[axis];
          if (++index[axis] < header->shape[axis])
            break;
          at -= strides[axis] * (gsize) header->shape[axis];
          index[axis] = 0;
        }
    }
}

gboolean
fl_npy_is_npy (GBytes *bytes)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  return size >= MAGIC_SIZE && memcmp (data, MAGIC, MAGIC_SIZE) == 0;
}

FlTensor *
fl_npy_load_bytes (GBytes *bytes, const char *name, GError **error)
{
  g_autofree char *shown = fl_bounded_file_display_name (name);
  NpyHeader header = { 0 };
  const guint8 *elements;
  FlTensor *tensor;

  if (!parse_header (bytes, shown, &header, error))
    return NULL;
  elements = (const guint8 *) g_bytes_get_data (bytes, NULL) + header.offset;
  /* A file as NumPy usually writes it serves as it is. */
  if (header.kind == 'f' && header.size == 4 && (!header.fortran_order || header.rank < 2)
      && header.big_endian == (G_BYTE_ORDER == G_BIG_ENDIAN)
      && (guintptr) elements % sizeof (float) == 0)
    {
      g_autoptr (GBytes) part
          = g_bytes_new_from_bytes (bytes, header.offset, header.n_elements * sizeof (float));

      return fl_tensor_new_from_bytes (header.rank, header.shape, part);
    }
  tensor = fl_tensor_new (header.rank, header.shape);
  read_elements (elements, &header, fl_tensor_data_writable (tensor), NULL);
  return tensor;
}

FlTensor *
fl_npy_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = fl_bounded_file_read (path, MAX_FILE_SIZE, error);

  return bytes != NULL ? fl_npy_load_bytes (bytes, path, error) : NULL;
}

double *
fl_npy_load_doubles_bytes (GBytes *bytes, const char *name, int *rank, gint64 *shape,
                           GError **error)
{
  g_autofree char *shown = fl_bounded_file_display_name (name);
  NpyHeader header = { 0 };
  double *doubles;

  if (!parse_header (bytes, shown, &header, error))
    return NULL;
  doubles = g_new (double, MAX (header.n_elements, 1));
  read_elements ((const guint8 *) g_bytes_get_data (bytes, NULL) + header.offset, &header, NULL,
                 doubles);
  *rank = header.rank;
  memcpy (shape, header.shape, sizeof header.shape);
  return doubles;
}

double *
fl_npy_load_doubles (const char *path, int *rank, gint64 *shape, GError **error)
{
  g_autoptr (GBytes) bytes = fl_bounded_file_read (path, MAX_FILE_SIZE, error);

  return bytes != NULL ? fl_npy_load_doubles_bytes (bytes, path, rank, shape, error) : NULL;
}

GBytes *
fl_npy_to_bytes (FlTensor *tensor)
{
  GString *content = g_string_new_len (MAGIC "\x01\x00\x00\x00", MAGIC_SIZE + 4);
  const gint64 *shape = fl_tensor_shape (tensor);
  const float *data = fl_tensor_data (tensor);
  int rank = fl_tensor_rank (tensor);
  gsize header_size;

  g_string_append (content, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
  for (int i = 0; i < rank; i++)
    g_string_append_printf (content, "%s%" G_GINT64_FORMAT "%s", i > 0 ? ", " : "", shape[i],
                            rank == 1 ? "," : "");
  g_string_append (content, "), }");
  while ((content->len + 1) % ALIGNMENT != 0)
    g_string_append_c (content, ' ');
  g_string_append_c (content, '\n');
  header_size = content->len - MAGIC_SIZE - 4;
  content->str[MAGIC_SIZE + 2] = (char) (header_size & 0xff);
  content->str[MAGIC_SIZE + 3] = (char) (header_size >> 8);

  if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
    g_string_append_len (content, (const char *) data,
                         (gssize) (fl_tensor_size (tensor) * sizeof (float)));
  else
    for (gsize i = 0; i < fl_tensor_size (tensor); i++)
      {
        guint32 bits;

        memcpy (&bits, &data[i], sizeof bits);
        bits = GUINT32_TO_LE (bits);
        g_string_append_len (content, (const char *) &bits, sizeof bits);
      }
  return g_string_free_to_bytes (content);
}

gboolean
fl_npy_save (FlTensor *tensor, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = fl_npy_to_bytes (tensor);

  return fl_bounded_file_write (path, bytes, error);
}
