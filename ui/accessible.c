#include "accessible.h"

void bp_accessible_set_name(GtkWidget *widget, const char *name)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE(widget);
  gtk_accessible_reset_relation(accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property(accessible, GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* ---- drop-downs ---- */

static const char NAME_KEY[] = "bp-accessible-name";

static const char *chosen_text(GtkDropDown *drop_down)
{
  GObject *item = gtk_drop_down_get_selected_item(drop_down);
  return GTK_IS_STRING_OBJECT(item) ? gtk_string_object_get_string(GTK_STRING_OBJECT(item)) : "";
}

/* The list is made when first opened, and its items come and go. */
static void name_items(GtkWidget *widget)
{
  GtkWidget *label = widget;
  while (label && !GTK_IS_LABEL(label))
    label = gtk_widget_get_first_child(label);
  if (label && g_str_equal(G_OBJECT_TYPE_NAME(widget), "GtkListItemWidget"))
    gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   gtk_label_get_text(GTK_LABEL(label)), -1);
  for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
       child = gtk_widget_get_next_sibling(child))
    name_items(child);
}

static void name_button(GtkDropDown *drop_down)
{
  GtkWidget *button = gtk_widget_get_first_child(GTK_WIDGET(drop_down));
  const char *name = g_object_get_data(G_OBJECT(drop_down), NAME_KEY);
  g_autofree char *text = g_strdup_printf("%s: %s", name, chosen_text(drop_down));
  if (GTK_IS_TOGGLE_BUTTON(button))
    bp_accessible_set_name(button, text);
  name_items(GTK_WIDGET(drop_down));
}

void bp_accessible_name_drop_down(GtkDropDown *drop_down, const char *name)
{
  GtkWidget *button = gtk_widget_get_first_child(GTK_WIDGET(drop_down));
  g_object_set_data_full(G_OBJECT(drop_down), NAME_KEY, g_strdup(name), g_free);
  bp_accessible_set_name(GTK_WIDGET(drop_down), name);
  g_signal_connect(drop_down, "notify::selected-item", G_CALLBACK(name_button), NULL);
  if (GTK_IS_TOGGLE_BUTTON(button))
    g_signal_connect_object(button, "notify::active", G_CALLBACK(name_button), drop_down,
                            G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  name_button(drop_down);
}

/* ---- announcements ---- */

void bp_accessible_announce(GtkWidget *widget, const char *sentence)
{
  GtkRoot *root = gtk_widget_get_root(widget);
  if (!GTK_IS_WINDOW(root))
    return;
#if GTK_CHECK_VERSION(4, 14, 0)
  /* GTK's stand-in for tests has no such function, and it is called nevertheless. */
  if (g_strcmp0(g_getenv("GTK_A11Y"), "test") == 0)
    return;
  gtk_accessible_announce(GTK_ACCESSIBLE(root), sentence,
                          GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
#else
  const char *title = gtk_window_get_title(GTK_WINDOW(root));
  g_autofree char *name = g_strdup_printf("%s – %s", sentence, title ? title : "");
  gtk_accessible_update_property(GTK_ACCESSIBLE(root), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
#endif
}

/* ---- directions ---- */

static gboolean has_letter(const char *text)
{
  for (; *text; text = g_utf8_next_char(text))
    if (g_unichar_isalpha(g_utf8_get_char(text)))
      return TRUE;
  return FALSE;
}

char *bp_accessible_left_to_right(GtkWidget *widget, const char *text)
{
  static const char isolate[] = "\u2066", end[] = "\u2069";
  gboolean rtl = gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL;
  if (!rtl || has_letter(text))
    return g_strdup(text);
  return g_strconcat(isolate, text, end, NULL);
}

/* ---- texts without room ---- */

static gboolean on_query_tooltip(GtkWidget *label, int x, int y, gboolean keyboard,
                                 GtkTooltip *tooltip, gpointer data)
{
  if (!pango_layout_is_ellipsized(gtk_label_get_layout(GTK_LABEL(label))))
    return FALSE; /* what is around it may have a tooltip of its own */
  gtk_tooltip_set_text(tooltip, gtk_label_get_text(GTK_LABEL(label)));
  return TRUE;
}

void bp_accessible_show_cut_text(GtkWidget *label)
{
  gtk_widget_set_has_tooltip(label, TRUE);
  g_signal_connect(label, "query-tooltip", G_CALLBACK(on_query_tooltip), NULL);
}
