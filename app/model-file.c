#include "app/model-file.h"

#include <gio/gio.h>

#include "engine/core/error.h"
#include "engine/formats/number-text.h"
#include "engine/formats/onnx-reader.h"

struct _FlModel
{
  gatomicrefcount references;
  char *path;
  char *name;
  FlGraph *graph;      /* owned */
  FlModelCard *card;   /* owned */
  FlOnnxNotes reading; /* owned: what the reader assumed */
  FlInputPreparation preparation;
  GPtrArray *labels; /* owned, of owned strings, NULL-terminated */
  GPtrArray *notes;  /* the same */
};

static void G_GNUC_PRINTF (2, 3) add_note (FlModel *model, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (model->notes, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* The card at @path as it stands, NULL where there is none. */
static gboolean
load_card (const char *path, FlModelCard **card, GError **error)
{
  g_autoptr (GError) met = NULL;

  *card = fl_model_card_load (path, &met);
  if (*card == NULL && !g_error_matches (met, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
      && !g_error_matches (met, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_error (error, g_steal_pointer (&met));
      return FALSE;
    }
  return TRUE;
}

/* Brings card and graph together, or makes a card where there is none. */
static gboolean
settle_card (FlModel *model, FlModelCard *card, const char *card_path, GError **error)
{
  int channels, height, width;

  fl_graph_input_size (model->graph, &channels, &height, &width);
  if (channels != 1 && channels != 3)
    {
      add_note (
          model,
          "the network takes %d channels, which no picture has: give it NPY files of [%d,%d,%d]",
          channels, channels, height, width);
      /* A preparation stands for the size; no picture will pass. */
      model->card = card != NULL && fl_model_card_labels (card) != NULL
                        ? fl_model_card_ref (card)
                        : fl_model_card_new_default (1, width, height);
      fl_input_preparation_init_default (&model->preparation, 1, width, height);
      return TRUE;
    }
  if (card == NULL)
    model->card = fl_model_card_new_default (channels, width, height);
  else
    model->card = fl_model_card_fit (card, channels, width, height, error);
  if (model->card == NULL)
    {
      g_prefix_error (error, "%s: ", card_path);
      return FALSE;
    }
  model->preparation = *fl_model_card_preparation (model->card);
  if (fl_model_card_is_assumed (model->card))
    {
      if (channels == 3)
        add_note (
            model,
            "%s %s: assumed are the size of the graph (%dx%d), the short side brought to %d, the "
            "centre cut out, RGB, scale 1/255, mean .485 .456 .406, std .229 .224 .225",
            card_path, card == NULL ? "does not exist" : "has no input", width, height,
            model->preparation.resize_size);
      else
        add_note (model,
                  "%s %s: assumed are the size of the graph (%dx%d), stretching, grey, scale 1/255",
                  card_path, card == NULL ? "does not exist" : "has no input", width, height);
    }
  return TRUE;
}

static gboolean
settle_labels (FlModel *model, const char *card_path, GError **error)
{
  int n_classes = fl_graph_n_classes (model->graph);
  int n_labels = fl_model_card_n_labels (model->card);

  if (n_labels != 0 && n_labels != n_classes)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_SHAPE, "%s: %d labels for a network of %d classes",
                   card_path, n_labels, n_classes);
      return FALSE;
    }
  if (n_labels == 0)
    add_note (model, "no names of classes: they are numbered");
  for (int i = 0; i < n_classes; i++)
    g_ptr_array_add (model->labels, fl_model_card_label (model->card, i));
  g_ptr_array_add (model->labels, NULL);
  return TRUE;
}

FlModel *
fl_model_load (const char *path, GError **error)
{
  g_autoptr (FlModel) model = NULL;
  g_autoptr (FlModelCard) card = NULL;
  g_autofree char *card_path = NULL;
  gboolean has_size;

  g_return_val_if_fail (path != NULL, NULL);

  card_path = fl_model_card_path_for_model (path);
  if (!load_card (card_path, &card, error))
    return NULL;
  model = g_new0 (FlModel, 1);
  g_atomic_ref_count_init (&model->references);
  model->path = g_strdup (path);
  model->labels = g_ptr_array_new_with_free_func (g_free);
  model->notes = g_ptr_array_new_with_free_func (g_free);
  has_size = card != NULL && fl_model_card_has_input_size (card);
  model->graph = fl_onnx_load (path, has_size ? fl_model_card_preparation (card)->width : 0,
                               has_size ? fl_model_card_preparation (card)->height : 0,
                               &model->reading, error);
  if (model->graph == NULL || !settle_card (model, card, card_path, error)
      || !settle_labels (model, card_path, error))
    return NULL;

  if (model->reading.free_axes)
    add_note (model, "the network leaves the size of its input open: %dx%d is the card's",
              model->preparation.width, model->preparation.height);
  if (model->reading.set_aside != NULL)
    add_note (model, "'%s' at the end of the network is left out, so that logits are logits",
              model->reading.set_aside);
  g_ptr_array_add (model->notes, NULL);
  model->name = card != NULL && fl_model_card_name (card) != NULL
                    ? g_strdup (fl_model_card_name (card))
                    : g_filename_display_basename (path);
  return g_steal_pointer (&model);
}

FlModel *
fl_model_ref (FlModel *model)
{
  g_atomic_ref_count_inc (&model->references);
  return model;
}

void
fl_model_unref (FlModel *model)
{
  if (!g_atomic_ref_count_dec (&model->references))
    return;
  g_free (model->path);
  g_free (model->name);
  g_clear_pointer (&model->graph, fl_graph_unref);
  g_clear_pointer (&model->card, fl_model_card_unref);
  fl_onnx_notes_clear (&model->reading);
  g_ptr_array_unref (model->labels);
  g_ptr_array_unref (model->notes);
  g_free (model);
}

const char *
fl_model_path (const FlModel *model)
{
  return model->path;
}

FlGraph *
fl_model_graph (const FlModel *model)
{
  return model->graph;
}

FlModelCard *
fl_model_card (const FlModel *model)
{
  return model->card;
}

const char *
fl_model_name (const FlModel *model)
{
  return model->name;
}

int
fl_model_n_channels (const FlModel *model)
{
  int channels, height, width;

  fl_graph_input_size (model->graph, &channels, &height, &width);
  return channels;
}

const FlInputPreparation *
fl_model_preparation (const FlModel *model)
{
  return &model->preparation;
}

const char *
fl_model_label (const FlModel *model, int class)
{
  g_return_val_if_fail (class >= 0 && class < fl_graph_n_classes (model->graph), NULL);

  return g_ptr_array_index (model->labels, class);
}

char *
fl_model_class_text (const FlModel *model, int class)
{
  const char *name = fl_model_label (model, class);

  return name[strspn (name, "0123456789")] == '\0' ? g_strdup_printf ("class %d", class)
                                                   : g_strdup (name);
}

const char *const *
fl_model_labels (const FlModel *model)
{
  return (const char *const *) model->labels->pdata;
}

gboolean
fl_model_find_label (const FlModel *model, const char *text, int *class, GError **error)
{
  int n_classes = fl_graph_n_classes (model->graph);
  gint64 number;
  g_autofree char *wanted = g_utf8_make_valid (text, -1);
  g_autofree char *folded = g_utf8_casefold (wanted, -1);

  /* A number is a number, whatever the classes are called. */
  if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &number, NULL))
    {
      if (number < 0 || number >= n_classes)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_RANGE, "label %s is outside 0 .. %d", text,
                       n_classes - 1);
          return FALSE;
        }
      *class = (int) number;
      return TRUE;
    }
  for (int i = 0; i < n_classes; i++)
    {
      g_autofree char *label = g_utf8_casefold (fl_model_label (model, i), -1);

      if (g_str_equal (label, folded))
        {
          *class = i;
          return TRUE;
        }
    }
  g_set_error (error, FL_ERROR, FL_ERROR_RANGE,
               "label '%s' is neither a number in 0 .. %d nor the name of a class of %s", wanted,
               n_classes - 1, model->name);
  return FALSE;
}

const char *const *
fl_model_notes (const FlModel *model)
{
  return (const char *const *) model->notes->pdata;
}
