#include "engine/formats/model-card.h"

#include "engine/core/error.h"
#include "engine/formats/bounded-file.h"
#include "engine/formats/model-card-private.h"

#include <json-glib/json-glib.h>
#include <string.h>

const char *const fl_model_card_channels_names[] = { "RGB", "BGR", "grey", NULL };
const char *const fl_model_card_rule_names[]
    = { "stretch", "short-side", "centre-crop", "fit", NULL };
const char *const fl_model_card_filter_names[] = { "nearest", "bilinear", "bicubic", NULL };

FlModelCard *
fl_model_card_alloc (void)
{
  FlModelCard *card = g_new0 (FlModelCard, 1);

  g_atomic_ref_count_init (&card->references);
  return card;
}

FlModelCard *
fl_model_card_new (const char *name, const char *const *labels, const char *licence,
                   const char *source, const FlInputPreparation *preparation)
{
  FlModelCard *card = fl_model_card_alloc ();

  card->name = g_strdup (name);
  card->labels = g_strdupv ((char **) labels);
  card->licence = g_strdup (licence);
  card->source = g_strdup (source);
  card->preparation = *preparation;
  card->has_input_size = TRUE;
  card->has_channels = TRUE;
  return card;
}

FlModelCard *
fl_model_card_new_default (int n_channels, int width, int height)
{
  FlInputPreparation preparation;
  FlModelCard *card;

  g_return_val_if_fail (n_channels == 1 || n_channels == 3, NULL);
  g_return_val_if_fail (width >= 1 && height >= 1, NULL);

  fl_input_preparation_init_default (&preparation, n_channels, width, height);
  card = fl_model_card_new (NULL, NULL, NULL, NULL, &preparation);
  card->is_assumed = TRUE;
  return card;
}

static FlModelCard *
copy (const FlModelCard *card)
{
  FlModelCard *result = fl_model_card_new (card->name, (const char *const *) card->labels,
                                           card->licence, card->source, &card->preparation);

  result->file = g_strdup (card->file);
  result->is_assumed = card->is_assumed;
  return result;
}

FlModelCard *
fl_model_card_fit (FlModelCard *card, int n_channels, int width, int height, GError **error)
{
  const FlInputPreparation *preparation = &card->preparation;
  const char *name = card->file != NULL ? card->file : "(assumed)";
  g_autoptr (FlModelCard) result = NULL;

  if (n_channels != 1 && n_channels != 3)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_SHAPE,
                   "the network's input has %d channels, expected 1 or 3 for pictures", n_channels);
      return NULL;
    }
  if (!card->has_input_size && (width <= 0 || height <= 0))
    {
      g_set_error (
          error, FL_ERROR, FL_ERROR_SHAPE,
          "card '%s': no input.width and input.height, and the network leaves its size open", name);
      return NULL;
    }
  if (card->has_channels && fl_input_preparation_n_channels (preparation) != n_channels)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_SHAPE,
                   "card '%s', input.channels: %s, but the network's input has %d", name,
                   fl_model_card_channels_names[preparation->channels], n_channels);
      return NULL;
    }
  if (card->has_input_size
      && ((width > 0 && width != preparation->width)
          || (height > 0 && height != preparation->height)))
    {
      g_autofree char *across = width > 0 ? g_strdup_printf ("%d", width) : g_strdup ("any");
      g_autofree char *down = height > 0 ? g_strdup_printf ("%d", height) : g_strdup ("any");

      g_set_error (
          error, FL_ERROR, FL_ERROR_SHAPE,
          "card '%s', input.width and input.height: %dx%d, but the network's input is %sx%s", name,
          preparation->width, preparation->height, across, down);
      return NULL;
    }

  result = copy (card);
  if (!card->has_input_size)
    {
      fl_input_preparation_init_default (&result->preparation, n_channels, width, height);
      result->is_assumed = TRUE;
    }
  else if (!card->has_channels)
    result->preparation.channels = n_channels == 1 ? FL_CHANNELS_GREY : FL_CHANNELS_RGB;
  return g_steal_pointer (&result);
}

static void
set_text (JsonObject *object, const char *member, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, member, value);
}

static void
set_numbers (JsonObject *object, const char *member, const double *values, int n)
{
  JsonArray *array = json_array_new ();

  for (int i = 0; i < n; i++)
    json_array_add_double_element (array, values[i]);
  json_object_set_array_member (object, member, array);
}

static JsonObject *
input_to_json (const FlInputPreparation *preparation)
{
  JsonObject *input = json_object_new ();
  JsonObject *resize = json_object_new ();
  int n_channels = fl_input_preparation_n_channels (preparation);

  json_object_set_int_member (input, "width", preparation->width);
  json_object_set_int_member (input, "height", preparation->height);
  json_object_set_string_member (input, "channels",
                                 fl_model_card_channels_names[preparation->channels]);
  json_object_set_double_member (input, "scale", preparation->scale);
  set_numbers (input, "mean", preparation->mean, n_channels);
  set_numbers (input, "std", preparation->std, n_channels);
  json_object_set_string_member (resize, "rule", fl_model_card_rule_names[preparation->rule]);
  if (preparation->rule == FL_RESIZE_SHORT_SIDE)
    json_object_set_int_member (resize, "size", preparation->resize_size);
  if (preparation->rule == FL_RESIZE_CENTRE_CROP)
    json_object_set_double_member (resize, "fraction", preparation->resize_fraction);
  json_object_set_string_member (resize, "filter",
                                 fl_model_card_filter_names[preparation->resample]);
  json_object_set_object_member (input, "resize", resize);
  return input;
}

gboolean
fl_model_card_save (FlModelCard *card, const char *path, GError **error)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (GBytes) bytes = NULL;
  JsonObject *object = json_object_new ();
  char *text;
  gsize length;

  json_object_set_int_member (object, "faultline_card", 1);
  set_text (object, "name", card->name);
  if (card->labels != NULL)
    {
      JsonArray *labels = json_array_new ();

      for (int i = 0; card->labels[i] != NULL; i++)
        json_array_add_string_element (labels, card->labels[i]);
      json_object_set_array_member (object, "labels", labels);
    }
  set_text (object, "licence", card->licence);
  set_text (object, "source", card->source);
  if (card->has_input_size)
    json_object_set_object_member (object, "input", input_to_json (&card->preparation));

  json_node_take_object (root, object);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, &length);
  bytes = g_bytes_new_take (text, length);
  return fl_bounded_file_write (path, bytes, error);
}

char *
fl_model_card_path_for_model (const char *model_path)
{
  const char *end = g_str_has_suffix (model_path, ".onnx") ? strrchr (model_path, '.')
                                                           : model_path + strlen (model_path);

  return g_strdup_printf ("%.*s.json", (int) (end - model_path), model_path);
}

FlModelCard *
fl_model_card_ref (FlModelCard *card)
{
  g_atomic_ref_count_inc (&card->references);
  return card;
}

void
fl_model_card_unref (FlModelCard *card)
{
  if (!g_atomic_ref_count_dec (&card->references))
    return;
  g_free (card->file);
  g_free (card->name);
  g_strfreev (card->labels);
  g_free (card->licence);
  g_free (card->source);
  g_free (card);
}

const char *
fl_model_card_name (const FlModelCard *card)
{
  return card->name;
}

const char *
fl_model_card_licence (const FlModelCard *card)
{
  return card->licence;
}

const char *
fl_model_card_source (const FlModelCard *card)
{
  return card->source;
}

const char *const *
fl_model_card_labels (const FlModelCard *card)
{
  return (const char *const *) card->labels;
}

int
fl_model_card_n_labels (const FlModelCard *card)
{
  return card->labels != NULL ? (int) g_strv_length (card->labels) : 0;
}

char *
fl_model_card_label (const FlModelCard *card, int number)
{
  if (number >= 0 && number < fl_model_card_n_labels (card))
    return g_strdup (card->labels[number]);
  return g_strdup_printf ("%d", number);
}

const FlInputPreparation *
fl_model_card_preparation (const FlModelCard *card)
{
  return &card->preparation;
}

gboolean
fl_model_card_has_input_size (const FlModelCard *card)
{
  return card->has_input_size;
}

gboolean
fl_model_card_has_channels (const FlModelCard *card)
{
  return card->has_channels;
}

gboolean
fl_model_card_is_assumed (const FlModelCard *card)
{
  return card->is_assumed;
}
