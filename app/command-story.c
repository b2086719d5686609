#include "app/asset-path.h"
#include "app/command.h"
#include "app/sample-label.h"
#include "engine/core/error.h"
#include "engine/core/random.h"
#include "engine/saliency/profile.h"

#define N_CLASSES 5
#define N_FILTERS 10
#define BAR_WIDTH 40
#define N_DRAWS 20
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

/* Which of the arguments is the network and which the picture; the bundled ones where there are
 * none. */
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

static gboolean
tell_prediction (Story *story, GError **error)
{
  FlModel *model = story->network.model;
  FlGraph *graph = fl_model_graph (model);
  const FlPrediction *prediction = story->prediction;
  g_autofree char *name = g_filename_display_basename (story->picture);
  int listed = fl_sample_label (story->picture, model);
  int predicted = prediction->order[0];
  const char *source = "";

  if (story->request.label != NULL)
    {
      if (!fl_model_find_label (model, story->request.label, &story->label, error))
        return FALSE;
    }
  else if (listed >= 0)
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
      g_string_append_printf (story->text, "  %.3f%s", probability, width > 0 ? "  " : "");
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

/* What the network says with the first @n_filters of @filters off. */
static FlPrediction *
predict_without (Story *story, int n_filters, const int *filters, GError **error)
{
  g_autofree FlEdit *edits = g_new0 (FlEdit, n_filters + 1);
  g_autoptr (FlEditList) list = NULL;

  for (int i = 0; i < n_filters; i++)
    edits[i] = (FlEdit){ .filter = filters[i], .kind = FL_EDIT_WEIGHTS };
  list = fl_edit_list_new (fl_model_graph (story->network.model), n_filters, edits, error);
  return list != NULL ? fl_command_network_edit (&story->network, list, error) : NULL;
}

static void
tell_line (Story *story, const FlPrediction *alone, const FlPrediction *together, int n_filters)
{
  if (alone != NULL)
    g_string_append_printf (story->text, "   %4d  %5.3f  ", n_filters,
                            alone->probabilities[story->label]);
  else
    g_string_append_printf (story->text, "   %4d         ", n_filters);
  g_string_append_printf (
      story->text, "   %5.3f      %5.3f  %s\n", together->probabilities[story->label],
      together->probabilities[story->prediction->order[0]], label_of (story, together->order[0]));
}

/* The filters of rank 1 .. @n_filters, each alone and all up to it. */
static gboolean
tell_ablations (Story *story, int n_filters, GError **error)
{
  const char *truth = label_of (story, story->label);
  const char *predicted = label_of (story, story->prediction->order[0]);
  double best = story->prediction->probabilities[story->label];
  double start = best;
  int best_filter = -1;

  g_string_append_printf (
      story->text,
      "\n3. What switching them off does\n\n"
      "   A filter that is off has weights of 0. \"Alone\": only the filter of that "
      "rank is off;\n   \"together\": all up to that rank. Probabilities of the true "
      "class, %s,\n   and of the class that was predicted, %s.\n\n"
      "         alone  together\n"
      "   rank  true      true  predicted  now taken for\n",
      truth, predicted);
  tell_line (story, NULL, story->prediction, 0);
  for (int n = 1; n <= n_filters; n++)
    {
      g_autoptr (FlPrediction) alone
          = predict_without (story, 1, story->profile->order + n - 1, error);
      g_autoptr (FlPrediction) together = NULL;

      if (alone == NULL)
        return FALSE;
      together = predict_without (story, n, story->profile->order, error);
      if (together == NULL)
        return FALSE;
      tell_line (story, alone, together, n);
      if (alone->probabilities[story->label] > best)
        {
          best = alone->probabilities[story->label];
          best_filter = story->profile->order[n - 1];
        }
    }
  if (best_filter >= 0)
    {
      FlGraph *graph = fl_model_graph (story->network.model);
      const FlLayer *layer = fl_graph_layer (graph, fl_graph_layer_of_filter (graph, best_filter));

      g_string_append_printf (
          story->text,
          "\n   Of these, filter %d of %s helps most alone: %s rises from %.3f to "
          "%.3f.\n",
          best_filter - layer->first_filter, layer->name, truth, start, best);
    }
  return TRUE;
}

/* As many filters drawn at random, several times: what switching off any filters does. */
static gboolean
tell_comparison (Story *story, int n_filters, GError **error)
{
  int n_all = fl_graph_n_filters (fl_model_graph (story->network.model));
  g_autoptr (FlRandom) random = fl_random_new (SEED);
  g_autofree guint *chosen = g_new (guint, n_filters);
  g_autofree int *filters = g_new (int, n_filters);
  double truth = 0.0, predicted = 0.0;

  for (int draw = 0; draw < N_DRAWS; draw++)
    {
      g_autoptr (FlPrediction) now = NULL;

      fl_random_choose (random, (guint) n_filters, (guint) n_all, chosen);
      for (int i = 0; i < n_filters; i++)
        filters[i] = (int) chosen[i];
      now = predict_without (story, n_filters, filters, error);
      if (now == NULL)
        return FALSE;
      truth += now->probabilities[story->label] / N_DRAWS;
      predicted += now->probabilities[story->prediction->order[0]] / N_DRAWS;
    }
  g_string_append_printf (story->text,
                          "\n   For comparison, %d filters at random, mean of %d draws: true %.3f, "
                          "predicted %.3f.\n",
                          n_filters, N_DRAWS, truth, predicted);
  return TRUE;
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
      if (!tell_ablations (&story, n_filters, error) || !tell_comparison (&story, n_filters, error))
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
