#include "app/asset-path.h"
#include "app/command.h"
#include "engine/core/error.h"
#include "engine/core/random.h"
#include "engine/formats/sample-index.h"
#include "engine/saliency/profile.h"

#define N_CLASSES 5
#define N_FILTERS 10
#define BAR_WIDTH 40
#define SEED 1
/* What the columns of text leave for the name of a class. */
#define LABEL_WIDTH 16

typedef struct
{
  FlCommandRequest request; /* with the paths that are really opened */
  char *model;
  char *picture;
  FlCommandNetwork network;
  FlPrediction *prediction;
  FlProfile *profile;
  int label; /* the true class, or the predicted one where that is not known */
  GString *text;
} Story;

static void
story_clear (Story *story)
{
  g_free (story->model);
  g_free (story->picture);
  g_clear_pointer (&story->prediction, fl_prediction_unref);
  g_clear_pointer (&story->profile, fl_profile_unref);
  fl_command_network_clear (&story->network);
  if (story->text != NULL)
    g_string_free (story->text, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Story, story_clear)

static const char *
label_of (const Story *story, int class)
{
  return fl_model_label (story->network.model, class);
}

/* Appends @text and spaces up to @width characters. */
static void
append_padded (GString *string, const char *text, int width)
{
  g_string_append (string, text);
  for (glong n = g_utf8_strlen (text, -1); n < width; n++)
    g_string_append_c (string, ' ');
}

/* Which of the arguments is the network and which the picture; the bundled ones where there are none. */
static gboolean
find_files (Story *story, const FlCommandRequest *request, GError **error)
{
  story->request = *request;
  story->model = g_strdup (request->model);
  for (int i = 0; i < request->n_inputs; i++)
    {
      char **place
          = g_str_has_suffix (request->inputs[i], ".onnx") ? &story->model : &story->picture;

      if (*place != NULL)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_RANGE, "there is one %s too many: %s",
                       place == &story->model ? "network" : "picture", request->inputs[i]);
          return FALSE;
        }
      *place = g_strdup (request->inputs[i]);
    }
  if (story->picture == NULL && story->model != NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_RANGE, "%s needs a picture to look at", story->model);
      return FALSE;
    }
  if (story->picture == NULL)
    story->picture = fl_asset_path (FL_ASSET_PICTURE);
  if (story->model == NULL)
    story->model = fl_asset_path (FL_ASSET_NETWORK);
  story->request.model = story->model;
  return TRUE;
}

/* The true class of the picture, as an index.csv beside it gives it, or -1. */
static int
find_listed_label (const char *picture)
{
  g_autofree char *path = g_canonicalize_filename (picture, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *index = g_build_filename (folder, "index.csv", NULL);
  g_autoptr (GPtrArray) samples
      = g_file_test (index, G_FILE_TEST_EXISTS) ? fl_sample_index_load (index, NULL) : NULL;

  for (guint i = 0; samples != NULL && i < samples->len; i++)
    {
      const FlSample *sample = g_ptr_array_index (samples, i);

      if (g_str_equal (sample->path, path))
        return sample->label;
    }
  return -1;
}

static gboolean
tell_prediction (Story *story, GError **error)
{
  FlModel *model = story->network.model;
  FlGraph *graph = fl_model_graph (model);
  const FlPrediction *prediction = story->prediction;
  g_autofree char *name = g_filename_display_basename (story->picture);
  int listed = find_listed_label (story->picture);
  int predicted = prediction->order[0];
  const char *source = "";

  if (story->request.label != NULL)
    {
      if (!fl_model_find_label (model, story->request.label, &story->label, error))
        return FALSE;
    }
  else if (listed >= 0 && listed < prediction->n_classes)
    story->label = listed;
  else
    {
      story->label = predicted;
      source = " (not known: the predicted one is taken; say --label N to choose)";
    }
  g_string_append_printf (story->text,
                          "%s: %d filters in %d convolution layers.\n"
                          "Picture: %s. True class: %s%s.\n\n"
                          "1. What the network says\n\n",
                          fl_model_name (model), fl_graph_n_filters (graph),
                          fl_graph_n_layers (graph), name, label_of (story, story->label), source);
  for (int k = 0; k < MIN (N_CLASSES, prediction->n_classes); k++)
    {
      int class = prediction->order[k];
      double probability = prediction->probabilities[class];
      int width = (int) (probability * BAR_WIDTH + 0.5);

      g_string_append (story->text, "   ");
      append_padded (story->text, label_of (story, class), LABEL_WIDTH);
      g_string_append_printf (story->text, "  %.3f  ", probability);
      for (int i = 0; i < width; i++)
        g_string_append_c (story->text, '#');
      g_string_append (story->text, class == story->label ? "  <- true class\n" : "\n");
    }
  if (predicted == story->label)
    g_string_append_printf (story->text, "\n   Taken for %s.\n\n", label_of (story, predicted));
  else
    g_string_append_printf (story->text, "\n   A mistake: %s is taken for %s.\n\n",
                            label_of (story, story->label), label_of (story, predicted));
  return TRUE;
}

static void
tell_filters (Story *story, int n_filters)
{
  FlGraph *graph = fl_model_graph (story->network.model);
  int width = 5;

  for (int i = 0; i < n_filters; i++)
    {
      int layer = fl_graph_layer_of_filter (graph, story->profile->order[i]);

      width = MAX (width, (int) g_utf8_strlen (fl_graph_layer (graph, layer)->name, -1));
    }
  g_string_append_printf (
      story->text,
      "2. The %d most salient filters\n\n"
      "   Saliency is the mean of |dL/dw| over a filter's weights: how strongly "
      "the loss L\n   at the true class depends on that filter.\n\n"
      "   rank  ",
      n_filters);
  append_padded (story->text, "layer", width);
  g_string_append (story->text, "  filter  saliency\n");
  for (int i = 0; i < n_filters; i++)
    {
      int filter = story->profile->order[i];
      const FlLayer *layer = fl_graph_layer (graph, fl_graph_layer_of_filter (graph, filter));

      g_string_append_printf (story->text, "   %4d  ", i + 1);
      append_padded (story->text, layer->name, width);
      g_string_append_printf (story->text, "  %6d  %.4g\n", filter - layer->first_filter,
                              story->profile->saliency[filter]);
    }
}

/* A line of the table: what the network says with @n_filters of @filters off. */
static gboolean
tell_ablation (Story *story, int n_filters, const int *filters, GError **error)
{
  g_autofree FlEdit *edits = g_new0 (FlEdit, n_filters + 1);
  g_autoptr (FlEditList) list = NULL;
  g_autoptr (FlPrediction) now = NULL;

  for (int i = 0; i < n_filters; i++)
    edits[i] = (FlEdit){ .filter = filters[i], .kind = FL_EDIT_WEIGHTS };
  list = fl_edit_list_new (fl_model_graph (story->network.model), n_filters, edits, error);
  if (list == NULL)
    return FALSE;
  now = fl_command_network_edit (&story->network, list, error);
  if (now == NULL)
    return FALSE;
  g_string_append_printf (story->text, "   %4d  %11.3f  %11.3f  ", n_filters,
                          now->probabilities[story->label],
                          now->probabilities[story->prediction->order[0]]);
  g_string_append_printf (story->text, "%s\n", label_of (story, now->order[0]));
  return TRUE;
}

static gboolean
tell_ablations (Story *story, int n_filters, GError **error)
{
  int n_all = fl_graph_n_filters (fl_model_graph (story->network.model));
  g_autoptr (FlRandom) random = fl_random_new (SEED);
  g_autofree guint *chosen = g_new (guint, n_filters);
  g_autofree int *filters = g_new (int, n_filters);

  g_string_append_printf (
      story->text,
      "\n3. What switching them off does\n\n"
      "   One more at each step; a filter that is off has weights of 0.\n"
      "   Probability of the true class (%s) and of the class that was predicted "
      "(%s).\n\n"
      "    off         true    predicted  now taken for\n",
      label_of (story, story->label), label_of (story, story->prediction->order[0]));
  for (int n = 0; n <= n_filters; n++)
    if (!tell_ablation (story, n, story->profile->order, error))
      return FALSE;

  g_string_append_printf (story->text, "\n   For comparison, %d filters drawn at random:\n",
                          n_filters);
  fl_random_choose (random, (guint) n_filters, (guint) n_all, chosen);
  for (int i = 0; i < n_filters; i++)
    filters[i] = (int) chosen[i];
  return tell_ablation (story, n_filters, filters, error);
}

static gboolean
run (const FlCommandRequest *request, GError **error)
{
  g_auto (Story) story = { .text = g_string_new (NULL) };
  int n_filters;

  if (!find_files (&story, request, error)
      || !fl_command_network_open (&story.network, &story.request, FL_PLAN_KEEP, error))
    return FALSE;
  story.prediction = fl_command_network_predict (&story.network, story.picture, error);
  if (story.prediction == NULL || !tell_prediction (&story, error))
    return FALSE;
  n_filters = MIN (N_FILTERS, fl_graph_n_filters (fl_model_graph (story.network.model)));
  if (n_filters > 0)
    {
      story.profile = fl_profile_compute (story.network.execution, story.label, NULL, error);
      if (story.profile == NULL)
        return FALSE;
      tell_filters (&story, n_filters);
      if (!tell_ablations (&story, n_filters, error))
        return FALSE;
    }
  return fl_command_write (request, story.text, error);
}

const FlCommand fl_command_story = {
  .name = "story",
  .arguments = "[MODEL.onnx] [IMAGE]",
  .summary = "Tell in the terminal what the window shows",
  .description
  = "What the network says of a picture, the ten most salient filters, and what switching them "
    "off\n"
    "does. Without arguments: the bundled network and an ankle boot that it takes for a sandal.",
  .options = FL_COMMAND_LABEL | FL_COMMAND_PROSE,
  .max_inputs = 2,
  .run = run,
};
