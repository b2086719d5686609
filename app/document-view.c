#include "app/document-view.h"

#include <string.h>

#include "app/filter-panel.h"
#include "ui/filter-text.h"
#include "ui/picture-view.h"
#include "ui/prediction-list.h"
#include "ui/profile-chart.h"

struct _FlDocumentView
{
  AdwBin parent_instance;

  FlSession *session; /* owned */
  int hovered;

  GtkWidget *picture_card;
  FlPictureView *picture_view;
  GtkLabel *picture_caption;
  GtkWidget *picture_button;
  GtkWidget *prediction_card;
  GtkLabel *story_label;
  GtkLabel *verdict_label;
  GtkDropDown *label_choice;
  GtkWidget *label_note;
  GtkWidget *prediction_box;
  GtkLabel *count_label;
  FlPredictionList *prediction_list;
  GtkLabel *change_label;
  GtkWidget *chart_card;
  GtkLabel *chart_subtitle;
  GtkLabel *hint_label;
  FlProfileChart *chart;
  FlFilterPanel *filter_panel;
};

G_DEFINE_FINAL_TYPE (FlDocumentView, fl_document_view, ADW_TYPE_BIN)

static guint status_signal;

/* The first entry of the true labels is "Not known"; class c is entry c + 1. */
#define LABEL_ENTRY(label) ((guint) (label) + 1)

static void on_label_chosen (FlDocumentView *self);

/* What a class is called in a sentence: "class 785" where it has only a number. */
static char *
class_text (FlModel *model, int class)
{
  const char *name = fl_model_label (model, class);

  return name[strspn (name, "0123456789")] == '\0' ? g_strdup_printf ("class %d", class)
                                                   : g_strdup (name);
}

static void
show_status (FlDocumentView *self)
{
  FlFilterCatalogue *catalogue = fl_session_get_catalogue (self->session);
  int filter = self->hovered >= 0 ? self->hovered : fl_session_get_selected (self->session);
  g_autofree char *text = NULL;

  if (catalogue != NULL && filter >= 0 && filter < catalogue->n_filters)
    text = fl_filter_text (catalogue, fl_session_get_profile (self->session),
                           fl_session_get_off (self->session)[filter], filter);
  g_signal_emit (self, status_signal, 0, text != NULL ? text : "");
}

static void
show_picture (FlDocumentView *self)
{
  FlPicture *shown = fl_session_get_shown (self->session);
  FlPicture *decoded = fl_session_get_picture (self->session);
  FlPicture *measured = decoded != NULL ? decoded : shown;
  const char *path = fl_session_get_picture_path (self->session);

  gtk_widget_set_visible (GTK_WIDGET (self->picture_view), shown != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->picture_caption), shown != NULL);
  gtk_widget_set_visible (self->picture_button, shown == NULL);
  if (shown == NULL)
    {
      fl_picture_view_set_pixels (self->picture_view, 0, 0, NULL);
      return;
    }

  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *caption = g_strdup_printf ("%s · %d × %d", name, fl_picture_width (measured),
                                              fl_picture_height (measured));

  fl_picture_view_set_pixels (self->picture_view, fl_picture_width (shown),
                              fl_picture_height (shown), fl_picture_pixels (shown));
  fl_picture_view_set_description (self->picture_view, caption);
  gtk_label_set_text (self->picture_caption, caption);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->picture_caption), path);
}

/* The classes to choose the true label from. */
static void
show_classes (FlDocumentView *self)
{
  FlModel *model = fl_session_get_model (self->session);
  const char *const none[] = { "Not known", NULL };
  g_autoptr (GtkStringList) entries = gtk_string_list_new (none);

  if (model != NULL)
    gtk_string_list_splice (entries, 1, 0, fl_model_labels (model));
  g_signal_handlers_block_by_func (self->label_choice, on_label_chosen, self);
  gtk_drop_down_set_model (self->label_choice, G_LIST_MODEL (entries));
  g_signal_handlers_unblock_by_func (self->label_choice, on_label_chosen, self);
}

static void
show_label (FlDocumentView *self)
{
  gboolean known;
  int label = fl_session_get_label (self->session, &known);
  FlPrediction *before = fl_session_get_before (self->session);

  g_signal_handlers_block_by_func (self->label_choice, on_label_chosen, self);
  gtk_drop_down_set_selected (self->label_choice, known ? LABEL_ENTRY (label) : 0);
  g_signal_handlers_unblock_by_func (self->label_choice, on_label_chosen, self);
  gtk_widget_set_sensitive (GTK_WIDGET (self->label_choice), before != NULL);
  gtk_widget_set_visible (self->label_note, before != NULL && !known);
}

/* One line that says what this is all about. */
static void
show_story (FlDocumentView *self)
{
  FlModel *model = fl_session_get_model (self->session);
  FlPrediction *before = fl_session_get_before (self->session);
  gboolean known;
  int label = fl_session_get_label (self->session, &known);

  gtk_widget_set_visible (self->prediction_box, before != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->verdict_label), before != NULL && known);
  if (before == NULL)
    {
      gtk_label_set_text (self->story_label, model == NULL
                                                 ? "Open a network to see what it predicts."
                                                 : "Open a picture to see what the "
                                                   "network predicts.");
      return;
    }

  int top = before->order[0];
  gboolean right = label == top;
  g_autofree char *name = class_text (model, top);
  g_autofree char *story
      = g_markup_printf_escaped ("Predicted <b>%s</b> (%.3f)", name, before->probabilities[top]);

  gtk_label_set_markup (self->story_label, story);
  gtk_label_set_text (self->verdict_label, right ? "right" : "wrong");
  gtk_widget_remove_css_class (GTK_WIDGET (self->verdict_label), right ? "wrong" : "right");
  gtk_widget_add_css_class (GTK_WIDGET (self->verdict_label), right ? "right" : "wrong");
}

/* What the switching has led to. */
static void
show_change (FlDocumentView *self)
{
  FlModel *model = fl_session_get_model (self->session);
  FlPrediction *before = fl_session_get_before (self->session);
  FlPrediction *now = fl_session_get_now (self->session);
  FlFilterCatalogue *catalogue = fl_session_get_catalogue (self->session);
  int n_off = fl_session_get_n_off (self->session);
  g_autofree char *count = NULL;
  g_autofree char *change = NULL;

  if (catalogue == NULL)
    return;
  count = n_off == 0 ? g_strdup_printf ("all %d filters on", catalogue->n_filters)
                     : g_strdup_printf ("%d of %d filters off", n_off, catalogue->n_filters);
  gtk_label_set_text (self->count_label, count);
  gtk_widget_set_visible (GTK_WIDGET (self->change_label), now != NULL);
  if (now == NULL || before == NULL)
    return;

  int was = before->order[0], is = now->order[0];

  g_autofree char *name = class_text (model, is);

  change = g_markup_printf_escaped ("The prediction is %s <b>%s</b>: %.3f → %.3f",
                                    was == is ? "still" : "now", name, before->probabilities[is],
                                    now->probabilities[is]);
  gtk_label_set_markup (self->change_label, change);
}

static void
show_predictions (FlDocumentView *self)
{
  FlModel *model = fl_session_get_model (self->session);
  gboolean known;
  int label = fl_session_get_label (self->session, &known);

  fl_prediction_list_set_data (self->prediction_list, fl_session_get_before (self->session),
                               fl_session_get_now (self->session),
                               model == NULL ? NULL : fl_model_labels (model), known ? label : -1,
                               "true");
  show_change (self);
}

static void
show_profile (FlDocumentView *self)
{
  FlModel *model = fl_session_get_model (self->session);
  FlProfile *profile = fl_session_get_profile (self->session);
  FlFilterCatalogue *catalogue = profile == NULL ? NULL : fl_session_get_catalogue (self->session);
  gboolean known;

  fl_session_get_label (self->session, &known);
  fl_profile_chart_set_data (self->chart, catalogue, profile);
  gtk_widget_set_sensitive (self->chart_card, profile != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->hint_label), profile != NULL);
  if (profile == NULL)
    {
      gtk_label_set_text (self->chart_subtitle, "of a network that has seen a picture");
      return;
    }

  g_autofree char *name = class_text (model, profile->label);
  g_autofree char *subtitle
      = g_strdup_printf ("of the untouched network at the %s label %s · sorted inside each layer",
                         known ? "true" : "predicted", name);

  gtk_label_set_text (self->chart_subtitle, subtitle);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->chart_subtitle), subtitle);
}

static void
show_filters (FlDocumentView *self)
{
  const guint8 *off = fl_session_get_off (self->session);
  int n_off = fl_session_get_n_off (self->session);

  if (off == NULL || fl_session_get_profile (self->session) == NULL)
    return;
  fl_profile_chart_set_off (self->chart, off);
  /* Whoever has switched one off knows how. */
  if (n_off > 0)
    gtk_label_set_text (self->hint_label, "Click again to switch it on · Ctrl+Z undoes");
  else
    gtk_label_set_text (self->hint_label, "Click a bar to switch that filter off");
}

static void
show_selection (FlDocumentView *self)
{
  fl_profile_chart_set_selected (self->chart, fl_session_get_selected (self->session));
}

static void
set_stale (GtkWidget *widget, gboolean stale)
{
  if (stale)
    gtk_widget_add_css_class (widget, "stale");
  else
    gtk_widget_remove_css_class (widget, "stale");
}

/* Old results stay, dimmed, while new ones take longer than a moment. */
static void
show_staleness (FlDocumentView *self)
{
  FlSessionProgress progress;

  fl_session_get_progress (self->session, &progress);

  gboolean all = progress.long_work && progress.loading;

  set_stale (GTK_WIDGET (self->picture_view), all);
  set_stale (self->prediction_box,
             all || (progress.long_work && !fl_session_now_is_current (self->session)));

  gboolean profile = all
                     || (progress.long_work && fl_session_get_profile (self->session) != NULL
                         && !fl_session_profile_is_current (self->session));

  set_stale (GTK_WIDGET (self->chart), profile);
}

static void
on_session_changed (FlDocumentView *self, guint changes)
{
  if (changes & FL_SESSION_NETWORK)
    {
      self->hovered = -1;
      show_classes (self);
    }
  if (changes & FL_SESSION_PICTURE)
    show_picture (self);
  if (changes & (FL_SESSION_LABEL | FL_SESSION_NETWORK))
    show_label (self);
  if (changes & (FL_SESSION_LABEL | FL_SESSION_PREDICTION | FL_SESSION_NETWORK))
    show_story (self);
  if (changes & (FL_SESSION_LABEL | FL_SESSION_PREDICTION | FL_SESSION_FILTERS))
    show_predictions (self);
  if (changes & (FL_SESSION_PROFILE | FL_SESSION_LABEL))
    show_profile (self);
  if (changes & (FL_SESSION_FILTERS | FL_SESSION_PROFILE | FL_SESSION_LABEL))
    show_filters (self);
  if (changes & (FL_SESSION_SELECTION | FL_SESSION_PROFILE | FL_SESSION_LABEL))
    show_selection (self);
  if (changes & ~(guint) FL_SESSION_PROGRESS)
    show_status (self);
  show_staleness (self);
}

static void
on_filter_hovered (FlDocumentView *self, int filter)
{
  self->hovered = filter;
  show_status (self);
}

static void
on_filter_selected (FlDocumentView *self, int filter)
{
  fl_session_set_selected (self->session, filter);
}

static void
on_filter_toggled (FlDocumentView *self, int filter)
{
  fl_session_toggle (self->session, filter);
}

static void
on_label_chosen (FlDocumentView *self)
{
  guint entry = gtk_drop_down_get_selected (self->label_choice);

  if (entry != GTK_INVALID_LIST_POSITION && fl_session_get_before (self->session) != NULL)
    fl_session_set_label (self->session, (int) entry - 1);
}

static void
fl_document_view_dispose (GObject *object)
{
  FlDocumentView *self = FL_DOCUMENT_VIEW (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (fl_document_view_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FlDocumentView, name)

static void
fl_document_view_class_init (FlDocumentViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fl_document_view_dispose;
  g_type_ensure (FL_TYPE_PICTURE_VIEW);
  g_type_ensure (FL_TYPE_PREDICTION_LIST);
  g_type_ensure (FL_TYPE_PROFILE_CHART);
  g_type_ensure (FL_TYPE_FILTER_PANEL);
  status_signal = g_signal_new ("status", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/faultline/Faultline/document-view.ui");
  BIND (picture_card);
  BIND (picture_view);
  BIND (picture_caption);
  BIND (picture_button);
  BIND (prediction_card);
  BIND (story_label);
  BIND (verdict_label);
  BIND (label_choice);
  BIND (label_note);
  BIND (prediction_box);
  BIND (count_label);
  BIND (prediction_list);
  BIND (change_label);
  BIND (chart_card);
  BIND (chart_subtitle);
  BIND (hint_label);
  BIND (chart);
  BIND (filter_panel);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_hovered);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_label_chosen);
}

static void
on_setup_class (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer most_characters)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), GPOINTER_TO_INT (most_characters));
  gtk_list_item_set_child (item, label);
}

static void
on_bind_class (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkStringObject *name = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_object_get_string (name));
}

/* Names of classes may be long: shortened on the button, less so in the list. */
static GtkListItemFactory *
class_factory_new (int most_characters)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup_class),
                    GINT_TO_POINTER (most_characters));
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind_class), NULL);
  return factory;
}

/* The first widget of a type below @widget, or NULL. */
static GtkWidget *
find_below (GtkWidget *widget, GType type)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found
          = G_TYPE_CHECK_INSTANCE_TYPE (child, type) ? child : find_below (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Typing looks for a class at once: GTK 4.8 wants a click into the entry first. */
static void
make_typing_search (GtkDropDown *choice)
{
  GtkWidget *popover = find_below (GTK_WIDGET (choice), GTK_TYPE_POPOVER);
  GtkWidget *entry = popover == NULL ? NULL : find_below (popover, GTK_TYPE_SEARCH_ENTRY);

  if (entry != NULL)
    gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (entry), popover);
}

static void
fl_document_view_init (FlDocumentView *self)
{
  g_autoptr (GtkListItemFactory) on_button = NULL;
  g_autoptr (GtkListItemFactory) in_list = NULL;
  g_autoptr (GtkExpression) searched
      = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  self->hovered = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  on_button = class_factory_new (20);
  in_list = class_factory_new (40);
  gtk_drop_down_set_expression (self->label_choice, searched);
  gtk_drop_down_set_enable_search (self->label_choice, TRUE);
  gtk_drop_down_set_factory (self->label_choice, on_button);
  gtk_drop_down_set_list_factory (self->label_choice, in_list);
  make_typing_search (self->label_choice);
}

void
fl_document_view_set_session (FlDocumentView *self, FlSession *session)
{
  g_return_if_fail (FL_IS_DOCUMENT_VIEW (self) && self->session == NULL);

  self->session = g_object_ref (session);
  fl_filter_panel_set_session (self->filter_panel, session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  on_session_changed (self, ~(guint) 0);
}
