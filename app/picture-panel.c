#include "app/picture-panel.h"

#include "ui/picture-view.h"

struct _FlPicturePanel
{
  AdwBin parent_instance;

  FlSession *session; /* owned */

  FlPictureView *view;
  GtkLabel *caption;
  GtkWidget *open_button;
};

G_DEFINE_FINAL_TYPE (FlPicturePanel, fl_picture_panel, ADW_TYPE_BIN)

static void
show_picture (FlPicturePanel *self)
{
  FlPicture *shown = fl_session_get_shown (self->session);
  FlPicture *decoded = fl_session_get_picture (self->session);
  FlPicture *measured = decoded != NULL ? decoded : shown;
  const char *path = fl_session_get_picture_path (self->session);

  gtk_widget_set_visible (GTK_WIDGET (self->view), shown != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->caption), shown != NULL);
  gtk_widget_set_visible (self->open_button, shown == NULL);
  if (shown == NULL)
    {
      fl_picture_view_set_pixels (self->view, 0, 0, NULL);
      return;
    }

  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *caption = g_strdup_printf ("%s · %d × %d", name, fl_picture_width (measured),
                                              fl_picture_height (measured));

  fl_picture_view_set_pixels (self->view, fl_picture_width (shown), fl_picture_height (shown),
                              fl_picture_pixels (shown));
  fl_picture_view_set_description (self->view, caption);
  gtk_label_set_text (self->caption, caption);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->caption), path);
}

/* The old picture stays, dimmed, while a new one takes longer than a moment. */
static void
show_staleness (FlPicturePanel *self)
{
  FlSessionProgress progress;

  fl_session_get_progress (self->session, &progress);
  if (progress.long_work && progress.loading)
    gtk_widget_add_css_class (GTK_WIDGET (self->view), "stale");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->view), "stale");
}

static void
on_session_changed (FlPicturePanel *self, guint changes)
{
  if (changes & FL_SESSION_PICTURE)
    show_picture (self);
  show_staleness (self);
}

static void
fl_picture_panel_dispose (GObject *object)
{
  FlPicturePanel *self = FL_PICTURE_PANEL (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (fl_picture_panel_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FlPicturePanel, name)

static void
fl_picture_panel_class_init (FlPicturePanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fl_picture_panel_dispose;
  g_type_ensure (FL_TYPE_PICTURE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/faultline/Faultline/picture-panel.ui");
  BIND (view);
  BIND (caption);
  BIND (open_button);
}

static void
fl_picture_panel_init (FlPicturePanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
fl_picture_panel_set_session (FlPicturePanel *self, FlSession *session)
{
  g_return_if_fail (FL_IS_PICTURE_PANEL (self) && self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  on_session_changed (self, ~(guint) 0);
}
