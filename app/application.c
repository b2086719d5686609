#include "app/application.h"

#include "app/window.h"

struct _FlApplication
{
  AdwApplication parent_instance;

  char *network_path; /* owned, nullable */
  char *picture_path; /* owned, nullable */
};

G_DEFINE_FINAL_TYPE (FlApplication, fl_application, ADW_TYPE_APPLICATION)

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (data));

  while (windows != NULL)
    {
      GtkWindow *window = windows->data;

      /* Closing takes the window out of the list. */
      windows = windows->next;
      gtk_window_destroy (window);
    }
  g_application_quit (G_APPLICATION (data));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  adw_show_about_window (
      gtk_application_get_active_window (GTK_APPLICATION (data)), "application-name", "Faultline",
      "application-icon", "org.faultline.Faultline", "version", FL_VERSION, "license-type",
      GTK_LICENSE_GPL_3_0, "comments",
      "Which filters of a convolutional network made a prediction, and what it says without "
      "them.\n\n"
      "Saliency of a filter: the mean of |∂L/∂w| over its weights, L being the cross-entropy at "
      "the "
      "true label (Levin et al., Where do models go wrong? Parameter-space saliency maps for "
      "explainability, NeurIPS 2022).",
      NULL);
}

static void
on_style (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *style = g_variant_get_string (parameter, NULL);
  AdwColorScheme scheme = g_str_equal (style, "light")  ? ADW_COLOR_SCHEME_FORCE_LIGHT
                          : g_str_equal (style, "dark") ? ADW_COLOR_SCHEME_FORCE_DARK
                                                        : ADW_COLOR_SCHEME_DEFAULT;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
  g_simple_action_set_state (action, parameter);
}

static void
set_accelerator (FlApplication *self, const char *action, const char *first, const char *second)
{
  const char *const keys[] = { first, second, NULL };

  gtk_application_set_accels_for_action (GTK_APPLICATION (self), action, keys);
}

static void
fl_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "quit", .activate = on_quit },
    { .name = "about", .activate = on_about },
    { .name = "style", .activate = on_style, .parameter_type = "s", .state = "'system'" },
  };
  FlApplication *self = FL_APPLICATION (application);

  G_APPLICATION_CLASS (fl_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_window_set_default_icon_name ("org.faultline.Faultline");
  set_accelerator (self, "app.quit", "<Control>q", NULL);
  set_accelerator (self, "window.close", "<Control>w", NULL);
  set_accelerator (self, "win.open-picture", "<Control>o", NULL);
  set_accelerator (self, "win.open-network", "<Control><Shift>o", NULL);
  set_accelerator (self, "win.undo", "<Control>z", NULL);
  set_accelerator (self, "win.redo", "<Control><Shift>z", "<Control>y");
  set_accelerator (self, "win.restore-all", "<Control><Shift>r", NULL);
  set_accelerator (self, "win.find", "<Control>f", NULL);
  set_accelerator (self, "win.cancel", "Escape", NULL);
  set_accelerator (self, "win.full-screen", "F11", NULL);
  set_accelerator (self, "win.show-help-overlay", "<Control>question", "<Control>F1");
}

static void
fl_application_activate (GApplication *application)
{
  FlApplication *self = FL_APPLICATION (application);
  FlWindow *window = fl_window_new (self);

  if (self->network_path == NULL && self->picture_path == NULL)
    fl_window_open_sample (window);
  else
    fl_window_open (window, self->network_path, self->picture_path);
  gtk_window_present (GTK_WINDOW (window));
}

static void
fl_application_finalize (GObject *object)
{
  FlApplication *self = FL_APPLICATION (object);

  g_free (self->network_path);
  g_free (self->picture_path);
  G_OBJECT_CLASS (fl_application_parent_class)->finalize (object);
}

static void
fl_application_class_init (FlApplicationClass *class)
{
  G_APPLICATION_CLASS (class)->startup = fl_application_startup;
  G_APPLICATION_CLASS (class)->activate = fl_application_activate;
  G_OBJECT_CLASS (class)->finalize = fl_application_finalize;
}

static void
fl_application_init (FlApplication *self)
{
}

FlApplication *
fl_application_new (const char *network_path, const char *picture_path)
{
  /* Every start is a window of its own: two people's sessions never meet in one process. */
  FlApplication *self = g_object_new (FL_TYPE_APPLICATION, "application-id",
                                      "org.faultline.Faultline", "flags", G_APPLICATION_NON_UNIQUE,
                                      "resource-base-path", "/org/faultline/Faultline", NULL);

  self->network_path = g_strdup (network_path);
  self->picture_path = g_strdup (picture_path);
  return self;
}
