#include "app/window.h"

#include "app/asset-path.h"
#include "app/document-view.h"
#include "app/session.h"

struct _FlWindow
{
  AdwApplicationWindow parent_instance;

  FlSession *session; /* owned */

  AdwWindowTitle *title;
  GtkWidget *undo_button;
  GtkWidget *redo_button;
  GtkInfoBar *message_bar;
  GtkLabel *message_title;
  GtkLabel *message_text;
  AdwToastOverlay *toasts;
  AdwToast *toast; /* owned, nullable: the last one */
  GtkStack *pages;
  AdwStatusPage *opening_page;
  FlDocumentView *view;
  GtkLabel *status_label;
  GtkWidget *progress_box;
  GtkLabel *progress_label;
  GtkProgressBar *progress_bar;
};

G_DEFINE_FINAL_TYPE (FlWindow, fl_window, ADW_TYPE_APPLICATION_WINDOW)

static void
show_message (FlWindow *self, GtkMessageType type, const char *title, const char *text)
{
  gtk_info_bar_set_message_type (self->message_bar, type);
  gtk_label_set_text (self->message_title, title);
  gtk_label_set_text (self->message_text, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->message_text), text);
  gtk_info_bar_set_revealed (self->message_bar, TRUE);
}

static void
on_message_closed (FlWindow *self)
{
  gtk_info_bar_set_revealed (self->message_bar, FALSE);
}

static void
on_session_failed (FlWindow *self, const char *title, const char *text)
{
  show_message (self, GTK_MESSAGE_ERROR, title, text);
}

/* What was assumed about a network that does not say it itself. */
static void
show_notes (FlWindow *self)
{
  FlModel *model = fl_session_get_model (self->session);
  g_autofree char *text = NULL;

  if (model == NULL || fl_model_notes (model)[0] == NULL)
    return;
  text = g_strjoinv ("\n", (char **) fl_model_notes (model));
  show_message (self, GTK_MESSAGE_INFO, "Assumed about this network", text);
}

static void
show_title (FlWindow *self)
{
  FlModel *model = fl_session_get_model (self->session);
  const char *path = fl_session_get_picture_path (self->session);
  g_autofree char *picture = path == NULL ? NULL : g_path_get_basename (path);
  const char *network = model == NULL ? NULL : fl_model_name (model);
  g_autofree char *subtitle = NULL;
  g_autofree char *title = NULL;

  if (network != NULL && picture != NULL)
    subtitle = g_strdup_printf ("%s · %s", network, picture);
  else
    subtitle = g_strdup (network != NULL ? network : picture != NULL ? picture : "");
  title = *subtitle != '\0' ? g_strdup_printf ("%s - Faultline", subtitle) : g_strdup ("Faultline");
  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_window_set_title (GTK_WINDOW (self), title);
}

/* What is there; else what is being opened, told only where that takes longer than a moment. */
static void
show_page (FlWindow *self)
{
  FlSessionProgress progress;

  fl_session_get_progress (self->session, &progress);
  adw_status_page_set_title (self->opening_page, progress.long_work ? "Opening…" : "");
  gtk_stack_set_visible_child_name (self->pages,
                                    fl_session_get_model (self->session) != NULL
                                            || fl_session_get_picture_path (self->session) != NULL
                                        ? "document"
                                    : progress.loading ? "opening"
                                                       : "empty");
}

static void
set_enabled (FlWindow *self, const char *action, gboolean enabled)
{
  GAction *found = g_action_map_lookup_action (G_ACTION_MAP (self), action);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (found), enabled);
}

static void
show_tooltip (GtkWidget *button, const char *verb, const char *name, const char *keys)
{
  g_autofree char *text = name == NULL ? g_strdup_printf ("Nothing to %s (%s)", verb, keys)
                                       : g_strdup_printf ("%c%s: %s (%s)", g_ascii_toupper (*verb),
                                                          verb + 1, name, keys);

  gtk_widget_set_tooltip_text (button, text);
}

static void
show_history (FlWindow *self)
{
  const char *undo = fl_session_get_undo_name (self->session);
  const char *redo = fl_session_get_redo_name (self->session);
  GAction *mode = g_action_map_lookup_action (G_ACTION_MAP (self), "mode");

  set_enabled (self, "undo", undo != NULL);
  set_enabled (self, "redo", redo != NULL);
  set_enabled (self, "restore-all", fl_session_get_n_off (self->session) > 0);
  set_enabled (self, "find", fl_session_get_model (self->session) != NULL);
  set_enabled (self, "mode", fl_session_get_model (self->session) != NULL);
  show_tooltip (self->undo_button, "undo", undo, "Ctrl+Z");
  show_tooltip (self->redo_button, "redo", redo, "Ctrl+Shift+Z");
  g_simple_action_set_state (
      G_SIMPLE_ACTION (mode),
      g_variant_new_string (fl_session_get_mode (self->session) == FL_EDIT_WEIGHTS ? "weights"
                                                                                   : "silent"));
}

static void
show_progress (FlWindow *self)
{
  FlSessionProgress progress;
  const char *phase;
  g_autofree char *text = NULL;

  fl_session_get_progress (self->session, &progress);
  set_enabled (self, "cancel", progress.busy);
  gtk_widget_set_visible (self->progress_box, progress.long_work);
  if (!progress.long_work)
    return;
  phase = progress.phase != NULL ? progress.phase : "Waiting";
  if (progress.seconds_left < 0.0)
    text = g_strdup (phase);
  else if (progress.seconds_left < 1.5)
    text = g_strdup_printf ("%s, about 1 second left", phase);
  else if (progress.seconds_left < 90.0)
    text = g_strdup_printf ("%s, about %.0f seconds left", phase, progress.seconds_left);
  else
    text = g_strdup_printf ("%s, about %.0f minutes left", phase, progress.seconds_left / 60.0);
  gtk_label_set_text (self->progress_label, text);
  gtk_progress_bar_set_fraction (self->progress_bar, CLAMP (progress.fraction, 0.0, 1.0));
}

static void
on_session_changed (FlWindow *self, guint changes)
{
  if (changes & (FL_SESSION_NETWORK | FL_SESSION_PICTURE))
    {
      /* What was said of an earlier file is over; the failure of this one follows. */
      gtk_info_bar_set_revealed (self->message_bar, FALSE);
      show_title (self);
    }
  if (changes & FL_SESSION_NETWORK)
    show_notes (self);
  if (changes & (FL_SESSION_FILTERS | FL_SESSION_NETWORK))
    show_history (self);
  if (changes & FL_SESSION_PROGRESS)
    show_progress (self);
  if (changes & (FL_SESSION_NETWORK | FL_SESSION_PICTURE | FL_SESSION_PROGRESS))
    show_page (self);
}

static void
on_status (FlWindow *self, const char *text)
{
  gtk_label_set_text (self->status_label, text);
}

static GtkFileFilter *
file_filter (const char *name, const char *const *suffixes)
{
  GtkFileFilter *filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  if (suffixes == NULL)
    gtk_file_filter_add_pattern (filter, "*");
  for (int i = 0; suffixes != NULL && suffixes[i] != NULL; i++)
    gtk_file_filter_add_suffix (filter, suffixes[i]);
  return filter;
}

typedef enum
{
  OPEN_PICTURE,
  OPEN_NETWORK,
} OpenKind;

static void
on_file_chosen (GtkNativeDialog *dialog, int response, FlWindow *self)
{
  OpenKind kind = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "kind"));

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = file == NULL ? NULL : g_file_get_path (file);

      if (path == NULL)
        show_message (self, GTK_MESSAGE_ERROR, "This file cannot be opened",
                      "It is not in a folder of this computer; copy it there first.");
      else
        fl_window_open (self, kind == OPEN_NETWORK ? path : NULL,
                        kind == OPEN_PICTURE ? path : NULL);
    }
  gtk_native_dialog_destroy (dialog);
}

static void
choose_file (FlWindow *self, OpenKind kind)
{
  static const char *const networks[] = { "onnx", NULL };
  static const char *const pictures[] = { "png", "jpg", "jpeg", "npy", NULL };
  FlModel *model = fl_session_get_model (self->session);
  const char *present = kind == OPEN_PICTURE ? fl_session_get_picture_path (self->session)
                        : model == NULL      ? NULL
                                             : fl_model_path (model);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      kind == OPEN_PICTURE ? "Open Picture" : "Open Network", GTK_WINDOW (self),
      GTK_FILE_CHOOSER_ACTION_OPEN, "_Open", "_Cancel");
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);
  g_autoptr (GtkFileFilter) matching
      = kind == OPEN_PICTURE ? file_filter ("Pictures (PNG, JPEG) and arrays (NPY)", pictures)
                             : file_filter ("Networks (ONNX)", networks);
  g_autoptr (GtkFileFilter) all = file_filter ("All files", NULL);

  gtk_file_chooser_add_filter (chooser, matching);
  gtk_file_chooser_add_filter (chooser, all);
  gtk_file_chooser_set_filter (chooser, matching);
  if (present != NULL)
    {
      g_autofree char *folder_path = g_path_get_dirname (present);
      g_autoptr (GFile) folder = g_file_new_for_path (folder_path);

      gtk_file_chooser_set_current_folder (chooser, folder, NULL);
    }
  g_object_set_data (G_OBJECT (dialog), "kind", GINT_TO_POINTER (kind));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), self, 0);
  /* The dialog is kept alive by the window until it is answered. */
  g_object_set_data_full (G_OBJECT (self), "file-dialog", dialog, g_object_unref);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_open_picture (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  choose_file (data, OPEN_PICTURE);
}

static void
on_open_network (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  choose_file (data, OPEN_NETWORK);
}

static void
on_open_sample (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fl_window_open_sample (data);
}

static void
show_toast (FlWindow *self, const char *verb, const char *name)
{
  g_autofree char *text = g_strdup_printf ("%s: %s", verb, name);
  AdwToast *toast = adw_toast_new ("");
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_set_title (toast, escaped);
  adw_toast_set_timeout (toast, 2);
  /* One after the other they would tell of long ago. */
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  g_set_object (&self->toast, toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
on_undo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FlWindow *self = data;
  g_autofree char *name = g_strdup (fl_session_get_undo_name (self->session));

  if (name == NULL)
    return;
  fl_session_undo (self->session);
  show_toast (self, "Undone", name);
}

static void
on_redo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FlWindow *self = data;
  g_autofree char *name = g_strdup (fl_session_get_redo_name (self->session));

  if (name == NULL)
    return;
  fl_session_redo (self->session);
  show_toast (self, "Done again", name);
}

static void
on_restore_all (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fl_session_restore_all (FL_WINDOW (data)->session);
}

static void
on_find (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fl_document_view_find (FL_WINDOW (data)->view);
}

static void
on_cancel (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fl_session_cancel (FL_WINDOW (data)->session);
}

static void
on_mode (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FlWindow *self = data;

  if (fl_session_get_model (self->session) != NULL)
    fl_session_set_mode (self->session,
                         g_str_equal (g_variant_get_string (parameter, NULL), "silent")
                             ? FL_EDIT_SILENT
                             : FL_EDIT_WEIGHTS);
}

static void
on_full_screen (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = data;

  if (gtk_window_is_fullscreen (window))
    gtk_window_unfullscreen (window);
  else
    gtk_window_fullscreen (window);
}

static void
fl_window_dispose (GObject *object)
{
  FlWindow *self = FL_WINDOW (object);

  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      fl_session_cancel (self->session);
    }
  g_clear_object (&self->session);
  g_clear_object (&self->toast);
  G_OBJECT_CLASS (fl_window_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FlWindow, name)

static void
fl_window_class_init (FlWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fl_window_dispose;
  g_type_ensure (FL_TYPE_DOCUMENT_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/faultline/Faultline/window.ui");
  BIND (title);
  BIND (undo_button);
  BIND (redo_button);
  BIND (message_bar);
  BIND (message_title);
  BIND (message_text);
  BIND (toasts);
  BIND (pages);
  BIND (opening_page);
  BIND (view);
  BIND (status_label);
  BIND (progress_box);
  BIND (progress_label);
  BIND (progress_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_message_closed);
  gtk_widget_class_bind_template_callback (widget_class, on_status);
}

/* A key that is also a letter is no accelerator: those go before what is written in an entry. */
static void
add_slash (FlWindow *self)
{
  GtkEventController *slash = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (slash),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_slash, 0),
                                                          gtk_named_action_new ("win.find")));
  gtk_widget_add_controller (GTK_WIDGET (self), slash);
}

static void
fl_window_init (FlWindow *self)
{
  static const GActionEntry actions[] = {
    { .name = "open-picture", .activate = on_open_picture },
    { .name = "open-network", .activate = on_open_network },
    { .name = "open-sample", .activate = on_open_sample },
    { .name = "undo", .activate = on_undo },
    { .name = "redo", .activate = on_redo },
    { .name = "restore-all", .activate = on_restore_all },
    { .name = "find", .activate = on_find },
    { .name = "cancel", .activate = on_cancel },
    { .name = "full-screen", .activate = on_full_screen },
    { .name = "mode", .activate = on_mode, .parameter_type = "s", .state = "'weights'" },
  };

  gtk_widget_init_template (GTK_WIDGET (self));
  add_slash (self);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  self->session = fl_session_new ();
  g_signal_connect_object (self->session, "changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "failed", G_CALLBACK (on_session_failed), self,
                           G_CONNECT_SWAPPED);
  fl_document_view_set_session (self->view, self->session);
  on_session_changed (self, ~(guint) 0);
}

FlWindow *
fl_window_new (FlApplication *application)
{
  return g_object_new (FL_TYPE_WINDOW, "application", application, NULL);
}

void
fl_window_open (FlWindow *self, const char *network_path, const char *picture_path)
{
  g_return_if_fail (FL_IS_WINDOW (self));

  if (network_path != NULL || picture_path != NULL)
    fl_session_open (self->session, network_path, picture_path, -1);
}

void
fl_window_open_sample (FlWindow *self)
{
  g_autofree char *network = fl_asset_path (FL_ASSET_NETWORK);
  g_autofree char *picture = fl_asset_path (FL_ASSET_PICTURE);

  g_return_if_fail (FL_IS_WINDOW (self));

  fl_session_open (self->session, network, picture, -1);
}
