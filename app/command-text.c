#include "app/command-text.h"

#include <string.h>

#include "app/filter-selection.h"

/* Adds a word; most need no quotes and are easier to read without. */
static void
append_word (GString *text, const char *word)
{
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                              "_@%+=:,./-";
  g_autofree char *quoted = NULL;

  if (*word == '\0' || word[strspn (word, plain)] != '\0')
    quoted = g_shell_quote (word);
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append (text, quoted != NULL ? quoted : word);
}

char *
fl_command_text_ablate (const FlModel *model, const char *input_path, const guint8 *off,
                        FlEditKind mode)
{
  g_autofree char *network = g_canonicalize_filename (fl_model_path (model), NULL);
  g_autofree char *input = g_canonicalize_filename (input_path, NULL);
  g_autofree char *filters = fl_filter_selection_format (fl_model_graph (model), off);
  const char *words[]
      = { "faultline", "ablate", "--model", network,
          "--off",     filters,  "--mode",  mode == FL_EDIT_WEIGHTS ? "weights" : "silent",
          input };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    append_word (text, words[i]);
  return g_string_free (text, FALSE);
}
