#include "app/chart-panel.h"

#include "ui/profile-chart.h"

struct _FlChartPanel
{
  AdwBin parent_instance;

  FlSession *session; /* owned */

  GtkWidget *card;
  GtkLabel *subtitle;
  GtkLabel *hint_label;
  FlProfileChart *chart;
};

G_DEFINE_FINAL_TYPE (FlChartPanel, fl_chart_panel, ADW_TYPE_BIN)

static guint hovered_signal;

static void
show_profile (FlChartPanel *self)
{
  FlModel *model = fl_session_get_model (self->session);
  FlProfile *profile = fl_session_get_profile (self->session);
  FlFilterCatalogue *catalogue = profile == NULL ? NULL : fl_session_get_catalogue (self->session);
  gboolean known;

  fl_session_get_label (self->session, &known);
  fl_profile_chart_set_data (self->chart, catalogue, profile);
  gtk_widget_set_sensitive (self->card, profile != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->hint_label), profile != NULL);
  if (profile == NULL)
    {
      gtk_label_set_text (self->subtitle, "of a network that has seen a picture");
      return;
    }

  g_autofree char *name = fl_model_class_text (model, profile->label);
  g_autofree char *subtitle
      = g_strdup_printf ("of the untouched network at the %s label %s · sorted inside each layer",
                         known ? "true" : "predicted", name);

  gtk_label_set_text (self->subtitle, subtitle);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->subtitle), subtitle);
}

static void
show_filters (FlChartPanel *self)
{
  const guint8 *off = fl_session_get_off (self->session);

  if (off == NULL || fl_session_get_profile (self->session) == NULL)
    return;
  fl_profile_chart_set_off (self->chart, off);
  /* Whoever has switched one off knows how. */
  if (fl_session_get_n_off (self->session) > 0)
    gtk_label_set_text (self->hint_label, "Click again to switch it on · Ctrl+Z undoes");
  else
    gtk_label_set_text (self->hint_label, "Click a bar to switch that filter off");
}

/* An old profile stays, dimmed, while a new one takes longer than a moment. */
static void
show_staleness (FlChartPanel *self)
{
  FlSessionProgress progress;

  fl_session_get_progress (self->session, &progress);
  if (progress.long_work
      && (progress.loading
          || (fl_session_get_profile (self->session) != NULL
              && !fl_session_profile_is_current (self->session))))
    gtk_widget_add_css_class (GTK_WIDGET (self->chart), "stale");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->chart), "stale");
}

static void
on_session_changed (FlChartPanel *self, guint changes)
{
  if (changes & (FL_SESSION_PROFILE | FL_SESSION_LABEL))
    show_profile (self);
  if (changes & (FL_SESSION_FILTERS | FL_SESSION_PROFILE | FL_SESSION_LABEL))
    show_filters (self);
  if (changes & (FL_SESSION_SELECTION | FL_SESSION_PROFILE | FL_SESSION_LABEL))
    fl_profile_chart_set_selected (self->chart, fl_session_get_selected (self->session));
  show_staleness (self);
}

static void
on_filter_hovered (FlChartPanel *self, int filter)
{
  g_signal_emit (self, hovered_signal, 0, filter);
}

static void
on_filter_selected (FlChartPanel *self, int filter)
{
  fl_session_set_selected (self->session, filter);
}

static void
on_filter_toggled (FlChartPanel *self, int filter)
{
  fl_session_toggle (self->session, filter);
}

static void
fl_chart_panel_dispose (GObject *object)
{
  FlChartPanel *self = FL_CHART_PANEL (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (fl_chart_panel_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FlChartPanel, name)

static void
fl_chart_panel_class_init (FlChartPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fl_chart_panel_dispose;
  g_type_ensure (FL_TYPE_PROFILE_CHART);
  hovered_signal = g_signal_new ("filter-hovered", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/faultline/Faultline/chart-panel.ui");
  BIND (card);
  BIND (subtitle);
  BIND (hint_label);
  BIND (chart);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_hovered);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_toggled);
}

static void
fl_chart_panel_init (FlChartPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
fl_chart_panel_set_session (FlChartPanel *self, FlSession *session)
{
  g_return_if_fail (FL_IS_CHART_PANEL (self) && self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  on_session_changed (self, ~(guint) 0);
}
