#include "engine/core/error.h"
#include "engine/formats/bounded-file.h"
#include "engine/formats/bounded-json.h"
#include "engine/formats/input-tensor.h"
#include "engine/formats/model-card-private.h"
#include "engine/formats/number-text.h"

#include <math.h>
#include <string.h>

/* Where the reader is: the file and the object that is looked into. */
typedef struct
{
  const char *file;   /* borrowed */
  const char *prefix; /* borrowed: "input." */
  JsonObject *object; /* borrowed */
} CardPart;

G_GNUC_PRINTF (5, 6)
static gboolean
refuse (const CardPart *part, const char *member, FlError code, GError **error, const char *format,
        ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, FL_ERROR, (int) code, "card '%s', %s%s: %s", part->file, part->prefix, member,
               reason);
  return FALSE;
}

static const char *
kind_name (JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      return "an object";
    case JSON_NODE_ARRAY:
      return "a list";
    case JSON_NODE_NULL:
      return "null";
    case JSON_NODE_VALUE:
    default:
      break;
    }
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return "a text";
    case G_TYPE_BOOLEAN:
      return "true or false";
    default:
      return "a number";
    }
}

static gboolean
is_number (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node)
         && (json_node_get_value_type (node) == G_TYPE_INT64
             || json_node_get_value_type (node) == G_TYPE_DOUBLE);
}

static gboolean
is_text (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

/* A text of a card as it is shown: one line. */
static char *
clean_text (const char *text)
{
  char *clean = g_utf8_make_valid (text != NULL ? text : "", -1);

  for (char *c = clean; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return clean;
}

/* A missing member leaves @text as it is; so for the next functions. */
static gboolean
read_text (const CardPart *part, const char *member, char **text, GError **error)
{
  JsonNode *node = json_object_get_member (part->object, member);

  if (node == NULL)
    return TRUE;
  if (!is_text (node))
    return refuse (part, member, FL_ERROR_MALFORMED, error, "%s, expected a text",
                   kind_name (node));
  *text = clean_text (json_node_get_string (node));
  return TRUE;
}

static gboolean
read_labels (const CardPart *part, GStrv *labels, GError **error)
{
  JsonNode *node = json_object_get_member (part->object, "labels");
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  JsonArray *array;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return refuse (part, "labels", FL_ERROR_MALFORMED, error, "%s, expected a list of texts",
                   kind_name (node));
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!is_text (element))
        {
          g_autofree char *member = g_strdup_printf ("labels[%u]", i);

          return refuse (part, member, FL_ERROR_MALFORMED, error, "%s, expected a text",
                         kind_name (element));
        }
      g_ptr_array_add (texts, clean_text (json_node_get_string (element)));
    }
  g_ptr_array_add (texts, NULL);
  *labels = (GStrv) g_ptr_array_free (g_steal_pointer (&texts), FALSE);
  return TRUE;
}

static gboolean
read_integer (const CardPart *part, const char *member, int maximum, int *value, GError **error)
{
  JsonNode *node = json_object_get_member (part->object, member);
  char text[FL_NUMBER_TEXT_SIZE];
  double number;

  if (node == NULL)
    return TRUE;
  if (!is_number (node))
    return refuse (part, member, FL_ERROR_MALFORMED, error, "%s, expected a whole number",
                   kind_name (node));
  number = json_node_get_double (node);
  if (!(number >= 1 && number <= maximum) || number != floor (number))
    return refuse (part, member, FL_ERROR_RANGE, error, "%s, expected a whole number from 1 to %d",
                   fl_number_text_brief (text, number), maximum);
  *value = (int) number;
  return TRUE;
}

typedef enum
{
  ANY_NUMBER,
  NOT_ZERO,
  POSITIVE,
  FRACTION,
} NumberRange;

static gboolean
take_number (const CardPart *part, const char *member, JsonNode *node, NumberRange range,
             double *value, GError **error)
{
  static const char *const expected[]
      = { "a number", "a number other than 0", "a positive number", "a number above 0, at most 1" };
  char text[FL_NUMBER_TEXT_SIZE];
  double number;

  if (!is_number (node))
    return refuse (part, member, FL_ERROR_MALFORMED, error, "%s, expected %s", kind_name (node),
                   expected[range]);
  number = json_node_get_double (node);
  if (!isfinite (number) || (range == NOT_ZERO && number == 0)
      || ((range == POSITIVE || range == FRACTION) && number <= 0)
      || (range == FRACTION && number > 1))
    return refuse (part, member, FL_ERROR_RANGE, error, "%s, expected %s",
                   fl_number_text_brief (text, number), expected[range]);
  *value = number;
  return TRUE;
}

static gboolean
read_number (const CardPart *part, const char *member, NumberRange range, double *value,
             GError **error)
{
  JsonNode *node = json_object_get_member (part->object, member);

  return node == NULL || take_number (part, member, node, range, value, error);
}

/* One or three numbers; @n is 0 where the member is missing. */
static gboolean
read_numbers (const CardPart *part, const char *member, NumberRange range, double values[3], int *n,
              GError **error)
{
  JsonNode *node = json_object_get_member (part->object, member);
  JsonArray *array;
  guint length;

  *n = 0;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return refuse (part, member, FL_ERROR_MALFORMED, error, "%s, expected a list of numbers",
                   kind_name (node));
  array = json_node_get_array (node);
  length = json_array_get_length (array);
  if (length != 1 && length != 3)
    return refuse (part, member, FL_ERROR_MALFORMED, error, "%u numbers, expected 1 or 3", length);
  for (guint i = 0; i < length; i++)
    {
      g_autofree char *element = g_strdup_printf ("%s[%u]", member, i);

      if (!take_number (part, element, json_array_get_element (array, i), range, &values[i], error))
        return FALSE;
    }
  *n = (int) length;
  return TRUE;
}

/* One of @names; @value is its place among them. */
static gboolean
read_choice (const CardPart *part, const char *member, const char *const *names, int *value,
             GError **error)
{
  JsonNode *node = json_object_get_member (part->object, member);
  g_autofree char *shown = NULL;
  g_autofree char *all = NULL;

  if (node == NULL)
    return TRUE;
  if (!is_text (node))
    return refuse (part, member, FL_ERROR_MALFORMED, error, "%s, expected a text",
                   kind_name (node));
  for (int i = 0; names[i] != NULL; i++)
    if (g_strcmp0 (json_node_get_string (node), names[i]) == 0)
      {
        *value = i;
        return TRUE;
      }
  shown = clean_text (json_node_get_string (node));
  all = g_strjoinv (", ", (char **) names);
  return refuse (part, member, FL_ERROR_UNSUPPORTED, error, "'%s', expected one of %s", shown, all);
}

/*
 * Inside `input` an unknown member is an error: a misspelt one would be passed over and the network
 * would see something else without a word. Elsewhere it changes nothing.
 */
static gboolean
check_members (const CardPart *part, const char *const *known, GError **error)
{
  g_autoptr (GList) members = json_object_get_members (part->object);

  for (GList *member = members; member != NULL; member = member->next)
    if (!g_strv_contains (known, member->data))
      {
        g_autofree char *shown = clean_text (member->data);
        g_autofree char *all = g_strjoinv (", ", (char **) known);

        return refuse (part, shown, FL_ERROR_UNSUPPORTED, error,
                       "an unknown member, expected one of %s", all);
      }
  return TRUE;
}

/* @object is NULL where the member is missing. */
static gboolean
read_object (const CardPart *part, const char *member, JsonObject **object, GError **error)
{
  JsonNode *node = json_object_get_member (part->object, member);

  *object = NULL;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (part, member, FL_ERROR_MALFORMED, error, "%s, expected an object",
                   kind_name (node));
  *object = json_node_get_object (node);
  return TRUE;
}

static gboolean
read_resize (const CardPart *part, FlInputPreparation *preparation, GError **error)
{
  static const char *const known[] = { "rule", "size", "fraction", "filter", NULL };
  int rule = FL_RESIZE_STRETCH;
  int filter = FL_RESAMPLE_BILINEAR;

  if (!check_members (part, known, error)
      || !read_choice (part, "rule", fl_model_card_rule_names, &rule, error)
      || !read_choice (part, "filter", fl_model_card_filter_names, &filter, error)
      || !read_integer (part, "size", FL_PICTURE_MAX_SIDE, &preparation->resize_size, error)
      || !read_number (part, "fraction", FRACTION, &preparation->resize_fraction, error))
    return FALSE;
  preparation->rule = (FlResizeRule) rule;
  preparation->resample = (FlResample) filter;
  return TRUE;
}

/* The channels as named, else as many as there are numbers; all that is said must agree. */
static gboolean
settle_channels (const CardPart *part, FlModelCard *card, int channels, int n_mean, int n_std,
                 GError **error)
{
  int n = channels < 0 ? MAX (n_mean, n_std) : channels == FL_CHANNELS_GREY ? 1 : 3;
  gboolean mean_differs = n_mean != 0 && n_mean != n;

  if (mean_differs || (n_std != 0 && n_std != n))
    return refuse (part, mean_differs ? "mean" : "std", FL_ERROR_MALFORMED, error,
                   "%d numbers, expected %d, one for each channel", mean_differs ? n_mean : n_std,
                   n);
  card->has_channels = n != 0;
  if (channels >= 0)
    card->preparation.channels = (FlChannels) channels;
  else
    card->preparation.channels = n == 1 ? FL_CHANNELS_GREY : FL_CHANNELS_RGB;
  return TRUE;
}

static gboolean
read_input (const CardPart *part, FlModelCard *card, GError **error)
{
  static const char *const known[]
      = { "width", "height", "channels", "scale", "mean", "std", "resize", NULL };
  FlInputPreparation *preparation = &card->preparation;
  CardPart resize = { .file = part->file, .prefix = "input.resize." };
  int channels = -1;
  int n_mean, n_std;

  if (!check_members (part, known, error)
      || !read_integer (part, "width", FL_INPUT_TENSOR_MAX_SIDE, &preparation->width, error)
      || !read_integer (part, "height", FL_INPUT_TENSOR_MAX_SIDE, &preparation->height, error))
    return FALSE;
  if (preparation->width == 0 || preparation->height == 0)
    return refuse (part, preparation->width == 0 ? "width" : "height", FL_ERROR_MALFORMED, error,
                   "missing, expected a whole number");
  preparation->resize_size = MAX (preparation->width, preparation->height);
  if (!read_choice (part, "channels", fl_model_card_channels_names, &channels, error)
      || !read_number (part, "scale", NOT_ZERO, &preparation->scale, error)
      || !read_numbers (part, "mean", ANY_NUMBER, preparation->mean, &n_mean, error)
      || !read_numbers (part, "std", POSITIVE, preparation->std, &n_std, error)
      || !settle_channels (part, card, channels, n_mean, n_std, error)
      || !read_object (part, "resize", &resize.object, error))
    return FALSE;
  return resize.object == NULL || read_resize (&resize, preparation, error);
}

FlModelCard *
fl_model_card_load_bytes (GBytes *bytes, const char *name, GError **error)
{
  g_autofree char *file = fl_bounded_file_display_name (name);
  g_autofree char *noun = g_strdup_printf ("card '%s'", file);
  g_autoptr (JsonObject) object = fl_bounded_json_parse (bytes, noun, error);
  g_autoptr (FlModelCard) card = NULL;
  CardPart part = { .file = file, .prefix = "", .object = object };
  CardPart input = { .file = file, .prefix = "input." };
  JsonNode *version;

  if (object == NULL)
    return NULL;
  version = json_object_get_member (object, "faultline_card");
  if (version != NULL && (!is_number (version) || json_node_get_double (version) != 1))
    {
      refuse (&part, "faultline_card", FL_ERROR_UNSUPPORTED, error, "expected version 1");
      return NULL;
    }
  card = fl_model_card_alloc ();
  card->file = g_strdup (file);
  card->preparation = (FlInputPreparation){ .scale = 1. / 255.,
                                            .std = { 1, 1, 1 },
                                            .rule = FL_RESIZE_STRETCH,
                                            .resize_fraction = 1,
                                            .resample = FL_RESAMPLE_BILINEAR };
  if (!read_text (&part, "name", &card->name, error) || !read_labels (&part, &card->labels, error)
      || !read_text (&part, "licence", &card->licence, error)
      || !read_text (&part, "source", &card->source, error)
      || !read_object (&part, "input", &input.object, error))
    return NULL;
  if (input.object != NULL)
    {
      if (!read_input (&input, card, error))
        return NULL;
      card->has_input_size = TRUE;
    }
  return g_steal_pointer (&card);
}

FlModelCard *
fl_model_card_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  bytes = fl_bounded_file_read (path, FL_BOUNDED_JSON_MAX_SIZE, error);
  return bytes != NULL ? fl_model_card_load_bytes (bytes, path, error) : NULL;
}
