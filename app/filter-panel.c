#include "app/filter-panel.h"

#include "ui/filter-table.h"

struct _FlFilterPanel
{
  AdwBin parent_instance;

  FlSession *session; /* owned */

  GtkLabel *subtitle;
  FlFilterTable *table;
  GtkSpinButton *top_spin;
  GtkAdjustment *top_adjustment;
};

G_DEFINE_FINAL_TYPE (FlFilterPanel, fl_filter_panel, ADW_TYPE_BIN)

static void
show_profile (FlFilterPanel *self)
{
  FlProfile *profile = fl_session_get_profile (self->session);
  FlFilterCatalogue *catalogue = profile == NULL ? NULL : fl_session_get_catalogue (self->session);

  fl_filter_table_set_data (self->table, catalogue, profile);
  gtk_widget_set_sensitive (GTK_WIDGET (self), profile != NULL);
  if (profile == NULL)
    {
      gtk_label_set_text (self->subtitle, "");
      return;
    }

  g_autofree char *count
      = g_strdup_printf ("%d filters in %d layers", catalogue->n_filters, catalogue->n_layers);

  gtk_label_set_text (self->subtitle, count);
  gtk_adjustment_set_upper (self->top_adjustment, MAX (1, catalogue->n_filters));
}

static void
show_filters (FlFilterPanel *self)
{
  const guint8 *off = fl_session_get_off (self->session);

  if (off != NULL && fl_session_get_profile (self->session) != NULL)
    fl_filter_table_set_off (self->table, off);
}

/* An old profile stays, dimmed, while a new one takes longer than a moment. */
static void
show_staleness (FlFilterPanel *self)
{
  FlSessionProgress progress;

  fl_session_get_progress (self->session, &progress);
  if (progress.long_work
      && (progress.loading
          || (fl_session_get_profile (self->session) != NULL
              && !fl_session_profile_is_current (self->session))))
    gtk_widget_add_css_class (GTK_WIDGET (self->table), "stale");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->table), "stale");
}

static void
on_session_changed (FlFilterPanel *self, guint changes)
{
  if (changes & FL_SESSION_PROFILE)
    show_profile (self);
  if (changes & (FL_SESSION_FILTERS | FL_SESSION_PROFILE))
    show_filters (self);
  if (changes & (FL_SESSION_SELECTION | FL_SESSION_PROFILE))
    fl_filter_table_set_selected (self->table, fl_session_get_selected (self->session));
  show_staleness (self);
}

static void
on_filter_selected (FlFilterPanel *self, int filter)
{
  fl_session_set_selected (self->session, filter);
}

static void
on_filter_toggled (FlFilterPanel *self, int filter)
{
  fl_session_toggle (self->session, filter);
}

static void
on_top_clicked (FlFilterPanel *self)
{
  gtk_spin_button_update (self->top_spin);
  if (fl_session_get_profile (self->session) != NULL)
    fl_session_switch_off_top (self->session, gtk_spin_button_get_value_as_int (self->top_spin));
}

static void
fl_filter_panel_dispose (GObject *object)
{
  FlFilterPanel *self = FL_FILTER_PANEL (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (fl_filter_panel_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FlFilterPanel, name)

static void
fl_filter_panel_class_init (FlFilterPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fl_filter_panel_dispose;
  g_type_ensure (FL_TYPE_FILTER_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/faultline/Faultline/filter-panel.ui");
  BIND (subtitle);
  BIND (table);
  BIND (top_spin);
  BIND (top_adjustment);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_top_clicked);
}

static void
fl_filter_panel_init (FlFilterPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
fl_filter_panel_set_session (FlFilterPanel *self, FlSession *session)
{
  g_return_if_fail (FL_IS_FILTER_PANEL (self) && self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  on_session_changed (self, ~(guint) 0);
}
