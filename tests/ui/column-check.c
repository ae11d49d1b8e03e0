/* column-check.c: see column-check.h. */
#include "column-check.h"
#include "app/application.h"
#include "ui/recipe/kind-menu.h"
#include "ui/recipe/kind-row.h"
#include "ui/recipe/value-row.h"

BpSession *session;
BpWindow *window;
GtkWidget *column;

/* ---- the parts ---- */

NnConfig *recipe(void)
{
  return bp_course_get_recipe(session->course);
}

BpParamPanel *panel_in(GtkWidget *root, const char *key)
{
  if (BP_IS_PARAM_PANEL(root) && bp_param_panel_get_row(BP_PARAM_PANEL(root), key))
    return BP_PARAM_PANEL(root);
  for (GtkWidget *child = gtk_widget_get_first_child(root); child;
       child = gtk_widget_get_next_sibling(child)) {
    BpParamPanel *found = panel_in(child, key);
    if (found)
      return found;
  }
  return NULL;
}

BpKindsRow *transforms_in(GtkWidget *root, const char *key)
{
  g_autofree char *path = g_strconcat("data.", key, NULL);
  return BP_KINDS_ROW(bp_param_panel_get_row(panel_in(root, path), path));
}

BpKindsRow *transforms(void)
{
  return transforms_in(column, "transforms");
}

BpKindList *network_in(GtkWidget *root)
{
  if (BP_IS_KIND_LIST(root) &&
      !gtk_widget_get_ancestor(gtk_widget_get_parent(root), BP_TYPE_KIND_LIST) &&
      !gtk_widget_get_ancestor(root, BP_TYPE_KINDS_ROW))
    return BP_KIND_LIST(root);
  for (GtkWidget *child = gtk_widget_get_first_child(root); child;
       child = gtk_widget_get_next_sibling(child)) {
    BpKindList *found = network_in(child);
    if (found)
      return found;
  }
  return NULL;
}

BpKindItem *item_of(BpKindList *list, int i)
{
  GtkWidget *item = bp_kind_list_get_item(list, i);
  if (!nn_check(item != NULL))
    exit(1);
  return BP_KIND_ITEM(item);
}

BpKindItem *layer_at(int i)
{
  return item_of(network_in(column), i);
}

BpParamPanel *panel_of(BpKindItem *item)
{
  return BP_PARAM_PANEL(bp_kind_item_get_panel(item));
}

BpKindList *held_by(BpKindItem *item)
{
  return BP_KIND_LIST(bp_kind_item_get_inner_list(item));
}

/* ---- what a person does ---- */

static void choose_in(GtkWidget *menu, const char *name)
{
  GtkListBox *kinds = bp_kind_menu_get_list(BP_KIND_MENU(menu));
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index(kinds, i)); i++)
    if (!g_strcmp0(bp_kind_menu_get_kind(row)->name, name)) {
      g_signal_emit_by_name(kinds, "row-activated", row);
      run_loop(3);
      return;
    }
  nn_check(!"the kind is in the menu");
}

void choose(BpParamPanel *panel, const char *key, const char *name)
{
  choose_in(bp_kind_row_get_menu(BP_KIND_ROW(bp_param_panel_get_row(panel, key))), name);
}

void add(BpKindList *list, const char *name)
{
  choose_in(bp_kind_list_get_menu(list), name);
}

void type_text(BpParamPanel *panel, const char *key, const char *text)
{
  GtkWidget *row = bp_param_panel_get_row(panel, key);
  if (!nn_check(row != NULL))
    return;
  GtkWidget *entry = bp_value_row_get_editor(BP_VALUE_ROW(row));
  gtk_editable_set_text(GTK_EDITABLE(entry), text);
  g_signal_emit_by_name(entry, "activate");
  run_loop(3);
}

void start(const char *network)
{
  bp_course_set_exercise(session->course, BP_LAB);
  bp_course_reset_recipe(session->course);
  BpKindList *list = network_in(column);
  if (network) {
    while (nn_config_count(recipe(), "network") > 0)
      bp_kind_list_remove(list, 0);
    g_auto(GStrv) names = g_strsplit(network, " ", -1);
    for (int i = 0; names[i]; i++) {
      bp_kind_list_select(list, i - 1);
      bp_kind_list_add(list, names[i]);
    }
  }
  run_loop(3);
}
