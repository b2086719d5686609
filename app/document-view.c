#include "app/document-view.h"

#include "app/chart-panel.h"
#include "app/filter-panel.h"
#include "app/picture-panel.h"
#include "ui/filter-text.h"
#include "ui/prediction-list.h"

struct _FlDocumentView
{
  AdwBin parent_instance;

  FlSession *session; /* owned */
  int hovered;

  FlPicturePanel *picture_panel;
  GtkWidget *prediction_card;
  GtkLabel *story_label;
  GtkLabel *verdict_label;
  GtkDropDown *label_choice;
  GtkWidget *label_note;
  GtkWidget *prediction_box;
  GtkLabel *count_label;
  FlPredictionList *prediction_list;
  GtkLabel *change_label;
  FlChartPanel *chart_panel;
  FlFilterPanel *filter_panel;
};

G_DEFINE_FINAL_TYPE (FlDocumentView, fl_document_view, ADW_TYPE_BIN)

static guint status_signal;

/* The first entry of the true labels is "Not known"; class c is entry c + 1. */
#define LABEL_ENTRY(label) ((guint) (label) + 1)

static void on_label_chosen (FlDocumentView *self);

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

/* One line that says what this is all about: the verdict is on what is predicted now. */
static void
show_story (FlDocumentView *self)
{
  FlModel *model = fl_session_get_model (self->session);
  FlPrediction *before = fl_session_get_before (self->session);
  FlPrediction *now = fl_session_get_now (self->session);
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

  int was = before->order[0], is = now != NULL ? now->order[0] : was;
  gboolean right = label == is;
  g_autofree char *name = fl_model_class_text (model, was);
  g_autofree char *new_name = fl_model_class_text (model, is);
  g_autofree char *story = NULL;

  if (now == NULL)
    story
        = g_markup_printf_escaped ("Predicted <b>%s</b> (%.3f)", name, before->probabilities[was]);
  else
    story = g_markup_printf_escaped ("Predicted %s (%.3f), now <b>%s</b> (%.3f)", name,
                                     before->probabilities[was], new_name, now->probabilities[is]);
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

  g_autofree char *name = fl_model_class_text (model, is);

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

  set_stale (self->prediction_box,
             all || (progress.long_work && !fl_session_now_is_current (self->session)));
}

static void
on_session_changed (FlDocumentView *self, guint changes)
{
  if (changes & FL_SESSION_NETWORK)
    {
      self->hovered = -1;
      show_classes (self);
    }
  if (changes & (FL_SESSION_LABEL | FL_SESSION_NETWORK))
    show_label (self);
  if (changes & (FL_SESSION_LABEL | FL_SESSION_PREDICTION | FL_SESSION_NETWORK))
    show_story (self);
  if (changes & (FL_SESSION_LABEL | FL_SESSION_PREDICTION | FL_SESSION_FILTERS))
    show_predictions (self);
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
  g_type_ensure (FL_TYPE_PICTURE_PANEL);
  g_type_ensure (FL_TYPE_PREDICTION_LIST);
  g_type_ensure (FL_TYPE_CHART_PANEL);
  g_type_ensure (FL_TYPE_FILTER_PANEL);
  status_signal = g_signal_new ("status", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/faultline/Faultline/document-view.ui");
  BIND (picture_panel);
  BIND (prediction_card);
  BIND (story_label);
  BIND (verdict_label);
  BIND (label_choice);
  BIND (label_note);
  BIND (prediction_box);
  BIND (count_label);
  BIND (prediction_list);
  BIND (change_label);
  BIND (chart_panel);
  BIND (filter_panel);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_hovered);
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
  fl_chart_panel_set_session (self->chart_panel, session);
  fl_filter_panel_set_session (self->filter_panel, session);
  fl_picture_panel_set_session (self->picture_panel, session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  on_session_changed (self, ~(guint) 0);
}

void
fl_document_view_find (FlDocumentView *self)
{
  g_return_if_fail (FL_IS_DOCUMENT_VIEW (self));

  fl_filter_panel_find (self->filter_panel);
}
